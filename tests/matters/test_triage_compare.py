"""A draft of the rules beside the rules as they are: who goes elsewhere, by which rule, what is unknown."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from matters import triage, triage_compare, triage_file
from matters.triage import Rule, Triage
from matters.triage_compare import Effect
from tests.matters.ladders import MEDIATION

RULES = triage_file.load(triage_file.SHIPPED, MEDIATION)


def changed(*, without: str = "", first: Rule | None = None, **when: Any) -> Triage:
    """The shipped rules without one, with one before all others, or with another condition."""
    rules = [replace(r, when=when[r.name]) if r.name in when else r for r in RULES.rules]
    kept = [rule for rule in rules if rule.name != without]
    return replace(RULES, rules=tuple([first, *kept] if first else kept))


def compared(after: Triage, *cases: dict[str, Any]) -> Effect:
    told = [
        (f"LT-{n}", {f"/{k.replace('__', '/')}": v for k, v in c.items()})
        for n, c in enumerate(cases)
    ]
    return triage_compare.compare(RULES, after, told)


PLACE = {"case__place": "秣陵街道"}
UNION = {"case__wants": "union"}
MANY = {"case__workers": 12, "case__risk": False}


def test_the_same_rules_change_nothing() -> None:
    found = compared(RULES, PLACE, UNION, MANY, {})
    assert (found.disputes, found.changes) == (4, [])
    assert found.before == found.after
    assert found.before.to == Counter(street=1, union=1, people=2)
    assert found.before.by == Counter(street=1, union=1, people=2)
    assert found.before.beside == Counter({"response-called": 1})


def test_who_goes_elsewhere_is_told_with_both_rules() -> None:
    found = compared(changed(without="street"), PLACE, UNION)
    (change,) = found.changes
    assert (change.number, change.goes_elsewhere) == ("LT-0", True)
    assert (change.before.to, change.before.rule) == ("street", "street")
    assert (change.after.to, change.after.rule) == ("people", "people")
    assert found.after.to == Counter(people=1, union=1)


def test_another_rule_to_the_same_place_is_no_change() -> None:
    first = Rule("own", "自己的", "示例", {"present": "/case/place"}, to="street")
    found = compared(changed(first=first), PLACE)
    assert found.changes == []
    assert (found.before.by, found.after.by) == (Counter(street=1), Counter(own=1))


def test_what_begins_beside_is_told_with_its_rule() -> None:
    fewer = changed(collective={"at_least": {"/case/workers": 20}})
    found = compared(fewer, MANY, {"case__workers": 30})
    (change,) = found.changes
    assert (change.begun, change.dropped) == ({}, {"response-called": "collective"})
    assert not change.goes_elsewhere
    first = Rule("all-aid", "都援助", "示例", beside="aid-applied")
    (more,) = compared(changed(first=first), PLACE).changes
    assert (more.begun, more.dropped) == ({"aid-applied": "all-aid"}, {})


def test_what_is_unknown_is_counted_by_itself_on_each_side() -> None:
    found = compared(
        changed(without="no-labour-relation"), PLACE, {**PLACE, "case__labour_relation": True}
    )
    assert found.before.unknown["no-labour-relation"] == 1
    assert "no-labour-relation" not in found.after.unknown
    assert found.before.asks["/case/labour_relation"] == 1
    assert found.after.asks["/case/labour_relation"] == 0


names = st.sampled_from([rule.name for rule in RULES.rules if rule.name != "people"])
fields = st.dictionaries(
    st.sampled_from(["/case/labour_relation", "/case/risk", "/case/workers", "/case/wants", "/case/place", "/left/limitation"]),
    st.one_of(st.booleans(), st.integers(-5, 40), st.sampled_from(["union", "x"])),
)  # fmt: skip


@given(names, st.lists(fields, max_size=20))
def test_the_changes_are_exactly_what_turns_one_side_into_the_other(
    gone: str, cases: list[dict[str, Any]]
) -> None:
    draft = changed(without=gone)
    found = triage_compare.compare(RULES, draft, [(str(n), c) for n, c in enumerate(cases)])
    assert found.before.to.total() == found.after.to.total() == len(cases)
    moved = Counter(c.after.to for c in found.changes) - Counter(c.before.to for c in found.changes)
    assert found.after.to - found.before.to == moved
    told = {change.number for change in found.changes}
    for number, case in enumerate(cases):
        one, two = triage.decide(RULES, case), triage.decide(draft, case)
        same = (one.to, set(one.beside)) == (two.to, set(two.beside))
        assert same == (str(number) not in told)
