"""The register's record out of what the example site's agreements let through, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from adapters import _police_record
from exchange import pointer, transfer
from exchange.agreement import Agreement
from exchange.document import Document, Origin
from exchange.errors import Invalid
from exchange.problems import describe
from mappings import shapes

Record = dict[str, Any]
SITE = Path(__file__).resolve().parents[2] / "sandbox" / "site" / "agreements"
NOW = datetime(2026, 1, 8, 1, 0, tzinfo=UTC)
TYPES = ("/mother/id_type", "/father/id_type")
PASSPORT = {"id_type": "03", "id_number": "E12345678", "nationality": "840"}


def _agreement(name: str) -> Agreement:
    told = YAML(typ="safe", pure=True).load((SITE / f"{name}.yaml").read_text("utf-8"))
    days = {n: date.fromisoformat(told.pop(n)) for n in ("valid_from", "valid_until")}
    return Agreement(id=told.pop("agreement"), fields=tuple(told.pop("fields")), **told, **days)


BIRTH, DECLARATION = _agreement("hospital-to-police"), _agreement("window-to-police")


def _received(kind: str, record: Record, agreement: Agreement) -> Any:
    """What the police's adapter is given of a document."""
    shapes.validate(kind, record)
    origin = Origin(kind, agreement.provider, agreement.provider, "unit", "a-system", NOW)
    whole = Document("d1", origin, pointer.flatten(record), 0, "")
    moved = transfer.plan(
        whole, [agreement], receiver="public-security", purpose="newborn-registration", now=NOW
    )
    return moved.record


def _of(birth: Record, declaration: Record, agreement: Agreement = BIRTH) -> dict[str, str]:
    inputs = {
        "birth": _received("birth-record", birth, agreement),
        "declaration": _received("birth-declaration", declaration, DECLARATION),
    }
    return _police_record.of(inputs, "k1")[0]


def _problems(birth: Record, declaration: Record, agreement: Agreement = BIRTH) -> list[Any]:
    with pytest.raises(Invalid) as caught:
        _of(birth, declaration, agreement)
    assert "E12345678" not in str(caught.value)
    return [(p.code, p.facts["path"]) for p in caught.value.problems]


@pytest.fixture
def without_types() -> Agreement:
    """An agreement that gives the numbers of the documents and not their types."""
    assert set(TYPES) <= set(BIRTH.fields)
    return replace(BIRTH, fields=tuple(f for f in BIRTH.fields if f not in TYPES))


def test_two_citizens_are_registered_and_the_types_stay_off_the_wire(
    birth: Record, declaration: Record, without_types: Agreement
) -> None:
    fields = _of(birth, declaration)
    assert fields["mqgmsfhm"] == birth["mother"]["id_number"]
    assert fields["fqgmsfhm"] == fields["lhsfz"] == birth["father"]["id_number"]
    assert len(fields) == 20
    assert _of(birth, declaration, without_types) == fields


@pytest.mark.parametrize("parent", ["mother", "father"])
def test_a_passport_goes_the_manual_way_under_the_example_agreement(
    birth: Record, declaration: Record, parent: str
) -> None:
    birth[parent] |= PASSPORT
    assert _problems(birth, declaration) == [("police.not-a-citizen", f"/birth/{parent}/id_type")]


@pytest.mark.parametrize("parent", ["mother", "father"])
def test_a_passport_whose_type_is_withheld_is_told_once_by_its_number(
    birth: Record, declaration: Record, without_types: Agreement, parent: str
) -> None:
    birth[parent] |= PASSPORT
    path = f"/birth/{parent}/id_number"
    assert _problems(birth, declaration, without_types) == [("police.no-citizen-number", path)]
    what, remedy = describe("police.no-citizen-number", {"path": path})
    assert path in what
    assert "人工窗口" in remedy


def test_a_document_that_has_a_citizen_s_digits_is_told_by_its_type(
    birth: Record, declaration: Record
) -> None:
    birth["mother"]["id_type"] = "99"
    assert _problems(birth, declaration) == [("police.not-a-citizen", "/birth/mother/id_type")]
