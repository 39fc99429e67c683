"""The criteria of a decision as lines of a tree, in Chinese, each with what the viewer may see of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from matters import criteria_decision, criteria_words
from matters.criteria import Node, Test
from matters.criteria_decision import Finding
from matters.facts import Fact
from matters.kleene import Truth
from matters.policy import Version
from matters.policy_decision import Decision

Viewer = Callable[[Fact], bool]
"""May the viewer see the value of this fact?"""
TRUTHS: Mapping[Truth, str] = {True: "符合", False: "不符合", None: "未知"}
HIDDEN = "—"
UNKNOWN = "未知"


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion, or how the ones below it are joined."""

    depth: int
    text: str
    verdict: str
    """符合, 不符合, 未知."""
    clause: str = ""
    clause_text: str = ""
    value: str = ""
    """The firm's; ``—`` where the viewer may not see it, ``未知`` where nobody knows."""
    threshold: str = ""
    holders: tuple[str, ...] = ()
    as_of: str = ""
    """The oldest of the days as of which the facts were told."""
    hinges: bool = False
    """The verdict hangs on it."""


@dataclass(frozen=True, slots=True)
class Told:
    """For whom, and out of what, a decision is explained."""

    facts: Mapping[str, Fact]
    """The catalogue."""
    may_see: Viewer
    as_of: Mapping[str, str]
    """Fact → the day (ISO 8601) as of which its holder told it."""

    def sees(self, names: Iterator[str] | tuple[str, ...]) -> bool:
        """May the viewer see all of these? What the catalogue does not have, nobody may."""
        return all(name in self.facts and self.may_see(self.facts[name]) for name in names)


def lines(decision: Decision, version: Version, node: Node, told: Told) -> Iterator[Line]:
    """Of a tree of the version's tests. A single test is a line by itself."""
    return _lines(decision, version, told, node, depth=0)


def _lines(
    decision: Decision, version: Version, told: Told, node: Node, *, depth: int
) -> Iterator[Line]:
    if isinstance(node, Test):
        yield _line(decision, version, told, node, depth=depth)
        return
    truths = [each.verdict for each in decision.findings]
    verdict = TRUTHS[criteria_decision.truth(node, truths)]
    yield Line(depth, criteria_words.JOINED[node.word], verdict)
    for part in node.parts:
        yield from _lines(decision, version, told, part, depth=depth + 1)


def _line(decision: Decision, version: Version, told: Told, test: Test, *, depth: int) -> Line:
    finding = decision.findings[test.number]
    facts = [told.facts[name] for name in test.term.facts if name in told.facts]
    days = [told.as_of[name] for name in test.term.facts if name in told.as_of]
    return Line(
        depth=depth,
        text=criteria_words.criterion(test, told.facts),
        verdict=TRUTHS[finding.verdict],
        clause=test.clause,
        clause_text=version.clauses.get(test.clause, ""),
        value=_value(finding, told) if told.sees(test.term.facts) else HIDDEN,
        threshold=criteria_words.threshold(test, told.facts),
        holders=tuple(dict.fromkeys(fact.holder for fact in facts)),
        as_of=min(days, default=""),
        hinges=test in decision.hinges,
    )


def _value(finding: Finding, told: Told) -> str:
    """The term's; of a term of several facts each of these, too."""
    term = finding.test.term
    known = [told.facts[name] for name in term.facts]
    pairs = zip(finding.values, known, strict=True)
    each = [UNKNOWN if v is None else criteria_words.value(v, fact) for v, fact in pairs]
    if term.word == "fact":
        return each[0]
    whole = finding.value
    unit = None if term.is_quotient else known[0]
    told_whole = UNKNOWN if whole is None else criteria_words.value(whole, unit)
    parts = zip(known, each, strict=True)
    return f"{told_whole}（{'，'.join(f'{fact.title} {value}' for fact, value in parts)}）"
