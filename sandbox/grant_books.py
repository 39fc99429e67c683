"""What became of a district's grants by the books of those who paid and those who spoke with firms.

Nothing of the hub's is read: the treasury's program knows what it paid for which number of an award,
and the portal knows to which firm and policy such a number belongs, for the firm was asked there or
was told there that it has been paid.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.books import read_effects

PAYERS = ("treasury", "unemployment_fund")
"""What a fund of its own gives does not come from the treasury."""
PAID, RETURNED = "2", "3"
ANSWERED = "2"
MOVING = {"matched", "listed", "cleared", "in-review", "approved", "ordered"}
"""Awards in these states are on their way; all others wait for somebody, or are over."""
ASKED = {"awaiting-confirmation", "returned"}
"""These wait for a firm."""
_BY_MESSAGE = "paid/"


@dataclass(frozen=True, slots=True)
class Payment:
    """One order that a payer decided. Firm and policy are empty if the portal does not know them;
    a stage stands only in questions.
    """

    award: str
    uscc: str
    title: str
    stage: str
    fen: int
    status: str


def payments(folder: Path) -> list[Payment]:
    """All of them, the oldest first."""
    about = dict(
        reversed(list(_about(folder)))
    )  # the first that was said: a question has the stage
    return [
        Payment(row["busino"], *about.get(row["busino"], ("", "", "")), row["fen"], row["status"])
        for row in orders(folder)
    ]


def orders(folder: Path) -> list[dict[str, Any]]:
    """Every order that a payer decided, as it stands in the payer's books."""
    found = (read_effects(folder / name / "books.sqlite", "payments") for name in PAYERS)
    return [dict(row) for rows in found for row in rows]


def twice(found: list[Payment]) -> list[str]:
    """Awards that stand paid more than once."""
    counts = Counter(each.award for each in found if each.status == PAID)
    return sorted(award for award, count in counts.items() if count > 1)


def by_title(found: list[Payment]) -> dict[str, tuple[int, int]]:
    """Policy's title → awards that stand paid, and their fen."""
    told: dict[str, tuple[int, int]] = {}
    for each in found:
        if each.status == PAID:
            number, fen = told.get(each.title, (0, 0))
            told[each.title] = (number + 1, fen + each.fen)
    return told


def is_at_rest(folder: Path, states: Mapping[str, str]) -> bool:
    """Whether nothing moves any more: who is still to be paid has said nothing yet, or no.

    ``states``: award → where it stands. What a firm has answered already is on its way.
    """
    newest = dict(_questions(folder))
    waiting = [award for award, state in states.items() if state in ASKED]
    said = [newest.get(award, ANSWERED) for award in waiting]  # not asked yet: it will be
    return MOVING.isdisjoint(states.values()) and ANSWERED not in said


def _questions(folder: Path) -> Iterator[tuple[str, str]]:
    for row in read_effects(folder / "portal" / "books.sqlite", "doings"):
        if row["kind"] == "question":
            yield row["about"], row["state"]


def _about(folder: Path) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for row in read_effects(folder / "portal" / "books.sqlite", "doings"):
        given: dict[str, Any] = json.loads(row["given"])
        if row["kind"] == "question":
            title, _, stage = given["policyName"].partition(" ")
            yield given["awardNo"], (given["uscc"], title, stage)
        elif row["kind"] == "message" and given["noticeNo"].startswith(_BY_MESSAGE):
            yield given["noticeNo"].removeprefix(_BY_MESSAGE), (given["uscc"], given["title"], "")
