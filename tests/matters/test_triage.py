"""Where a dispute goes first, what begins beside it, and what nobody has stated."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matters import triage, triage_file
from matters.conditions import Fields
from matters.triage import Decision
from tests.matters.ladders import MEDIATION

RULES = triage_file.load(triage_file.SHIPPED, MEDIATION)


def decided(**case: Any) -> Decision:
    left = {f"/left/{k.removeprefix('left_')}": v for k, v in case.items() if k.startswith("left_")}
    told = {f"/case/{k}": v for k, v in case.items() if not k.startswith("left_")}
    return triage.decide(RULES, told | left)


@pytest.mark.parametrize(
    ("case", "to", "rule"),
    [
        ({}, "people", "people"),
        ({"labour_relation": False}, "court", "no-labour-relation"),
        ({"labour_relation": False, "left_limitation": 3}, "court", "no-labour-relation"),
        ({"labour_relation": True, "left_limitation": 30}, "arbitration", "limitation"),
        ({"labour_relation": True, "left_limitation": 31}, "people", "people"),
        ({"left_limitation": -400}, "arbitration", "limitation"),
        ({"kind": "wages", "wants_complaint": True}, "inspection", "complaint"),
        ({"kind": "wages", "wants_complaint": True, "left_limitation": 9}, "arbitration", "limitation"),
        ({"kind": "injury", "wants_complaint": True}, "people", "people"),
        ({"wants": "union"}, "union", "union"),
        ({"place": "320114001"}, "street", "street"),
        ({"place": "320114001", "wants": "union"}, "union", "union"),
    ],
)  # fmt: skip
def test_the_first_rule_that_holds_decides(case: dict[str, Any], to: str, rule: str) -> None:
    found = decided(**case)
    assert (found.to, found.rule) == (to, rule)


@pytest.mark.parametrize(
    ("case", "beside"),
    [
        ({"workers": 9, "risk": False}, ()),
        ({"workers": 10}, ("response-called",)),
        ({"workers": 1, "risk": True}, ("response-called",)),
        ({"migrant": True, "kind": "wages"}, ("aid-applied",)),
        ({"migrant": True, "kind": "injury"}, ("aid-applied",)),
        ({"migrant": True, "kind": "termination"}, ()),
        ({"workers": 30, "migrant": True, "kind": "wages"}, ("response-called", "aid-applied")),
        ({"wants_aid": True, "left_limitation": 6}, ("aid-applied",)),
        ({"wants_aid": False, "left_limitation": 6}, ()),
    ],
)
def test_what_begins_beside_does_not_change_where_it_goes(
    case: dict[str, Any], beside: tuple[str, ...]
) -> None:
    assert decided(**case).beside == beside


def test_every_rule_is_told_with_what_it_came_to() -> None:
    found = decided(labour_relation=True, kind="wages", left_limitation=100, place="320114001")
    words = {each.rule.name: each.word for each in found.findings}
    assert list(words) == [rule.name for rule in RULES.rules]
    assert (words["no-labour-relation"], words["street"], words["complaint"]) == (
        "no",
        "yes",
        "unknown",
    )


def test_what_nobody_stated_is_asked_for_where_it_could_lead_elsewhere() -> None:
    known = {
        "workers": 1,
        "risk": False,
        "migrant": False,
        "wants_aid": False,
        "place": "320114001",
    }
    found = decided(**known, kind="wages", left_limitation=100, wants="none")
    assert found.to == "street"
    assert set(found.asks) == {
        "/case/labour_relation",
        "/case/wants_complaint",
        "/left/wage-limitation",
    }


def test_a_part_that_is_surely_no_settles_a_rule() -> None:
    (complaint,) = [
        each for each in decided(kind="injury").findings if each.rule.name == "complaint"
    ]
    assert (complaint.word, complaint.missing) == ("no", ())


values = st.one_of(st.booleans(), st.integers(-400, 400), st.sampled_from(["wages", "union", "x"]))
paths = st.sampled_from(
    ["/case/labour_relation", "/case/kind", "/case/workers", "/case/risk", "/case/wants",
     "/case/wants_aid", "/case/migrant", "/case/place", "/left/limitation"]
)  # fmt: skip


@given(st.dictionaries(paths, values))
def test_there_is_always_an_answer_and_it_is_the_first_that_holds(fields: Fields) -> None:
    found = triage.decide(RULES, fields)
    holding = [f.rule.name for f in found.findings if f.word == "yes" and f.rule.to]
    assert found.rule == holding[0]


@given(st.dictionaries(paths, values), paths, values)
def test_stating_what_is_not_asked_for_leads_nowhere_else(
    fields: Fields, path: str, value: Any
) -> None:
    before = triage.decide(RULES, fields)
    if path in fields or path in before.asks or path == "/case/place":
        return  # whether there is a place is never unknown
    after = triage.decide(RULES, {**fields, path: value})
    assert (after.to, after.beside) == (before.to, before.beside)
