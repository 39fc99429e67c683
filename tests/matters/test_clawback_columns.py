"""Clawback clauses over frames: the same as one firm at a time, and unknown is nobody's yes."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from matters import clawback_columns, criteria, criteria_decision, grants
from matters.criteria import Group, Term, Test
from matters.policy import Clawback

ON = date(2026, 6, 1)
RED = Test(0, Term("fact", ("env_rating",)), "one_of", ("red", "black"), "五")
GONE = Test(1, Term("fact", ("status",)), "is_not", ("active",), "五")
RULE = Clawback(24, Group("any", (RED, GONE)), "五")
ratings, states = st.sampled_from(["red", "green", None]), st.sampled_from(["active", "gone", None])


@given(st.lists(st.tuples(ratings, states), max_size=12))
def test_it_says_of_each_firm_what_the_exact_evaluator_says(
    rows: list[tuple[str | None, str | None]],
) -> None:
    names = [f"F{number}" for number in range(len(rows))]
    told = {"firm": names, "env_rating": [r for r, _ in rows], "status": [s for _, s in rows]}
    frame = pl.DataFrame(told, schema=dict.fromkeys(told, pl.String))
    found = clawback_columns.ask(RULE, frame, ON, about=names)
    wanted = {}
    for name, (rating, state) in zip(names, rows, strict=True):
        facts = {"env_rating": rating, "status": state}
        known = {key: value for key, value in facts.items() if value is not None}
        truths = [
            criteria_decision.finding(test, known, ON).verdict for test in criteria.tests(RULE.when)
        ]
        wanted[name] = criteria_decision.truth(RULE.when, truths)
    assert list(found.due) == [name for name, truth in wanted.items() if truth is True]
    assert list(found.void) == [name for name, truth in wanted.items() if truth is False]


def test_a_fact_that_nobody_gives_makes_nobody_due() -> None:
    found = clawback_columns.ask(RULE, pl.DataFrame({"firm": ["F1"]}), ON, about=["F1"])
    assert (list(found.due), list(found.void)) == ([], [])


def test_only_those_who_are_asked_about_are_void() -> None:
    frame = pl.DataFrame(
        {"firm": ["A", "B"], "env_rating": ["green"] * 2, "status": ["active"] * 2}
    )
    assert list(clawback_columns.ask(RULE, frame, ON, about=["B"]).void) == ["B"]


def test_a_column_of_another_kind_is_refused() -> None:
    with pytest.raises(Invalid, match=r"facts\.column-type"):
        clawback_columns.ask(RULE, pl.DataFrame({"firm": ["A"], "env_rating": [1]}), ON)


def test_every_shipped_clause_can_be_asked() -> None:
    found = [p.clawback for p in grants.load(None).policies.values() if p.clawback is not None]
    assert len(found) > 5
    for rule in found:
        assert clawback_columns.ask(rule, pl.DataFrame({"firm": ["A"]}), ON).due == []
