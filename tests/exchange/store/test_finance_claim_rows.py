"""Open claims are found by what they hold; released ones hold nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from exchange.store import finance_claim_rows
from exchange.store.engine import Connection, Store
from exchange.store.finance_claim_rows import ClaimRow

STORES = ("sqlite", "postgresql")
AT = "2026-05-06T01:00:00.000000Z"
CLAIM = ClaimRow("c1", "bank-a", "order", "", 100, 1, "reserved", "", AT, AT, 1)


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        yield opened


def test_fingerprints_may_be_held_again_and_again(connection: Connection) -> None:
    for _ in range(2):
        finance_claim_rows.hold(connection, ["b", "a", "b"])


def test_a_claim_is_found_by_its_order_and_by_its_invoices(connection: Connection) -> None:
    other = replace(CLAIM, case="c2", line="l", since=AT.replace("01:", "02:"), seq=2)
    finance_claim_rows.add(connection, CLAIM, ["i2", "i1"])
    finance_claim_rows.add(connection, other, [])
    assert finance_claim_rows.get(connection, "c1") == CLAIM
    assert finance_claim_rows.invoices(connection, "c1") == ["i1", "i2"]
    assert finance_claim_rows.open_of_order(connection, "order") == [CLAIM, other]
    assert finance_claim_rows.open_of_invoices(connection, ["i1", "i2", "i3"]) == [CLAIM]
    assert finance_claim_rows.open_of_invoices(connection, []) == []
    assert finance_claim_rows.next_seq(connection, "order") == 3
    assert finance_claim_rows.next_seq(connection, "another") == 1


@pytest.mark.parametrize(("state", "holds"), [("financed", True), ("released", False)])
def test_what_is_released_holds_nothing(connection: Connection, state: str, holds: bool) -> None:
    finance_claim_rows.add(connection, CLAIM, ["i1"])
    finance_claim_rows.change(connection, "c1", state=state)
    assert bool(finance_claim_rows.open_of_order(connection, "order")) is holds
    assert bool(finance_claim_rows.open_of_invoices(connection, ["i1"])) is holds
