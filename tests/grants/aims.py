"""Values on a threshold or one step beside it, drawn out of a policy's own tests and rules as data.

Nobody reads the policies for it: what is aimed at is whatever a ``Version`` happens to hold, so that a
threshold that is changed is aimed at where it then lies.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from matters.award import Each, Share, Tiers
from matters.criteria import Ratio, Term, Test
from matters.facts import Fact, Value
from matters.policy import Version

Firm = dict[str, Value | None]
STEPS = (-1, 0, 0, 1)
OTHERS = ("320114", "320115", "I63", "I64", "I65", "F51", "F52", "H62", "C33", "C34", "C40", "C41")
"""Of the facts that are any text: districts and industries."""


def months_before(day: date, months: int) -> date:
    """The day so many months before; where there is none, the last of its month.

    >>> months_before(date(2026, 3, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def parts(thing: object) -> Iterator[Any]:
    """Everything that a dataclass holds, however deep."""
    if is_dataclass(thing):
        yield thing
        for each in fields(thing):
            yield from parts(getattr(thing, each.name))
    elif isinstance(thing, tuple):
        for part in thing:
            yield from parts(part)


class Aims:
    """What can be aimed at in a version."""

    def __init__(self, version: Version, facts: Mapping[str, Fact], random: Random) -> None:
        self.random, self.facts, self.award = random, facts, version.award
        held = [*version.tests, *parts(version.award)]
        wanted = (*version.tests, *(p for p in held if isinstance(p, Share | Each | Tiers)))
        self.targets: Sequence[Any] = wanted
        self.days = [day for day in (version.since, version.until) if day]
        self.by = version.by

    def at(self, firm: Firm, day: date) -> None:
        """Move one thing of the firm onto one threshold, or right beside it."""
        target = self.random.choice((*self.targets, *([self.by] if self.by else [])))
        match target:
            case str():
                firm[target] = self.random.choice(self.days) + timedelta(self.random.choice(STEPS))
            case Test():
                self.test(firm, target, day)
            case Tiers():
                self.term(firm, target.by, self.random.choice(target.tiers).start)
            case Each():
                self.term(firm, target.of, self.scale(target.pay, 1))
            case Share():
                self.term(
                    firm, target.of, self.scale(target.rate.numerator, target.rate.denominator)
                )

    def scale(self, numerator: int, denominator: int) -> int:
        """A value that a rule pays about its cap for, or a half unit more than a whole one."""
        unit = self.award.unit
        paid = 2 * unit * self.random.randint(0, 10 ** self.random.randint(1, 6)) + unit
        paid = self.random.choice(
            (paid, 2 * (self.award.cap or paid), 3 * (self.award.cap or paid))
        )
        return paid * denominator // (2 * (numerator or 1))

    def test(self, firm: Firm, test: Test, day: date) -> None:
        wanted = self.random.choice(test.wanted)
        name = test.term.facts[0]
        if isinstance(wanted, Ratio):
            self.quotient(firm, test.term, wanted)
        elif self.facts[name].kind == "date":
            assert not isinstance(wanted, str)
            firm[name] = self.day(test.word, wanted, day) + timedelta(self.random.choice(STEPS))
        elif isinstance(wanted, bool | str):
            firm[name] = self.random.choice((wanted, self.other(self.facts[name], wanted)))
        else:
            assert isinstance(wanted, int)
            self.term(firm, test.term, wanted)

    def day(self, word: str, wanted: Any, day: date) -> date:
        if word == "within_months":
            return self.random.choice((day, months_before(day, wanted)))
        if word in ("months_left", "months_past"):
            return months_before(day, -wanted if word == "months_left" else wanted)
        if word == "in_year":
            year = day.year + wanted
            return self.random.choice((date(year, 1, 1), date(year, 12, 31)))
        assert isinstance(wanted, date)
        return wanted

    def other(self, fact: Fact, value: Value) -> Value:
        if isinstance(value, bool):
            return not value
        return self.random.choice(tuple(fact.codes) or OTHERS)

    def term(self, firm: Firm, term: Term, target: int) -> None:
        first, *others = term.facts
        sign = -1 if term.word == "difference" else 1
        given = [self.whole(firm, other) for other in others]
        if sign == 1 and sum(given) > target:
            given = [0 for _ in given]
        firm.update(zip(others, given, strict=True))
        firm[first] = max(0, target + self.random.choice(STEPS) - sign * sum(given))

    def quotient(self, firm: Firm, term: Term, ratio: Ratio) -> None:
        """``share`` a / b, ``growth`` (a - b) / b, ``fall`` (a - b) / a."""
        low, high = (term.facts[1], term.facts[0]) if term.word != "fall" else term.facts
        base = self.random.choice(
            (0, ratio.denominator, self.whole(firm, low), self.whole(firm, low))
        )
        part = base * ratio.numerator // ratio.denominator
        whole = {"share": part, "growth": base + part, "fall": base - part}[term.word]
        firm[low], firm[high] = base, max(0, whole + self.random.choice(STEPS))

    def whole(self, firm: Firm, name: str) -> int:
        known = firm.get(name)
        return known if isinstance(known, int) and self.random.random() < 0.7 else self.number(name)

    def number(self, name: str) -> int:
        digits = 3 if self.facts[name].kind == "count" else 12
        return self.random.choice((0, self.random.randrange(10 ** self.random.randint(1, digits))))
