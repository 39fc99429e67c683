"""Do the examples of a policy stand on a threshold: would one come out otherwise if it moved a little?

``at_least 5`` and ``more_than 5`` differ only for a firm that has exactly 5, and which of the two a
clause means is what people get wrong. So each threshold is moved by the least that there is, and some
example of the policy must notice one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from matters.award import Award, FirstOf, Rule, Sum, Tiers
from matters.criteria import Test, TestWord
from matters.durations import Duration
from matters.policy import Example, Policy, Version
from matters.policy_decision import decide

_OTHER: Mapping[TestWord, TestWord] = {
    "at_least": "more_than",
    "more_than": "at_least",
    "at_most": "less_than",
    "less_than": "at_most",
}
_DAYS: Mapping[TestWord, timedelta] = {
    "on_or_after": timedelta(days=1),
    "on_or_before": timedelta(days=-1),
}


def is_met(policy: Policy) -> bool:
    """Also where there is no threshold at all."""
    bounded = False
    for example in policy.examples:
        before = _outcome(policy, example)
        for moved in _moved(policy, example.on):
            bounded = True
            if _outcome(moved, example) != before:
                return True
    return not bounded


def _outcome(policy: Policy, example: Example) -> object:
    found = decide(policy, example.facts, example.on)
    return found.verdict, found.due


def _moved(policy: Policy, on: date) -> Iterator[Policy]:
    for i, version in enumerate(policy.versions):
        for moved in moved_versions(version, on):
            versions = (*policy.versions[:i], moved, *policy.versions[i + 1 :])
            yield replace(policy, versions=versions)


def moved_versions(version: Version, on: date) -> Iterator[Version]:
    """The version with one threshold moved, for each, as it is on the day of decision.

    Trees name tests by number, so they stay.
    """
    for i, test in enumerate(version.tests):
        if (moved := _moved_test(test, on)) is not None:
            yield replace(version, tests=(*version.tests[:i], moved, *version.tests[i + 1 :]))
    for award in _moved_awards(version.award):
        yield replace(version, award=award)


def _moved_test(test: Test, on: date) -> Test | None:
    if test.word in _OTHER:
        return replace(test, word=_OTHER[test.word])
    test = _on_a_day(test, on)
    day = test.wanted[0]
    if test.word in _DAYS and isinstance(day, date):
        return replace(test, wanted=(day + _DAYS[test.word],))
    return None


def _on_a_day(test: Test, on: date) -> Test:
    """A number of months moves by no day: on the day of decision it is a day, which does."""
    months = test.wanted[0]
    if test.word == "months_left" and isinstance(months, int):
        first = Duration(months, "month").after(on) + timedelta(days=1)
        return replace(test, word="on_or_after", wanted=(first,))
    if test.word == "months_past" and isinstance(months, int):
        return replace(test, word="on_or_before", wanted=(Duration(-months, "month").after(on),))
    return test


def _moved_awards(award: Award) -> Iterator[Award]:
    for i, stage in enumerate(award.stages):
        for rule in _moved_rules(stage.pay):
            moved = replace(stage, pay=rule)
            yield replace(award, stages=(*award.stages[:i], moved, *award.stages[i + 1 :]))


def _moved_rules(rule: Rule) -> Iterator[Rule]:
    if isinstance(rule, Tiers):
        for i, tier in enumerate(rule.tiers):
            moved = replace(tier, start=tier.start + 1)
            yield replace(rule, tiers=(*rule.tiers[:i], moved, *rule.tiers[i + 1 :]))
    elif isinstance(rule, Sum):
        for i, part in enumerate(rule.parts):
            for inside in _moved_rules(part):
                yield replace(rule, parts=(*rule.parts[:i], inside, *rule.parts[i + 1 :]))
    elif isinstance(rule, FirstOf):
        yield from _moved_branches(rule)


def _moved_branches(rule: FirstOf) -> Iterator[Rule]:
    for i, branch in enumerate(rule.branches):
        for inside in _moved_rules(branch.pay):
            other = replace(branch, pay=inside)
            yield replace(rule, branches=(*rule.branches[:i], other, *rule.branches[i + 1 :]))
