"""On which facts, that nobody has stated, an unknown decision hangs: whom to ask for what."""

from __future__ import annotations

from collections.abc import Iterator

from matters.award import Each, FirstOf, Fixed, Rule, Share, Sum
from matters.criteria import Term
from matters.facts import Facts
from matters.policy import Policy, Version
from matters.policy_decision import Decision


def missing(policy: Policy, decision: Decision, facts: Facts) -> tuple[str, ...]:
    """Names of facts, each once; none unless the verdict is unknown.

    A quotient by zero is unknown too, with all its facts known: then nobody can be asked.
    """
    if decision.verdict != "unknown":
        return ()
    found = dict.fromkeys(_wanted(policy, decision))
    return tuple(name for name in found if name not in facts)


def _wanted(policy: Policy, decision: Decision) -> Iterator[str]:
    if decision.version is None:
        yield policy.versions[0].by
        return
    for test in decision.hinges:
        yield from test.term.facts
    if any(fen is None for fen in decision.amounts.values()):
        yield from _of_award(decision.version)


def _of_award(version: Version) -> Iterator[str]:
    for stage in version.award.stages:
        for term in terms(stage.pay):
            yield from term.facts
    yield from version.award.less


def terms(rule: Rule) -> Iterator[Term]:
    """Everything that a rule reckons with, whichever branch holds."""
    match rule:
        case Fixed():
            return
        case Each() | Share():
            yield rule.of
        case FirstOf():
            for branch in rule.branches:
                yield from terms(branch.pay)
        case Sum():
            for part in rule.parts:
                yield from terms(part)
        case _:
            yield rule.by
