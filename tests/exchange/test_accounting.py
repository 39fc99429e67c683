"""in = applied + refused + parked + invalid + duplicate + superseded + in flight + … (G13)."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from exchange import accounting
from exchange.accounting import COLUMNS, ITEM_COLUMNS, UNACCOUNTED, Flow, column
from exchange.case import ENDED
from exchange.ledger import Entry
from exchange.store import case_rows, flow_rows
from exchange.store.case_rows import WORKABLE

pytestmark = pytest.mark.guarantee("G13")
ROOT = Path(__file__).resolve().parents[2]
OUTCOMES = {"busy", "absent", "failed"}
"""What a try may come to without changing the item."""


def _named_states() -> set[str]:
    """Every state that our code gives an item: ``Outcome("…")`` and ``{"state": "…"}``."""
    found: set[str] = set()
    for package in ("exchange", "zhida"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Outcome":
                    found |= {a.value for a in node.args[:1] if isinstance(a, ast.Constant)}
    return found


def test_every_state_has_a_column() -> None:
    """A new state without one fails here, before it makes a report that does not add up."""
    states = _named_states() - OUTCOMES | set(WORKABLE) | ENDED
    assert {state for state in states if state not in ITEM_COLUMNS} == set()
    assert {"applied", "refused", "parked"} <= states


def test_an_unknown_state_is_in_no_column_that_counts() -> None:
    assert column("evaporated") == UNACCOUNTED
    assert UNACCOUNTED not in COLUMNS


@pytest.mark.parametrize(
    ("into", "counts", "balanced"),
    [
        (0, {}, True),
        (2, {"applied": 1, "in-flight": 1}, True),
        (2, {"applied": 1}, False),
        (1, {"applied": 1, "parked": 1}, False),
        (1, {UNACCOUNTED: 1}, False),
    ],
)
def test_a_flow_balances_if_everything_is_somewhere_once(
    into: int, counts: dict[str, int], balanced: bool
) -> None:
    assert Flow("leg", "m/i", into, Counter(counts)).balanced is balanced


def test_what_the_ledger_knows_and_no_table_does_is_never_balanced() -> None:
    assert not Flow("leg", "", 1, Counter(applied=1)).balanced


# --- a desk under faults ----------------------------------------------------------------------


def _flow(desk: Any) -> Flow:
    """The one leg of a desk, whose cases have no definition in the store."""
    with flow_rows.snapshot(desk.store) as connection:
        into = sum(flow_rows.opened(connection).values())
        flow = Flow("leg", "m/register", into)
        for (_, _, state, code), number in flow_rows.items(connection).items():
            flow.counts[column(state, code)] += number
    return flow


FAULTS = (
    "",
    *("", "retriable", "lost-before", "lost-after", "lost-late", "refused", "invalid", "waiting"),
    *("foreign-after", "forbidden", "die-before", "die-after", "die-late"),
)


@pytest.mark.parametrize("idempotence", ["probe", "natural", "keyed", "none"])
def test_the_identity_holds_after_every_step_whatever_happens(
    desk: Any, make_peer: Any, killed: Any, seeded: Any, idempotence: str, record_property: Any
) -> None:
    steps = 150
    record_property("rounds", steps)
    peer = make_peer(idempotence)
    desk.ledger.commit(lambda _: [Entry("case-opened", "c1", "c1", {})])
    cases = ["c1"]
    for _ in range(steps):
        _step(desk, peer, seeded, cases, killed)
        flow = _flow(desk)
        assert flow.balanced, flow
        assert flow.into == len(cases)
        desk.clock.forward(seeded.choice([0, 6, 31, 400]))
    assert flow.counts["duplicate"] > 0
    assert flow.counts["applied"] > 0


def _step(desk: Any, peer: Any, seeded: Any, cases: list[str], killed: type[BaseException]) -> None:
    if seeded.random() < 0.4:
        case = f"c{len(cases) + 1}"
        desk.open_case(case)
        desk.ledger.commit(lambda _: [Entry("case-opened", case, case, {})])
        cases.append(case)
    case = seeded.choice(cases)
    peer.faults = [seeded.choice(FAULTS)]
    try:
        desk.deliver(peer, case, **{"/number": f"X{int(case[1:]) // 2}"})
    except killed:
        desk.reopen()
    peer.faults = []


def test_a_lost_row_is_noticed(desk: Any) -> None:
    desk.ledger.commit(lambda _: [Entry("case-opened", "c1", "c1", {})])
    with desk.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM case_item")
    assert _flow(desk).missing == 1


def test_a_lost_case_is_noticed(desk: Any) -> None:
    desk.ledger.commit(lambda _: [Entry("case-opened", "c1", "c1", {})])
    with desk.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM matter_case")
    with desk.store.read() as connection:
        assert flow_rows.opened(connection) == {("", ""): 1}


def test_a_state_that_nobody_foresaw_is_noticed(desk: Any) -> None:
    desk.ledger.commit(lambda _: [Entry("case-opened", "c1", "c1", {})])
    with desk.store.write() as connection:
        case_rows.set_item(connection, "c1", "register", {"state": "evaporated"})
    flow = _flow(desk)
    assert (flow.counts[accounting.UNACCOUNTED], flow.balanced) == (1, False)
