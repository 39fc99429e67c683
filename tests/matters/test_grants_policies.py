"""Every policy that is shipped: its examples hold, it has a shape of its own, and says where it is from.

That examples hold, that there are five and that one stands on a threshold is a condition of being read;
here it is asked again, so that nobody can weaken the reader unnoticed.
"""

from __future__ import annotations

from collections import Counter

import pytest

from matters import award_tests, criteria, fact_columns, grants, policy_mistakes, policy_thresholds
from matters.grants import Folder, Grants
from matters.policy import Example, Policy
from matters.policy_decision import decide
from tests.matters import policy_shapes
from zhida import grant_matching

NAMES = sorted(Folder.shipped().files())


@pytest.fixture(scope="module")
def shipped() -> Grants:
    return grants.load()


def mismatch(policy: Policy, example: Example) -> str:
    found = decide(policy, example.facts, example.on)
    if found.verdict != example.verdict:
        return f"{example.title}: {found.verdict}"
    if example.verdict == "pass" and found.total != example.amount:
        return f"{example.title}: {found.total}"
    if example.stages and dict(example.stages) != found.due:
        return f"{example.title}: {found.due}"
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_its_examples_hold(shipped: Grants, name: str) -> None:
    examples = shipped.policies[name].examples
    assert [told for each in examples if (told := mismatch(shipped.policies[name], each))] == []
    assert len(examples) >= 5
    assert {each.verdict for each in examples} >= {"pass", "fail", "unknown"}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_stands_on_a_threshold(shipped: Grants, name: str) -> None:
    assert policy_thresholds.is_met(shipped.policies[name])


@pytest.mark.parametrize("name", NAMES)
def test_it_says_where_it_is_from(shipped: Grants, name: str) -> None:
    told = shipped.policies[name]
    assert told.provenance in ("公开依据", "虚构")
    assert told.basis
    assert all(told.basis)
    if told.baseline is not None:
        assert told.baseline.source


@pytest.mark.parametrize("name", NAMES)
def test_its_versions_ask_only_for_facts_that_somebody_holds(shipped: Grants, name: str) -> None:
    policy = shipped.policies[name]
    assert {*fact_columns.needed([policy])} <= {*shipped.facts}
    for version in policy.versions:
        nodes = [version.criteria, *award_tests.conditions(version.award)]
        numbers = [test.number for node in nodes for test in criteria.tests(node)]
        assert numbers == [test.number for test in version.tests] == list(range(len(numbers)))


def test_no_two_have_the_same_criteria_up_to_constants(shipped: Grants) -> None:
    assert list(policy_shapes.alike(shipped.policies.values())) == []


def test_gaps_between_versions_are_known_ones(shipped: Grants) -> None:
    """A gap may be meant (a programme that ran out and came again); a new one is looked at here."""
    found = {each.name for each in shipped.policies.values() if policy_mistakes.gaps(each)}
    assert found <= {"training-retention"}


def test_every_fact_of_the_catalogue_is_asked_for(shipped: Grants) -> None:
    asked = {*fact_columns.needed(shipped.policies.values())}
    for each in shipped.policies.values():
        asked |= {name for material in each.materials for name in material.facts}
        if each.clawback:
            asked |= {
                name for test in criteria.tests(each.clawback.when) for name in test.term.facts
            }
    asked |= {grant_matching.NAME, *grant_matching.ACCOUNT}  # whom is paid, and where to
    assert {*shipped.facts} - asked == set()


def test_there_are_61_of_which_13_need_no_application(shipped: Grants) -> None:
    modes = Counter(each.mode for each in shipped.policies.values())
    assert modes == {"no-application": 13, "on-application": 48}
