"""A frame of firms is fit for a policy, or it is refused."""

from datetime import date

import polars as pl
import pytest

from exchange.errors import Invalid
from matters.award import Award, Branch, Each, FirstOf, Fixed, Share, Stage, Sum, Tier, Tiers
from matters.criteria import Group, Ratio, Term, Test
from matters.exact_column import MOST
from matters.fact_columns import fitted, needed
from matters.policy import Policy, Version

KINDS = {"clean": pl.Boolean, "code": pl.String, "people": pl.Int64, "since": pl.Date}


def a_policy() -> Policy:
    flag = Test(0, Term("fact", ("clean",)), "is", (True,), "一")
    day = Test(1, Term("fact", ("since",)), "in_year", (0,), "一")
    rest = [
        Test(2, Term("fact", ("code",)), "one_of", ("a",), "一"),
        Test(3, Term("fact", ("until",)), "on_or_after", (date(2026, 1, 1),), "一"),
        Test(4, Term("share", ("left", "people")), "at_most", (Ratio(1, 10),), "一"),
    ]
    tiers = Tiers(Term("fact", ("revenue",)), (Tier(1, 1),))
    first = FirstOf((Branch(None, Each(Term("fact", ("patents",)), 1)),))
    rule = Sum((tiers, first, Fixed(1), Share(Term("difference", ("new", "old")), Ratio(1, 2))))
    award = Award((Stage("", "", None, rule),), less=("other",))
    tests = (flag, day, *rest)
    version = Version(
        "1", date.min, None, "listed", {}, {}, Group("all", tests), award, None, tests
    )
    told = dict.fromkeys(Policy.__dataclass_fields__, "")
    return Policy(**told | {"versions": (version,)})  # type: ignore[arg-type]


def test_every_fact_that_is_read_is_needed() -> None:
    days, numbers = ("listed", "since", "until"), ("left", "new", "old", "other")
    assert needed([a_policy()]) == {
        "clean": pl.Boolean,
        "code": pl.String,
        **dict.fromkeys(days, pl.Date),
        **dict.fromkeys((*numbers, "patents", "people", "revenue"), pl.Int64),
    }


def test_a_fact_without_a_column_is_unknown_and_the_rest_is_left_out() -> None:
    firms = pl.DataFrame({"firm": ["a"], "people": [3], "colour": ["red"], "since": [None]})
    found = fitted(firms, KINDS)
    assert found.schema == {"firm": pl.String, **KINDS}
    assert found.row(0) == ("a", None, None, 3, None)


def test_narrower_numbers_and_categories_are_made_fit() -> None:
    firms = pl.DataFrame(
        {"firm": ["a"], "people": [3], "code": ["x"]},
        schema={"firm": pl.String, "people": pl.UInt16, "code": pl.Categorical},
    )
    assert fitted(firms, KINDS).schema == {"firm": pl.String, **KINDS}


@pytest.mark.parametrize(
    ("column", "wrong"),
    [("people", 1.5), ("people", "3"), ("clean", 1), ("code", 3), ("since", "2026-01-01")],
)
def test_a_column_of_another_kind_is_refused(column: str, wrong: object) -> None:
    with pytest.raises(Invalid) as refused:
        fitted(pl.DataFrame({"firm": ["a"], column: [wrong]}), KINDS)
    [problem] = refused.value.problems
    assert (problem.code, problem.facts["fact"]) == ("facts.column-type", column)


@pytest.mark.parametrize("number", [MOST + 1, -MOST - 1, -(2**63), 2**63 - 1])
def test_a_number_beyond_what_a_fact_may_be_is_refused(number: int) -> None:
    fitted(pl.DataFrame({"firm": ["a", "b"], "people": [MOST, -MOST]}), KINDS)
    with pytest.raises(Invalid, match=r"facts\.beyond") as refused:
        fitted(pl.DataFrame({"firm": ["a", "b"], "people": [number, None]}), KINDS)
    assert str(number) not in str(refused.value.problems[0].facts)


def test_a_frame_without_firms_is_refused() -> None:
    with pytest.raises(Invalid, match=r"facts\.no-firm"):
        fitted(pl.DataFrame({"people": [1]}), KINDS)
