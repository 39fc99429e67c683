"""A night's snapshot and a small catalogue, made by hand: who is high-tech, and what it has spent."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from exchange import times
from exchange.document import new_id
from exchange.part_books import PartBooks, place
from matters.award import Award, Fixed, Share, Stage
from matters.criteria import Group, Ratio, Term, Test
from matters.policy import Budget, Policy, Version
from tests.zhida.grant_town import policy
from zhida import snapshot_take
from zhida.hub import Hub
from zhida.snapshot import FRAME, Snapshot, digest

DAY = date(2026, 3, 2)
FACTS = {
    "hi_tech": pl.Boolean,
    "rd_cost_y1": pl.Int64,
    "registered_name": pl.String,
    "payee_name": pl.String,
    "payee_account": pl.String,
    "payee_bank": pl.String,
}


def flag(number: int = 0) -> Test:
    return Test(number, Term("fact", ("hi_tech",)), "is", (True,), "一")


def version(pay: Any, budget: Budget | None = None) -> Version:
    award = Award((Stage("", "", None, pay),))
    criteria = Group("all", (flag(),))
    return Version("2026", DAY, None, "", {}, {}, criteria, award, budget, (flag(),))


def fixed(
    name: str = "hi-tech", fen: int = 20_000_00, budget: Budget | None = None, **changed: Any
) -> Policy:
    """So much for each high-tech firm."""
    return policy(name, versions=(version(Fixed(fen), budget),), **changed)


def share(name: str = "research", **changed: Any) -> Policy:
    """A tenth of what a high-tech firm spent on research."""
    pay = Share(Term("fact", ("rd_cost_y1",)), Ratio(1, 10))
    return policy(name, versions=(version(pay),), **changed)


def frame(rows: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    """Firm → facts; what is not there is unknown."""
    told: dict[str, list[Any]] = {"uscc": list(rows)}
    told |= {name: [row.get(name) for row in rows.values()] for name in FACTS}
    return pl.DataFrame(told, schema={"uscc": pl.String, **FACTS}).sort("uscc")


def freeze(hub: Hub, *frames: pl.DataFrame) -> Snapshot:
    """As the product does it, a part for each frame."""
    parts, identifier, count = PartBooks(hub.store, hub.vault, hub.clock), new_id(), 0
    for number, each in enumerate(frames):
        written = io.BytesIO()
        each.write_ipc(written, compression="zstd")
        where = place(identifier, FRAME, number, each.height)
        parts.put(where, written.getvalue(), "grants-2036-03")
        count += each.height
    now = times.stamp(hub.clock())
    draft = Snapshot(identifier, "grants", now, now, "", count, (), {}, parts)
    made = replace(draft, digest=digest(draft.told(), parts.digests(identifier, FRAME)))
    hub.ledger.commit(lambda connection: snapshot_take._commit(connection, made))
    return made
