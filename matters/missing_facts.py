"""On which facts, that nobody has stated, an unknown decision hangs: whom to ask for what."""

from __future__ import annotations

from collections.abc import Iterator

from matters import award_tests
from matters.facts import Facts
from matters.policy import Policy
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
    if None in decision.amounts.values():
        yield from award_tests.facts(decision.version.award)
