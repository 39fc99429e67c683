"""Firms of a synthetic district: about a policy's examples and thresholds, a tenth of it unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random

import polars as pl

from matters.criteria import Test
from matters.facts import Fact
from matters.policy import Policy
from matters.policy_decision import decide
from tests.grants.aims import OTHERS, Aims, Firm, months_before, parts

COLUMNS = {
    "flag": pl.Boolean, "code": pl.String, "count": pl.Int64, "money": pl.Int64, "date": pl.Date,
}  # fmt: skip
LEAP = date(2028, 2, 29)
MONTHS = ("within_months", "months_past")


def days_of(policy: Policy) -> list[date]:
    """Days of decision: of the examples, about the versions' ends, and where months end unevenly."""
    ends = [day for version in policy.versions for day in (version.since, version.until) if day]
    about = [day + timedelta(step) for day in ends for step in (-1, 0, 1)]
    latest = max(example.on for example in policy.examples)
    about += [date(latest.year, 8, 31), date(latest.year, 12, 31), LEAP]
    for version in policy.versions:
        windows = [test for test in version.tests if test.word in MONTHS]
        ends = [months_before(version.since, -int(str(test.wanted[0]))) for test in windows]
        about += ends if version.by else []
    return sorted({*about}) + [
        example.on for example in policy.examples if example.verdict == "pass"
    ]


class District:
    """Draws firms for a policy; the same seed draws the same firms."""

    def __init__(self, policy: Policy, facts: Mapping[str, Fact], seed: int | str) -> None:
        self.random, self.facts, self.policy = Random(f"{policy.name}/{seed}"), facts, policy
        self.aims = [Aims(version, facts, self.random) for version in policy.versions]
        self.passing = [each for each in policy.examples if each.verdict == "pass"]

    def firms(self, names: Sequence[str], day: date) -> Iterator[Firm]:
        """Firms without end, each with these facts."""
        while True:
            firm = {name: self.value(name, day) for name in names} | self.base(day)
            for _ in range(self.random.choice((0, 1, 1, 2, 2, 3, 6))):
                self.random.choice(self.aims).at(firm, day)
            self.superior(firm, day)
            holes = self.random.choice((0.0, 0.05, 0.1, 0.3))
            yield {name: None if self.random.random() < holes else firm[name] for name in names}

    def base(self, day: date) -> Firm:
        """A firm of the examples, its dates moved along to the day of decision."""
        if self.random.random() < 0.1:
            return {}
        example = self.random.choice(self.passing or self.policy.examples)
        by = day - example.on if self.random.random() < 0.8 else timedelta(0)
        return {
            name: value + by if isinstance(value, date) else value
            for name, value in example.facts.items()
        }

    def value(self, name: str, day: date) -> bool | str | int | date:
        """A value of a fact of which nothing else is known."""
        match self.facts[name].kind:
            case "flag":
                return self.random.random() < 0.1
            case "code":
                return self.random.choice(tuple(self.facts[name].codes) or OTHERS)
            case "date":
                return day - timedelta(self.random.randint(-40, 1500))
            case _:
                return self.aims[0].number(name)

    def superior(self, firm: Firm, day: date) -> None:
        """What others paid already: as much as the grant itself, or a fen less or more."""
        less = [name for version in self.policy.versions for name in version.award.less]
        if not less or self.random.random() < 0.8:
            return
        known = {n: v for n, v in firm.items() if v is not None} | dict.fromkeys(less, 0)
        gross = sum(paid or 0 for paid in decide(self.policy, known, day).amounts.values())
        firm[self.random.choice(less)] = max(0, gross + self.random.choice((-1, 0, 1)))


def named(policy: Policy) -> set[str]:
    """The facts that a policy looks at, as its versions and its examples name them."""
    found = {name for each in policy.examples for name in each.facts}
    for version in policy.versions:
        found |= {version.by} - {""} | set(version.award.less)
        for part in (*version.tests, *parts(version.criteria), *parts(version.award)):
            if isinstance(part, Test):
                found |= set(part.term.facts)
            elif hasattr(part, "facts"):
                found |= set(part.facts)
    return found


def table(firms: Iterable[Firm], names: Sequence[str], facts: Mapping[str, Fact]) -> pl.DataFrame:
    """One row a firm, ``firm`` its number."""
    schema = {name: COLUMNS[facts[name].kind] for name in names}
    drawn = pl.DataFrame([*firms], schema=schema, orient="row")
    return drawn.with_columns(firm=pl.int_range(pl.len()).cast(pl.String))
