"""校核: a doubt about a field, its clock, and the two ways in which it ends."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exchange import objection, times
from exchange.document import Document, Origin
from exchange.errors import Rejected
from exchange.objection import Doubt
from exchange.store import delivery_rows, objection_rows
from exchange.store.delivery_rows import TransferRow
from exchange.store.engine import Store

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DOUBT = Doubt("c1", "d1", "public-security", "/mother/name", "wrong-value")


@pytest.fixture
def received(store: Store) -> Store:
    """The police have got the mother's name, and not the weight."""
    row = TransferRow(
        id="t1", case="c1", item="household", document="d1", agreement="a", provider="hospital",
        receiver="public-security", purpose="p", disclosed=json.dumps(["/mother/name"]),
        withheld=json.dumps(["/child/weight_g"]), effect="e", at=times.stamp(NOW),
    )  # fmt: skip
    with store.write() as connection:
        delivery_rows.add_transfers(connection, [row])
    return store


def raised(store: Store, doubt: Doubt = DOUBT) -> Any:
    with store.write() as connection:
        return objection.raise_doubt(connection, doubt, now=NOW)


def version(identifier: str, name: str) -> Document:
    origin = Origin("birth-record", "hospital", "hospital", "unit", "his", NOW)
    return Document(identifier, origin, {"/mother/name": name}, 0, "")


def only(store: Store) -> objection_rows.ObjectionRow:
    with store.read() as connection:
        (row,) = objection_rows.all_of(connection)
    return row


def test_it_goes_to_who_gave_the_field_and_has_fifteen_days(received: Store) -> None:
    row, entry = raised(received)
    assert (row.provider, row.receiver, row.state) == ("hospital", "public-security", "open")
    assert row.due_at == times.stamp(NOW + timedelta(days=15))
    assert (entry.kind, entry.details["reason"]) == ("objection", "wrong-value")
    assert only(received) == row


@pytest.mark.parametrize(
    "doubt",
    [
        replace(DOUBT, field="/child/weight_g"),
        replace(DOUBT, receiver="medical-insurance"),
        replace(DOUBT, document="d2"),
    ],
)
def test_nobody_doubts_what_he_has_not_received(received: Store, doubt: Doubt) -> None:
    with pytest.raises(Rejected) as caught:
        raised(received, doubt)
    assert caught.value.code == "objection.not-received"


def test_the_reason_is_a_code_so_no_value_slips_in(received: Store) -> None:
    with pytest.raises(Rejected) as caught:
        raised(received, replace(DOUBT, reason="应为李小知"))
    assert caught.value.code == "objection.reason"


def test_upheld_it_is_closed(received: Store) -> None:
    row, _ = raised(received)
    with received.write() as connection:
        entry = objection.uphold(connection, row, "register-checked", now=NOW)
    assert entry.details == {"state": "upheld", "answer": "register-checked"}
    assert only(received).state == "upheld"
    with received.write() as connection, pytest.raises(Rejected) as caught:
        objection.promise(connection, only(received))
    assert caught.value.code == "objection.closed"


def test_a_promise_is_kept_by_the_version_that_changes_the_field(received: Store) -> None:
    row, _ = raised(received)
    with received.write() as connection:
        objection.promise(connection, row)
        assert only(received).state == "open", "in the same transaction as everything else"
    assert only(received).state == "awaiting"
    with received.write() as connection:
        before, after = version("d1", "李小直"), version("d2", "李小知")
        entries = objection.corrected(connection, before, after, now=NOW)
    assert [entry.details for entry in entries] == [{"state": "corrected", "by": "d2"}]
    assert only(received).state == "corrected"


def test_a_version_that_leaves_the_field_as_it_was_closes_nothing(received: Store) -> None:
    raised(received)
    with received.write() as connection:
        same = version("d2", "李小直")
        assert objection.corrected(connection, version("d1", "李小直"), same, now=NOW) == []
    assert (only(received).state, only(received).document) == ("open", "d2")


def test_the_first_due_comes_first(received: Store) -> None:
    with received.write() as connection:
        for days in (15, 3):
            objection.raise_doubt(connection, DOUBT, now=NOW, term=timedelta(days=days))
        first, second = objection_rows.pending(connection)
    assert first.due_at < second.due_at
