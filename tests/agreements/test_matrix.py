"""Deny by default, as a property: unit × document × purpose × field × day (``transfer.plan``)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import keys, sd_jwt
from exchange import document, transfer
from exchange.agreement import Agreement
from exchange.document import Document, Origin
from exchange.errors import Forbidden
from exchange.ports import Scalar

pytestmark = pytest.mark.guarantee("G8")

UNITS = ("hospital", "police", "bank")
KINDS = ("birth-record", "citizen-id")
PURPOSES = ("newborn", "statistics")
NOW = datetime(2026, 1, 5, 16, 30, tzinfo=UTC)
TODAY = date(2026, 1, 6)
"""In China it is the next day already: an agreement's days are China's."""
RECORD = {
    "certificate": {"number": "X320117001"},
    "mother": {"name": "李小直", "id_number": "1", "address": {"town": "t"}},
    "motherhood": True,
}
LEAVES = (
    "/certificate/number",
    "/mother/name",
    "/mother/id_number",
    "/mother/address/town",
    "/motherhood",
)
NAMES = (*LEAVES, "/mother/*", "/mother/address/*", "/*", "/mother", "/mother/na", "mother/name")
KEY = keys.generate("Ed25519")


def _signed() -> Document:
    origin = Origin("birth-record", "hospital", "hospital", "unit", "his", NOW)
    return document.read(document.issue(RECORD, origin, KEY, now=NOW), KEY.public)


DOCUMENT = _signed()

agreements = st.builds(
    Agreement,
    id=st.uuids().map(str),
    provider=st.sampled_from(UNITS),
    receiver=st.sampled_from(UNITS),
    document=st.sampled_from(KINDS),
    purpose=st.sampled_from(PURPOSES),
    basis=st.just("§1"),
    fields=st.lists(st.sampled_from(NAMES), max_size=4).map(tuple),
    valid_from=st.integers(-2, 2).map(lambda n: TODAY + timedelta(days=n)),
    valid_until=st.integers(-2, 2).map(lambda n: TODAY + timedelta(days=n)),
)


def _names(agreement: Agreement, leaf: str) -> bool:
    """Told once more, in other words: by name, or below a name that ends in a star."""
    stems = [name.removesuffix("*") for name in agreement.fields if name.endswith("/*")]
    return leaf in agreement.fields or any(leaf.startswith(stem) for stem in stems)


def _allows(agreement: Agreement, receiver: str, purpose: str) -> bool:
    return (
        (agreement.provider, agreement.receiver) == ("hospital", receiver)
        and (agreement.document, agreement.purpose) == ("birth-record", purpose)
        and agreement.valid_from <= TODAY <= agreement.valid_until
    )


def _plan(known: list[Agreement], receiver: str, purpose: str) -> transfer.Transfer | None:
    try:
        return transfer.plan(DOCUMENT, known, receiver=receiver, purpose=purpose, now=NOW)
    except Forbidden:
        return None


@given(
    known=st.lists(agreements, max_size=6),
    receiver=st.sampled_from(UNITS),
    purpose=st.sampled_from(PURPOSES),
)
def test_what_travels_is_named_by_one_agreement_in_force_and_nothing_else_travels(
    known: list[Agreement], receiver: str, purpose: str
) -> None:
    allowing = [a for a in known if _allows(a, receiver, purpose)]
    moved = _plan(known, receiver, purpose)
    if moved is None:
        best = max(allowing, key=lambda a: (a.valid_until, a.id), default=None)
        assert best is None or not any(_names(best, leaf) for leaf in LEAVES)
        return
    assert moved.agreement in allowing
    assert moved.disclosed.keys() == {leaf for leaf in LEAVES if _names(moved.agreement, leaf)}
    assert sorted([*moved.disclosed, *moved.withheld]) == sorted(LEAVES)
    shown = sd_jwt.verify(moved.presentation, KEY.public)
    assert shown.fields == moved.disclosed
    assert shown.hidden == len(moved.withheld)
    told: dict[str, Scalar] = {path: DOCUMENT.fields[path] for path in moved.disclosed}
    assert document.read(moved.presentation, KEY.public).fields == told


@given(
    known=st.lists(agreements, min_size=1, max_size=6),
    only=st.lists(st.sampled_from(LEAVES), max_size=3),
)
def test_a_query_asks_with_no_more_than_it_was_told_to(
    known: list[Agreement], only: list[str]
) -> None:
    try:
        moved = transfer.plan(
            DOCUMENT, known, receiver="police", purpose="newborn", now=NOW, only=only
        )
    except Forbidden:
        return
    assert set(moved.disclosed) <= set(only)
    assert all(_names(moved.agreement, path) for path in moved.disclosed)


@given(agreement=agreements, receiver=st.sampled_from(UNITS), purpose=st.sampled_from(PURPOSES))
def test_a_refusal_has_a_code_with_a_remedy_and_names_both_units(
    agreement: Agreement, receiver: str, purpose: str
) -> None:
    from exchange.problems import catalogue

    try:
        transfer.plan(DOCUMENT, [agreement], receiver=receiver, purpose=purpose, now=NOW)
    except Forbidden as refusal:
        assert catalogue()[refusal.code]["remedy_zh"]
        assert (refusal.facts["provider"], refusal.facts["receiver"]) == ("hospital", receiver)
