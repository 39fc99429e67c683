"""What is shown of grants: runs, awards by state, one award with everything that became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from exchange import canonical
from exchange.errors import Fatal
from exchange.store import award_rows, grant_rows, ledger_rows
from exchange.store.award_rows import AwardRow
from exchange.store.engine import Store
from exchange.store.grant_rows import RunRow
from matters import award_states
from matters.award_claims import REASONS
from zhida import grant_awards
from zhida.grant_clawback_alert import DUE
from zhida.hub import Hub

SHORTEST = 4
"""Digits of an award's number that a person must write at least."""
TITLES: Mapping[str, str] = {
    "matched": "已匹配",
    "screened-out": "复核不列入",
    "listed": "待负责人确认或公示中",
    "refused-by-head": "负责人不同意",
    "objected": "公示有异议",
    "dropped": "异议成立，不予奖补",
    "cleared": "公示无异议",
    "awaiting-confirmation": "待企业确认",
    "declined": "企业放弃",
    "confirmed": "已确认，待成批",
    "in-review": "财政审核中",
    "refused-by-finance": "财政不同意",
    "approved": "审核同意，待支付",
    "ordered": "国库办理中",
    "paid": "已支付",
    "returned": "退汇，待更正账户",
    "not-paid": "国库不予支付",
    "clawback": "追回中",
    "recovered": "已追回",
    "released": "可重新列入",
}
RUNS = {"begun": "匹配中", "decided": "已决定，写入中", "matched": "已完成"}
RUNS |= {"applying": "当场申请，写入中", "applied": "当场申请"}


def yuan(fen: int) -> str:
    """For people, exact.

    >>> yuan(120050), yuan(100)
    ('1,200.50', '1.00')
    """
    return f"{fen // 100:,}.{fen % 100:02}"


def find(store: Store, start: str) -> AwardRow:
    """The award whose number begins so. ``Fatal`` unless it is one."""
    with store.read() as connection:
        rows = award_rows.beginning_with(connection, start) if len(start) >= SHORTEST else []
    if len(rows) != 1:
        raise Fatal("grant.unknown", award=start[:40])
    return rows[0]


def run(row: RunRow) -> dict[str, Any]:
    """One run."""
    told = {"run": row.id, "day": row.day, "state": row.state, "snapshot": row.snapshot}
    counts: dict[str, Any] = json.loads(row.counts)
    return told | {"decisions": row.decisions, "began_at": row.began_at, "policies": counts}


def standing(store: Store) -> list[dict[str, Any]]:
    """State → how many, how much; in the order of an award's life."""
    with store.read() as connection:
        found = award_rows.count_states(connection)
    return [
        {"state": state, "number": found[state][0], "fen": found[state][1]}
        for state in award_states.STATES
        if state in found
    ]


def sheets(store: Store) -> list[dict[str, Any]]:
    """Lists and batches that somebody has still to decide on."""
    with store.read() as connection:
        rows = [
            s
            for kind in ("list", "batch")
            for s in grant_rows.sheets(connection, kind, state="open")
        ]
    names = ("id", "kind", "policy", "version", "number", "total_fen", "case", "at")
    return [{name: getattr(row, name) for name in names} for row in rows]


def clawbacks(store: Store, most: int = 200) -> list[dict[str, Any]]:
    """Paid awards of which two people should decide whether they are asked back."""
    with store.read() as connection:
        return [brief(r) for r in award_rows.some(connection, "paid", limit=most, code=DUE)]


def brief(row: AwardRow) -> dict[str, Any]:
    """One award in a list: nothing of the firm."""
    names = (
        "id",
        "policy",
        "version",
        "stage",
        "amount_fen",
        "state",
        "code",
        "case",
        "updated_at",
    )
    return {name: getattr(row, name) for name in names}


def whole(hub: Hub, row: AwardRow) -> dict[str, Any]:
    """One award with its firm, its decision, and every move in the ledger."""
    award = grant_awards.content(hub, row).award
    with hub.store.read() as connection:
        entries = ledger_rows.entries_of(connection, "award", row.id)
    moves = [canonical.loads(each.body) for each in entries]
    told = brief(row) | {"run": row.run, "list": row.list, "batch": row.batch}
    told |= {"title": award["title"], "firm": dict(award["firm"]), "decision": award["decision"]}
    told |= {"row": row.row}
    steps = [{"at": m["at"], "to": m["to"], "code": m.get("code", "")} for m in moves]
    return told | {"steps": steps}


def why(code: str) -> str:
    """A code in Chinese: settling's own reasons, else a problem's text."""
    from exchange.problems import describe

    known: Mapping[str, str] = {str(reason): text for reason, text in REASONS.items()}
    if not code:
        return ""
    return known[code].format(by="其他政策") if code in known else describe(code, {}, "zh")[0]
