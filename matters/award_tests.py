"""The tests within an award, of its stages and branches, and the facts that it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matters import criteria_decision
from matters.award import Award, Each, FirstOf, Rule, Share, Sum, Tiers
from matters.criteria import Node, Term, Test, tests
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
    for term in terms(award):
        yield from term.facts
    yield from award.less


def terms(award: Award) -> Iterator[Term]:
    """Of what it is paid, in the order of its stages."""
    for stage in award.stages:
        yield from _terms(stage.pay)


def _terms(rule: Rule) -> Iterator[Term]:
    match rule:
        case Each() | Share():
            yield rule.of
        case Tiers():
            yield rule.by
        case FirstOf():
            for branch in rule.branches:
                yield from _terms(branch.pay)
        case Sum():
            for part in rule.parts:
                yield from _terms(part)


def hinges(award: Award, truths: Sequence[Truth]) -> Iterator[Test]:
    """The tests for which an award is nothing, or unknown."""
    for node in conditions(award):
        if criteria_decision.truth(node, truths) is not True:
            yield from criteria_decision.hinges(node, truths)
