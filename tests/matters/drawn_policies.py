"""Policies and firms drawn from a seed: every word of the vocabulary, values near its thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl

from matters.award import Award, Branch, Each, FirstOf, Fixed, Rule, Share, Stage, Sum, Tier, Tiers
from matters.criteria import QUOTIENTS, Group, Node, Ratio, Term, Test
from matters.exact_column import MOST
from matters.facts import Facts, Value
from matters.policy import Policy, Version

ON = date(2026, 3, 31)
FLAGS, CODES, DATES = ("f1", "f2", "f3"), ("c1", "c2"), ("d1", "d2", "d3")
COUNTS, MONEY, PAID = ("n1", "n2", "n3"), ("m1", "m2", "m3"), ("p1", "p2")
FACTS = FLAGS + CODES + DATES + COUNTS + MONEY + PAID
RATIOS = (
    Ratio(55, 1000),
    Ratio(2, 10),
    Ratio(1, 1),
    Ratio(5, 10000),
    Ratio(-3, 100),
    Ratio(999999, 10**6),
)
NUMBERS = (0, 1, -1, 2, 12, 30, 55, 1000, 10**6, 10**13, MOST, -MOST, MOST - 1)
AMOUNTS = (1, 99, 100, 101, 150000, 12345678, 10**10)
TEXTS = ("320114", "320115", "甲")
DAYS = tuple(
    date(y, m, d) for y in (2024, 2025, 2026) for m, d in ((1, 1), (12, 31), (3, 31), (2, 28))
)


class Drawn:
    """A policy, and firms near its thresholds, all from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.tests: list[Test] = []
        self.near: list[int] = list(NUMBERS)

    def policy(self) -> Policy:
        by = self.random.choice(("", "", "d3"))
        spans = [(date(2024, 1, 1), date(2025, 12, 31)), (date(2026, 1, 1), None)]
        versions = [
            self.version(str(n), since, until, by) for n, (since, until) in enumerate(spans)
        ]
        return policy(*self.random.choice((versions, versions[1:], versions[:1])))

    def version(self, name: str, since: date, until: date | None, by: str) -> Version:
        while True:
            self.tests = []
            node, award = self.node(3), self.award()
            if len(self.tests) <= 63:  # as many as a mask has room for
                break
        return version(node, award, tuple(self.tests), name=name, since=since, until=until, by=by)

    def node(self, depth: int) -> Node:
        if depth == 0 or (depth < 3 and self.random.random() < 0.5):
            return self.test()
        parts = tuple(self.node(depth - 1) for _ in range(self.random.randint(1, 3)))
        return Group(self.random.choice(("all", "all", "any", "none")), parts)

    def test(self) -> Test:
        word, term, wanted = self.random.choice((self.quotient, self.number, self.day, self.text))()
        made: Any = Test(len(self.tests), term, word, wanted, "一")
        self.tests.append(made)
        return made

    def quotient(self) -> tuple[str, Term, tuple[Value | Ratio, ...]]:
        facts = tuple(self.random.choices(self.random.choice((COUNTS, MONEY)), k=2))
        ratio = self.random.choice(RATIOS)
        self.near += [ratio.numerator, ratio.denominator, ratio.denominator - ratio.numerator]
        word: Any = self.random.choice(sorted(QUOTIENTS))
        return self.compared(), Term(word, facts), (ratio,)

    def number(self) -> tuple[str, Term, tuple[Value | Ratio, ...]]:
        wanted = self.random.choice(self.near)
        self.near += [wanted - 1, wanted, wanted + 1]
        return self.compared(), self.term(self.random.choice((COUNTS, MONEY))), (wanted,)

    def day(self) -> tuple[str, Term, tuple[Value | Ratio, ...]]:
        words = {
            "in_year": (-1, 0),
            "within_months": (1, 3, 24),
            "months_left": (0, 9, 11),
            "months_past": (0, 1, 3, 15),
        }
        word = self.random.choice(("on_or_after", "on_or_before", *words))
        wanted: Sequence[Any] = words.get(word, DAYS)
        return word, Term("fact", (self.random.choice(DATES),)), (self.random.choice(wanted),)

    def text(self) -> tuple[str, Term, tuple[Value | Ratio, ...]]:
        word = self.random.choice(("is", "is_not", "one_of", "none_of"))
        if word.startswith("is") and self.random.random() < 0.5:
            return word, Term("fact", (self.random.choice(FLAGS),)), (self.random.random() < 0.5,)
        codes = self.random.sample(TEXTS, 1 if word.startswith("is") else 2)
        codes += [f"x{n}" for n in range(self.random.choice((0, 15)))] * (len(codes) > 1)
        return word, Term("fact", (self.random.choice(CODES),)), tuple(codes)

    def compared(self) -> str:
        return self.random.choice(("at_least", "more_than", "at_most", "less_than"))

    def term(self, facts: Sequence[str]) -> Term:
        word: Any = self.random.choice(("fact", "sum", "difference"))
        return Term(word, tuple(self.random.choices(facts, k=1 if word == "fact" else 2)))

    def award(self) -> Award:
        names = self.random.choice(((), (), ("甲", "乙"), ("甲", "乙", "丙")))
        stages = tuple(
            Stage(name, "", self.node(1) if self.random.random() < 0.7 else None, self.rule(2))
            for name in names
        )
        return Award(
            stages or (Stage("", "", None, self.rule(2)),),
            cap=self.random.choice((None, 1, *AMOUNTS)),
            less=self.random.choice(((), ("p1",), PAID)),
            unit=self.random.choice((1, 1, 100, 10000, 3)),
            rounding=self.random.choice(("down", "half-up", "up")),
        )

    def rule(self, depth: int) -> Rule:
        amount = self.random.choice(AMOUNTS)
        last = Branch(self.random.choice((None, self.node(1))), Fixed(amount))
        tiers = tuple(Tier(start, amount + start % 97) for start in (0, 1, 1000, 10**13))
        simple: list[Rule] = [
            Fixed(amount),
            Each(self.term(COUNTS), amount),
            Share(self.term(MONEY), self.random.choice(RATIOS)),
            Tiers(self.term(COUNTS), tiers),
        ]
        if depth == 0:
            return self.random.choice(simple)
        parts = [self.rule(depth - 1) for _ in range(2)]
        branches = tuple(Branch(self.node(1), part) for part in parts)
        return self.random.choice([*simple, Sum(tuple(parts)), FirstOf((*branches, last))])

    def firm(self) -> dict[str, Value]:
        known = [
            name
            for name in FLAGS + CODES + DATES + COUNTS + MONEY + PAID
            if self.random.random() > 0.15
        ]
        return {name: self.value(name) for name in known}

    def value(self, name: str) -> Value:
        match name[0]:
            case "f":
                return self.random.random() < 0.5
            case "c":
                return self.random.choice((*TEXTS, "x3"))
            case "d":
                return self.random.choice(DAYS) + timedelta(self.random.randint(-1, 1))
            case "p":
                return self.random.choice((0, 1, 100, -7, 10**9, MOST))
        near = self.random.choice(self.near) * self.random.choice((1, 1, 10, 1000))
        return max(-MOST, min(MOST, near + self.random.choice((-1, 0, 0, 0, 1))))


def policy(*versions: Version) -> Policy:
    told: dict[str, Any] = dict.fromkeys(Policy.__dataclass_fields__, "")
    return Policy(**told | {"name": "drawn", "versions": versions, "group": "", "not_with": ()})


def version(node: Node, award: Award, tests: tuple[Test, ...], **told: Any) -> Version:
    known = {"name": "2026", "since": date(2026, 1, 1), "until": None, "by": "", "clauses": {}}
    return Version(
        **known | {"parameters": {}, "budget": None} | told, criteria=node, award=award, tests=tests
    )


def frame(firms: Sequence[Facts], names: Sequence[str] = FACTS) -> pl.DataFrame:
    kinds = {"f": pl.Boolean, "c": pl.String, "d": pl.Date}
    schema = {name: kinds.get(name[0], pl.Int64) for name in names}
    rows = [{name: facts.get(name) for name in names} for facts in firms]
    return pl.DataFrame(rows, schema=schema).with_columns(firm=pl.lit("x"))
