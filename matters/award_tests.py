"""The tests within an award, of its stages and branches, and the facts that it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matters import criteria_decision
from matters.award import Award, Each, FirstOf, Rule, Share, Sum, Tiers
from matters.criteria import Node, Test, tests
from matters.kleene import Truth


def conditions(award: Award) -> Iterator[Node]:
    """Every ``when`` of an award, in its order."""
    for stage in award.stages:
        if stage.when is not None:
            yield stage.when
        yield from _within(stage.pay)


def _within(rule: Rule) -> Iterator[Node]:
    if isinstance(rule, Sum):
        for part in rule.parts:
            yield from _within(part)
    if isinstance(rule, FirstOf):
        for branch in rule.branches:
            if branch.when is not None:
                yield branch.when
            yield from _within(branch.pay)


def facts(award: Award) -> Iterator[str]:
    """Every fact that the amount hangs on; some more than once."""
    for node in conditions(award):
        for test in tests(node):
            yield from test.term.facts
    for stage in award.stages:
        yield from _facts(stage.pay)
    yield from award.less


def _facts(rule: Rule) -> Iterator[str]:
    match rule:
        case Each() | Share():
            yield from rule.of.facts
        case Tiers():
            yield from rule.by.facts
        case FirstOf():
            for branch in rule.branches:
                yield from _facts(branch.pay)
        case Sum():
            for part in rule.parts:
                yield from _facts(part)


def hinges(award: Award, truths: Sequence[Truth]) -> Iterator[Test]:
    """The tests for which an award is nothing, or unknown."""
    for node in conditions(award):
        if criteria_decision.truth(node, truths) is not True:
            yield from criteria_decision.hinges(node, truths)
