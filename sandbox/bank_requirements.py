"""What a bank's client has to do: the list as data, each with its judge, and how a client stands."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import bank_judges, bank_judges_after
from sandbox.bank_judges import BROKEN, MET, UNSEEN, Verdict
from sandbox.bank_record import Record

Judge = Callable[[Record], Verdict]
JUDGES: Mapping[str, Judge] = {
    **{
        each.__name__: each
        for each in (
            *(bank_judges.letter, bank_judges.signed, bank_judges.repeat, bank_judges.partial),
            *(bank_judges.patience, bank_judges.busy, bank_judges.conflict),
        )
    },
    **{
        each.__name__: each
        for each in (
            *(bank_judges_after.verified, bank_judges_after.pages, bank_judges_after.gap),
            *(bank_judges_after.books, bank_judges_after.stranger, bank_judges_after.renewed),
            bank_judges_after.changed,
        )
    },
}
"""Name of a requirement → its judge."""
_FEW = 3
MARKS = {MET: "✓", BROKEN: "✗", UNSEEN: "·"}
WORDS = {MET: "做到了", BROKEN: "没有做到", UNSEEN: "还没有看到"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row of ``bank_requirements.csv``."""

    name: str
    title: str
    todo: str
    broken: str
    remedy: str


def requirements() -> list[Requirement]:
    """In the order in which a client comes upon them."""
    text = (Path(__file__).parent / "bank_requirements.csv").read_text("utf-8")
    return [Requirement(**row) for row in csv.DictReader(text.splitlines())]


def judged(record: Record) -> list[dict[str, Any]]:
    """Each requirement with how it stands; ``calls``: the first calls that show it, counted from 1."""
    return [_judged(each, JUDGES[each.name](record), record) for each in requirements()]


def _judged(wanted: Requirement, found: Verdict, record: Record) -> dict[str, Any]:
    told: dict[str, Any] = {"requirement": wanted.name, "title": wanted.title, "state": found.state}
    if found.state == BROKEN:
        told |= {"broken": wanted.broken, "remedy": wanted.remedy}
    if found.state == UNSEEN:
        told["todo"] = wanted.todo
    told["calls"] = [
        {"number": place + 1, "call": f"{record.seen[place].method} {record.seen[place].path}"}
        for place in found.calls[:_FEW]
    ]
    return told


def exit_code(rows: Iterable[Mapping[str, Any]]) -> int:
    """0: all are met; 1: one is broken; 3: nothing is broken, but not all was seen.

    >>> exit_code([{"state": "met"}, {"state": "unseen"}]), exit_code([{"state": "broken"}])
    (3, 1)
    """
    states = {row["state"] for row in rows}
    if BROKEN in states:
        return 1
    return 3 if UNSEEN in states else 0
