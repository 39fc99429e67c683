"""What travels is what one agreement in force permits, and what stays is named (G8)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crypto import keys, sd_jwt
from exchange import document, transfer
from exchange.document import Document, Origin
from exchange.errors import Forbidden
from exchange.ledger import Entry

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ASKED: dict[str, Any] = {
    "receiver": "public-security",
    "purpose": "newborn-registration",
    "now": NOW,
}


@pytest.fixture(scope="module")
def birth(signer: keys.PrivateKey) -> Document:
    origin = Origin("birth-record", "hospital", "hospital", "unit", "his", NOW)
    record = {"number": "X1", "name": "张小直", "mother": {"name": "李某"}, "weight_g": 3350}
    return document.read(document.issue(record, origin, signer, now=NOW), signer.public)


def test_only_permitted_fields_travel(
    birth: Document, signer: keys.PrivateKey, make_agreement: Callable[..., Any]
) -> None:
    moved = transfer.plan(birth, [make_agreement()], **ASKED)
    assert moved.record == {"number": "X1", "name": "张小直"}
    assert moved.withheld == ["/mother/name", "/weight_g"]
    seen = document.read(moved.presentation, signer.public)
    assert (seen.record, seen.hidden) == (moved.record, 2)
    assert "李某" not in str(sd_jwt.peek(moved.presentation))


def test_a_question_carries_no_more_than_its_identifiers(
    birth: Document, make_agreement: Callable[..., Any]
) -> None:
    wanted = (path for path in ("/number", "/mother/name"))  # an iterable that is used up
    moved = transfer.plan(birth, [make_agreement()], only=wanted, **ASKED)
    assert moved.record == {"number": "X1"}
    assert moved.withheld == ["/mother/name", "/name", "/weight_g"]


def test_two_identifiers_of_a_question_both_travel(
    birth: Document, make_agreement: Callable[..., Any]
) -> None:
    wanted = (path for path in ("/name", "/number"))
    moved = transfer.plan(birth, [make_agreement()], only=wanted, **ASKED)
    assert moved.record == {"number": "X1", "name": "张小直"}


@pytest.mark.guarantee("G8")
@pytest.mark.parametrize(
    ("fields", "only"), [(("/none",), None), (("/number",), ["/name"]), (("/number",), [])]
)
def test_an_agreement_that_permits_nothing_of_it_is_a_refusal(
    birth: Document, make_agreement: Callable[..., Any], fields: Any, only: Any
) -> None:
    with pytest.raises(Forbidden) as refused:
        transfer.plan(birth, [make_agreement(fields=fields)], only=only, **ASKED)
    assert refused.value.code == "agreement.no-field"


@pytest.mark.guarantee("G8")
@pytest.mark.parametrize(
    ("now", "permitted"),
    [
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), False),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), False),
    ],
)
def test_the_days_of_an_agreement_are_counted_in_china(
    birth: Document, make_agreement: Callable[..., Any], now: datetime, permitted: bool
) -> None:
    known = [make_agreement(valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31))]
    try:
        transfer.plan(birth, known, **(ASKED | {"now": now}))
    except Forbidden:
        assert not permitted
    else:
        assert permitted


def test_the_note_says_who_what_why_and_under_which_words(
    birth: Document, make_agreement: Callable[..., Any]
) -> None:
    known = make_agreement()
    moved = transfer.plan(birth, [known], **ASKED)
    entry = transfer.note(moved, kind="transfer", case="c1", item="household", effect="e1")
    assert entry == Entry(
        "transfer",
        moved.id,
        "c1",
        {
            "item": "household",
            "effect": "e1",
            "document": birth.id,
            "document_digest": document.digest(birth.token),
            "agreement": "协议-1",
            "agreement_digest": known.digest(),
            "basis": "户口登记条例第七条",
            "provider": "hospital",
            "receiver": "public-security",
            "purpose": "newborn-registration",
            "disclosed": ["/name", "/number"],
            "withheld": ["/mother/name", "/weight_g"],
        },
    )
    assert "张小直" not in str(entry.details)


def test_the_row_says_the_same_as_the_note(
    birth: Document, make_agreement: Callable[..., Any]
) -> None:
    moved = transfer.plan(birth, [make_agreement()], **ASKED)
    row = transfer.row(moved, case="c1", item="household", effect="e1", now=NOW)
    note = transfer.note(moved, kind="transfer", case="c1", item="household", effect="e1")
    for name in ("item", "effect", "document", "agreement", "provider", "receiver", "purpose"):
        assert getattr(row, name) == note.details[name]
    assert json.loads(row.disclosed) == note.details["disclosed"]
    assert json.loads(row.withheld) == note.details["withheld"]


@pytest.mark.parametrize("said", [{}, {"consent": {"share": False}}])
def test_nothing_travels_of_a_document_whose_people_did_not_agree(
    said: dict[str, Any], signer: keys.PrivateKey, make_agreement: Callable[..., Any]
) -> None:
    origin = Origin("birth-record", "hospital", "hospital", "unit", "his", NOW)
    token = document.issue({"number": "X1", **said}, origin, signer, now=NOW)
    found = document.read(token, signer.public)
    with pytest.raises(Forbidden, match=r"agreement\.no-consent"):
        transfer.plan(found, [make_agreement(requires="/consent/share")], **ASKED)
    assert transfer.plan(found, [make_agreement()], **ASKED).record == {"number": "X1"}
