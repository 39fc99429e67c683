"""Papers of a dispute (文书): which event brings which, and what is asked of the seal platform for it.

Who tells the event issues the paper, under its own seal. What a paper takes from the registration is
the worker's to hand on, so without that consent none is made of it; a proof of handing-over takes
nothing from there. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from exchange import pointer, times
from exchange.errors import Fact, Invalid, Problem
from exchange.ports import Record, Scalar
from matters import money
from matters.ladder_parts import Event

WORKER, EMPLOYER, RECEIVER = "worker", "employer", "receiver"
PARTIES: Mapping[str, str] = {WORKER: "劳动者", EMPLOYER: "用人单位", RECEIVER: "接手单位"}
"""Whom a paper may go to, beside roles of the ladder."""
TEXT, DAY, MONEY = "text", "day", "money"
LONGEST = 2000
"""Code points of one field, as the shape ``seal-request`` has it."""
REGISTRATION = "/registration/"
CONSENT = "/registration/consent/share"
Documents = Mapping[str, Record]
"""``registration``, ``event`` (what was told, as a ``mediation-event``), ``dispute`` (``number``), ``unit``
and ``to`` (``title`` of who issues it, and of who has the dispute from now on).
"""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the seal platform's template."""

    name: str
    path: str
    """Where its value stands in the documents; ``*`` is each member of a list."""
    form: str = TEXT
    absent: str = ""
    """What stands there where nothing was stated; empty: the paper can't be made."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of paper."""

    name: str
    title: str
    after: frozenset[str]
    """Events."""
    seals: Mapping[str, str]
    """Role → the seal of its unit."""
    template: str
    format: str
    article: str
    goes_to: tuple[str, ...]
    fields: tuple[Field, ...]
    proof: bool = False
    """It tells when the dispute was handed to whom, and nothing of it."""

    @property
    def is_personal(self) -> bool:
        """Does it take anything from the registration?"""
        return any(each.path.startswith(REGISTRATION) for each in self.fields)


@dataclass(frozen=True, slots=True)
class Papers:
    """All kinds, in the file's order."""

    name: str
    title: str
    kinds: Mapping[str, Paper]

    def of(self, event: str, role: str) -> tuple[Paper, ...]:
        """Those that this event brings when it is told in this role."""
        return tuple(p for p in self.kinds.values() if event in p.after and role in p.seals)

    @property
    def events(self) -> frozenset[str]:
        """Every event that may bring one."""
        return frozenset[str]().union(*(each.after for each in self.kinds.values()))


def number(dispute: str, seq: int, paper: str) -> str:
    """What makes it the same paper for ever: the dispute's number, the event in it, the kind.

    >>> number("LT-20260302-0123456789AB", 7, "agreement")
    'LT-20260302-0123456789AB/7/agreement'
    """
    return f"{dispute}/{seq}/{paper}"


def request(paper: Paper, event: Event, documents: Documents, *, seq: int) -> dict[str, object]:
    """The ``seal-request``. ``seq``: the event's place in the dispute.

    ``Invalid`` with everything that is missing; also where the worker has not agreed to hand on what
    the paper takes from the registration.
    """
    told = {f"/{name}{path}": value for name, record in documents.items()
            for path, value in pointer.flatten(record).items()}  # fmt: skip
    told |= {"/event/at": times.civil_day(event.at).isoformat()}
    wrong = list(_wrong(paper, told))
    if wrong:
        raise Invalid.of(wrong)
    return {
        "id": number(str(told["/dispute/number"]), seq, paper.name),
        "template": paper.template,
        "seal": paper.seals[event.role],
        "title": paper.title,
        "format": paper.format,
        "fields": {each.name: _value(each, told) or each.absent for each in paper.fields},
    }


def _wrong(paper: Paper, told: Mapping[str, Scalar]) -> Iterator[Problem]:
    if paper.is_personal and told.get(CONSENT) is not True:
        yield Problem("paper.no-consent", {"paper": paper.title, "path": CONSENT})
    for each in paper.fields:
        value = _value(each, told)
        facts: dict[str, Fact] = {"paper": paper.title, "field": each.name, "path": each.path}
        if not (value or each.absent):
            yield Problem("paper.missing", facts)
        if len(value) > LONGEST:
            yield Problem("paper.too-long", {**facts, "limit": LONGEST})


def _value(field: Field, told: Mapping[str, Scalar]) -> str:
    """Empty: nothing was stated. Several members of a list stand one after the other."""
    wanted = re.compile(re.escape(field.path).replace(r"\*", "[0-9]+"))
    found = [value for path, value in told.items() if wanted.fullmatch(path)]
    return "；".join(_written(value, field.form) for value in found)


def _written(value: Scalar, form: str) -> str:
    """As the parties read it.

    >>> _written("2026-03-02", "day"), _written(120050, "money"), _written("甲", "text")
    ('2026年3月2日', '1,200.50 元', '甲')
    """
    if form == MONEY:
        return money.write(int(value))
    if form == DAY:
        day = date.fromisoformat(str(value)[:10])
        return f"{day.year}年{day.month}月{day.day}日"
    return str(value)
