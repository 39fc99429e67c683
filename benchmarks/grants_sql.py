"""The same policies as one SQL query, as somebody would write them by hand: verdict and amount, no masks.

Whole numbers throughout; HUGEINT only where an amount of money is multiplied by a ratio.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import lcm
from typing import Any

from matters.award import Award, Branch, Each, FirstOf, Fixed, Rule, Share, Stage, Sum, Tiers
from matters.criteria import Node, Ratio, Term, Test
from matters.durations import Duration
from matters.facts import Fact
from matters.policy import Policy, Version

_SIGNS = {
    "at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<",
    "on_or_after": ">=", "on_or_before": "<=", "is": "=", "is_not": "<>",
}  # fmt: skip


class Query:
    """Writes policies for a day of decision. ``facts`` tells counts from money."""

    def __init__(self, facts: Mapping[str, Fact], on: date) -> None:
        self._facts, self._on = facts, on

    def select(self, policies: Iterable[Policy], table: str) -> str:
        """Firm, and of each policy ``NAME.verdict`` and ``NAME.amount``."""
        inner, outer = ["firm"], ["firm"]
        for policy in policies:
            meets, amount = f'"{policy.name}.meets"', f'"{policy.name}.amount"'
            inner.append(f"{self.meets(policy)} AS {meets}")
            inner.append(
                f"CASE WHEN {meets} IS DISTINCT FROM false THEN {self.amount(policy)} END AS {amount}"
            )
            outer.append(f'{meets} AND {amount} > 0 AS "{policy.name}.verdict"')
            outer.append(amount)
        return f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(inner)} FROM {table})"

    def meets(self, policy: Policy) -> str:
        """Who is refused by every version is refused, though nobody knows which version holds."""
        each = [f"({self._node(version.criteria)})" for version in policy.versions]
        unknown = f"CASE WHEN NOT ({' OR '.join(each)}) THEN false END"
        return self._by_version(
            policy, lambda version: self._node(version.criteria), "false", unknown
        )

    def amount(self, policy: Policy) -> str:
        """Of all stages together; null if it is unknown whether there is any."""
        return self._by_version(policy, lambda version: self._award(version.award), "0", "NULL")

    def _by_version(self, policy: Policy, told: Any, otherwise: str, unknown: str) -> str:
        if not policy.versions[0].by:
            held = (v for v in policy.versions if _holds(v, self._on))
            return next((told(version) for version in held), otherwise)
        by = policy.versions[0].by
        cases = (
            f"WHEN {by} >= {_value(v.since)} AND {by} <= {_value(v.until or date.max)} THEN {told(v)}"
            for v in policy.versions
        )
        return f"CASE {' '.join(cases)} WHEN {by} IS NOT NULL THEN {otherwise} ELSE {unknown} END"

    def _node(self, node: Node) -> str:
        if isinstance(node, Test):
            return self._test(node)
        parts = [f"({self._node(part)})" for part in node.parts]
        joined = (" AND " if node.word == "all" else " OR ").join(parts)
        return f"NOT ({joined})" if node.word == "none" else joined

    def _test(self, test: Test) -> str:
        first = test.term.facts[0]
        if test.term.is_quotient:
            return self._quotient(test)
        if test.word in ("one_of", "none_of"):
            inverted = "NOT " if test.word == "none_of" else ""
            return f"{first} {inverted}IN ({', '.join(map(_value, test.wanted))})"
        wanted: Any = test.wanted[0]
        if test.word == "in_year":
            year = self._on.year + wanted
            return f"{first} BETWEEN {_value(date(year, 1, 1))} AND {_value(date(year, 12, 31))}"
        if test.word == "months_left":
            return f"{first} > {_value(Duration(wanted, 'month').after(self._on))}"
        if test.word == "months_past":
            return f"{first} <= {_value(Duration(-wanted, 'month').after(self._on))}"
        if test.word == "within_months":
            after = Duration(-wanted, "month").after(self._on)
            return f"{first} <= {_value(self._on)} AND {first} > {_value(after)}"
        return f"{self._term(test.term)} {_SIGNS[test.word]} {_value(wanted)}"

    def _quotient(self, test: Test) -> str:
        one, two = test.term.facts
        over, under = {
            "share": (one, two),
            "growth": (f"({one} - {two})", two),
            "fall": (f"({one} - {two})", one),
        }[test.term.word]
        ratio: Any = test.wanted[0]
        wide = "::HUGEINT" if self._facts[one].kind == "money" else ""
        left, right = f"{over}{wide} * {ratio.denominator}", f"{under}{wide} * {ratio.numerator}"
        return f"CASE WHEN {under} > 0 THEN {left} {_SIGNS[test.word]} {right} END"

    def _term(self, term: Term) -> str:
        sign = " - " if term.word == "difference" else " + "
        return f"({sign.join(term.facts)})" if len(term.facts) > 1 else term.facts[0]

    def _award(self, award: Award) -> str:
        stages = [self._stage(stage, award) for stage in award.stages]
        total, known = stages[0], stages[0]
        if len(stages) > 1:
            known = " + ".join(f"coalesce({each}, 0)" for each in stages)
            total = f"CASE WHEN {known} > 0 THEN {known} ELSE {' + '.join(stages)} END"
        for name in award.less:
            total = f"CASE WHEN {total} > 0 THEN {total} - {name} ELSE {total} END"
        return (
            f"CASE WHEN {total} > {award.cap} THEN {award.cap} ELSE {total} END"
            if award.cap
            else total
        )

    def _stage(self, stage: Stage, award: Award) -> str:
        over = denominator(stage.pay)
        pay, step = self._rule(stage.pay, over), over * award.unit
        extra = {"down": 0, "half-up": step // 2, "up": step - 1}[award.rounding]
        whole = f"(({pay}) + {extra}) // {step} * {award.unit}" if step > 1 else f"({pay})"
        if stage.when is None:
            return f"CAST({whole} AS BIGINT)"
        when = self._node(stage.when)
        return f"CAST(CASE WHEN {when} THEN {whole} WHEN NOT ({when}) THEN 0 END AS BIGINT)"

    def _rule(self, rule: Rule, over: int) -> str:
        match rule:
            case Fixed(pay=pay):
                return str(pay * over)
            case Each(of=term, pay=pay):
                return f"{self._term(term)} * {pay * over}"
            case Share(of=term, rate=rate):
                return f"{self._term(term)}::HUGEINT * {rate.numerator * over // rate.denominator}"
            case Tiers(by=term, tiers=tiers):
                by = self._term(term)
                some = (f"WHEN {by} >= {t.start} THEN {t.pay * over}" for t in reversed(tiers))
                return f"CASE {' '.join(some)} WHEN {by} IS NOT NULL THEN 0 END"
            case Sum(parts=parts):
                return " + ".join(f"({self._rule(part, over)})" for part in parts)
            case FirstOf(branches=branches):
                return f"CASE {' '.join(self._branches(branches, over))} END"

    def _branches(self, branches: tuple[Branch, ...], over: int) -> Iterator[str]:
        for branch in branches:
            if branch.when is None:
                yield f"ELSE {self._rule(branch.pay, over)}"
                return
            when = self._node(branch.when)
            yield f"WHEN {when} THEN {self._rule(branch.pay, over)}"
            yield f"WHEN ({when}) IS NULL THEN NULL"
        yield "ELSE 0"


def denominator(rule: Rule | Branch) -> int:
    """What all parts of a rule are whole numbers over."""
    match rule:
        case Share(rate=Ratio(denominator=over)):
            return over
        case Sum(parts=parts) | FirstOf(branches=parts):
            return lcm(*map(denominator, parts))
        case Branch(pay=pay):
            return denominator(pay)
        case _:
            return 1


def _holds(version: Version, on: date) -> bool:
    return version.since <= on <= (version.until or date.max)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return f"DATE '{value}'"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
