"""What paying took, read from cases and deliveries as the process leaves them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import insert

from exchange.store import award_rows, grant_paid_rows, grant_rows
from exchange.store.award_rows import AwardRow
from exchange.store.engine import Connection, Store
from exchange.store.grant_paid_rows import Paid
from exchange.store.grant_report_rows import Scope
from exchange.store.grant_rows import RunRow, SheetRow
from exchange.store.tables import case_item, delivery

STORES = ("sqlite", "postgresql")
AT = "2026-03-02T01:00:00.000000Z"
BACK = "treasury.returned"


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        run = RunRow("r", "2026-03-02", "matched", "", "", "{}", "{}", AT, AT)
        grant_rows.add_run(opened, run)
        for identifier, kind in (("L", "list"), ("B", "batch"), ("L0", "list")):
            case = f"case-{identifier}" if identifier != "L0" else ""
            sheet = SheetRow(identifier, kind, "r", "jobs", "v", 1, 1, "", "done", case, AT)
            grant_rows.add_sheet(opened, sheet)
        for item, state in (("head", "applied"), ("publish", "applied")):
            put(opened, "case-L", item, state)
        put(opened, "case-B", "review", "applied")
        put(opened, "", "head", "applied")  # of no case at all
        yield opened


def put(connection: Connection, case: str, item: str, state: str, **more: str) -> None:
    told = dict.fromkeys(("code", "effect", "due_at", "next_at"), "") | more
    row = {"case": case, "item": item, "matter": "m", "state": state, "facts": "{}"} | told
    connection.execute(insert(case_item), [row | {"updated_at": AT}])


def order(connection: Connection, case: str, effect: str, state: str, at: str = AT) -> None:
    told = dict.fromkeys(("content", "receipt", "owner", "chain", "version"), "")
    told |= {"effect": effect, "case": case, "item": "pay", "system": "t", "operation": "pay_award"}
    row = told | {"state": state, "attempts": 1, "sent_at": AT, "settled_at": at}
    connection.execute(insert(delivery), [row])


def award(connection: Connection, number: str, state: str = "paid", **more: str) -> str:
    """An award on list and in batch; gives its case."""
    told = {"list": "L", "batch": "B", "policy": "jobs", **more}
    row = AwardRow(
        number, "r", told["list"], told["batch"], told["policy"], "v", "", number, "", 100, state,
        "", f"case{number}", 0, b"", AT,
    )  # fmt: skip
    assert award_rows.add(connection, row)
    return row.case


def test_each_step_is_one_that_was_done(connection: Connection) -> None:
    case = award(connection, "1")
    put(connection, case, "confirm", "applied")
    put(connection, case, "notice", "applied")  # nobody waits for it
    order(connection, case, "e1", "applied")
    skipped = award(connection, "2", list="L0")
    put(connection, skipped, "confirm", "skipped")
    order(connection, skipped, "e2", "applied")
    twice = award(connection, "3")
    put(connection, twice, "confirm", "applied")
    for effect, state in (("e3", "refused"), ("e4", "refused"), ("e5", "applied")):
        order(connection, twice, effect, state)
    award(connection, "4", "listed")
    told = grant_paid_rows.steps(connection, Scope(2026), ["paid"])
    assert told == {"jobs": {5: 1, 2: 1, 9: 1}}


def test_a_refused_order_is_a_return_unless_the_treasury_says_another_reason(
    connection: Connection,
) -> None:
    cases = {
        "1": ("applied", "", ("refused", "applied")),  # came back, and was paid
        "2": ("refused", BACK, ("refused",)),  # came back
        "3": ("refused", "treasury.no-budget", ("refused",)),  # not paid at all
        "4": ("refused", "treasury.no-budget", ("refused", "refused")),  # came back, then not paid
        "5": ("applied", "", ("applied",)),
    }
    for number, (state, code, orders) in cases.items():
        case = award(connection, number)
        effects = [f"{number}-{place}" for place in range(len(orders))]
        for effect, each in zip(effects, orders, strict=True):
            order(connection, case, effect, each)
        put(connection, case, "pay", state, code=code, effect=effects[-1])
    award(connection, "6", policy="other")
    assert grant_paid_rows.returned(connection, Scope(), BACK) == {"jobs": (3, 300)}
    assert grant_paid_rows.returned(connection, Scope(2025), BACK) == {}


def test_payments_of_the_same_hour_are_told_together(connection: Connection) -> None:
    for number, at in (
        ("1", "2026-03-09T15:00:00.1Z"),
        ("2", "2026-03-09T15:59:59.9Z"),
        ("3", "2026-03-09T16:00:00Z"),
    ):
        case = award(connection, number)
        order(connection, case, number, "applied", at)
    order(connection, award(connection, "4", "returned"), "4", "refused")
    found = set(grant_paid_rows.paid(connection, Scope()))
    day = "2026-03-02"
    assert found == {Paid("jobs", day, "2026-03-09T15", 2), Paid("jobs", day, "2026-03-09T16", 1)}
