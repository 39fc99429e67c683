"""A dispute that has ended is put on file: what it went through, and nothing of a person."""

from __future__ import annotations

from exchange import times
from exchange.store.dispute_rows import EventRow
from matters.ladder_parts import Ladder
from zhida import own_filing
from zhida.dispute import Dispute
from zhida.hub import Hub
from zhida.mediation_rules import Rules
from zhida.own_filing import Paper

NAME, KIND = "ending", "mediation-ending"


def file(hub: Hub, rules: Rules, dispute: Dispute) -> int:
    """The paper of its end, once for each time that it ended; 0: it has not, or the paper is there.

    What is only noted of it afterwards (a consent withdrawn, an award received) ends nothing anew.
    """
    if not dispute.row.closed_at:
        return 0
    seq = next(e.seq for e in reversed(dispute.told) if not rules.ladder.says[e.name].marks)
    record = {
        "dispute": dispute.row.number,
        "on": str(times.civil_day(times.instant(dispute.row.closed_at))),
        "steps": steps(rules.ladder, dispute.told)[:8000],
    }
    key = f"{KIND}/{dispute.row.case}/{seq}"
    return own_filing.file(hub, [Paper(dispute.row.case, NAME, KIND, key, record)])


def steps(ladder: Ladder, told: tuple[EventRow, ...]) -> str:
    """Each event with its day and unit, in the order in which it was told."""
    lines = (
        f"{times.civil_day(times.instant(each.at))} {ladder.says[each.name].title}（{each.unit}）"
        for each in told
    )
    return "；".join(lines)
