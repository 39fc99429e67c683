"""Very many awards, written as rows: each with its list, batch, case and delivery as the process leaves them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from exchange.store import grant_rows
from exchange.store.award_tables import award, award_sheet
from exchange.store.engine import Connection, Store
from exchange.store.grant_rows import RunRow
from exchange.store.tables import case_item, delivery
from matters.award_classes import CLASSES
from matters.award_states import STATES

AT = "2026-06-01T01:00:00.000000Z"
_LATE = "2026-12-31T01:00:00.000000Z"
_PAID = CLASSES["paid"]


def counted(store: Store, counts: Mapping[str, Mapping[str, int]]) -> None:
    """A run, the newest of all, that counted this."""
    row = RunRow("counted", "2026-12-30", "matched", "", "", "{}", json.dumps(counts), _LATE, _LATE)
    with store.write() as connection:
        grant_rows.add_run(connection, row)


def write(
    store: Store, count: int, policies: Sequence[str]
) -> dict[str, dict[str, tuple[int, int]]]:
    """Awards in all states; gives what there is, by policy and state."""
    chance, found = Random(count), dict[str, dict[str, tuple[int, int]]]()
    with store.write() as connection:
        days = [date(2026, 1, 5) + timedelta(days=n) for n in range(200)]
        for number, day in enumerate(days):
            row = RunRow(f"run{number}", str(day), "matched", "", "", "{}", "{}", f"{day}T00", AT)
            grant_rows.add_run(connection, row)
        for start in range(0, count, 5000):
            rows = [_row(n, chance, policies, days) for n in range(start, min(start + 5000, count))]
            _insert(connection, rows, days, chance)
            for row in rows:
                states = found.setdefault(row["policy"], {})
                number, fen = states.get(row["state"], (0, 0))
                states[row["state"]] = (number + 1, fen + row["amount_fen"])
    return found


def _row(
    number: int, chance: Random, policies: Sequence[str], days: Sequence[date]
) -> dict[str, Any]:
    run = chance.randrange(len(days))
    return {
        "id": f"a{number:07}", "run": f"run{run}", "list": f"l{number // 50}", "batch": f"b{number // 50}",
        "policy": policies[number // 50 % len(policies)], "version": "2026", "stage": "",
        "firm": f"f{chance.randrange(30_000)}", "occurrence": f"{number}",
        "amount_fen": chance.randrange(10**10), "state": chance.choice((*STATES, *["paid"] * 40)),
        "code": "", "case": f"c{number:07}", "row": number, "sealed": b"s" * 300, "updated_at": AT,
    }  # fmt: skip


def _insert(
    connection: Connection, rows: list[dict[str, Any]], days: Sequence[date], chance: Random
) -> None:
    connection.execute(insert(award), rows)
    sheets: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        for kind in _ITEMS:
            sheets.setdefault((row[kind], kind), []).append(row)
    connection.execute(insert(award_sheet), [_sheet(*key, mine) for key, mine in sheets.items()])
    items = [_item(f"case-{i}", n) for i, k in sheets for n in _ITEMS[k]]
    items += [_item(row["case"], name) for row in rows for name in ("confirm", "pay")]
    connection.execute(insert(case_item), items)
    sent = [_sent(row, days, chance) for row in rows if row["state"] in _PAID]
    connection.execute(insert(delivery), sent)


_ITEMS = {"list": ("head", "publish"), "batch": ("review",)}


def _sheet(identifier: str, kind: str, mine: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": identifier, "kind": kind, "run": "", "policy": mine[0]["policy"], "version": "2026",
        "number": len(mine), "total_fen": sum(row["amount_fen"] for row in mine), "digest": "",
        "state": "done", "case": f"case-{identifier}", "at": AT,
    }  # fmt: skip


def _item(case: str, name: str) -> dict[str, Any]:
    told = dict.fromkeys(("code", "effect", "due_at", "next_at"), "")
    return (
        {"case": case, "item": name, "matter": "m", "state": "applied", "facts": "{}"}
        | told
        | {"updated_at": AT}
    )


def _sent(row: dict[str, Any], days: Sequence[date], chance: Random) -> dict[str, Any]:
    day = days[int(row["run"][3:])] + timedelta(days=chance.randrange(5, 60))
    told = dict.fromkeys(("content", "receipt", "owner", "chain", "version"), "")
    return told | {
        "effect": f"e{row['id']}", "case": row["case"], "item": "pay", "system": "treasury",
        "operation": "pay_award", "state": "applied", "attempts": 1, "sent_at": AT,
        "settled_at": f"{day}T{chance.randrange(24):02}:00:00.000000Z",
    }  # fmt: skip
