"""Nothing is paid twice, nor more than a cap, a group or a budget has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matters.award import Award, Fixed, Stage
from matters.award_claims import REASONS, Claim, Paid, Settled, Terms
from matters.award_settling import settle, spent
from matters.criteria import Group
from matters.policy import Budget, Policy, PolicyGroup, Version

DAY = date(2026, 5, 6)
GROUPS = {
    "jobs": PolicyGroup("jobs", "", "highest", None, ""),
    "level": PolicyGroup("level", "", "top-up", None, ""),
    "firm": PolicyGroup("firm", "", "cap", 1000, ""),
}


def policy(
    name: str, *, cap: int | None = None, budget: Budget | None = None, unit: int = 1, **told: Any
) -> Policy:
    stages = tuple(Stage(stage, "", None, Fixed(1)) for stage in told.pop("stages", ("",)))
    version = Version(
        name="2026",
        since=date(2026, 1, 1),
        until=None,
        by="",
        clauses={},
        parameters={},
        criteria=Group("all", ()),
        award=Award(stages, cap=cap, unit=unit),
        budget=budget,
        tests=(),
    )
    known: dict[str, Any] = dict.fromkeys(Policy.__dataclass_fields__, "")
    rest = {"name": name, "versions": (version,), "times": "yearly", "not_with": ()}
    return Policy(**known | rest | told)


def terms(*policies: Policy) -> Terms:
    return Terms({each.name: each for each in policies}, GROUPS)


def claim(policy: str, gross: int, stage: str = "", **told: Any) -> Claim:
    return Claim(**{"firm": "A", "day": DAY} | told, policy=policy, gross=gross, stage=stage)


def settled(claims: list[Claim], had: list[Paid], known: Terms) -> dict[str, tuple[int, list[str]]]:
    """Policy, stage or firm → due and why it is not more."""
    found = settle(claims, had, known, spent(had))
    return {
        ":".join(filter(None, (each.claim.policy, each.claim.stage))): (
            each.due,
            [f"{cut.reason} {cut.fen} {cut.by}".strip() for cut in each.cuts],
        )
        for each in found
    }


def by_firm(claims: list[Claim], known: Terms, had: list[Paid] | None = None) -> dict[str, int]:
    return {e.claim.firm: e.due for e in settle(claims, had or [], known, spent(had or []))}


def test_what_is_paid_once_is_not_paid_again_in_any_year() -> None:
    known = terms(policy("p", times="once"))
    had = [Paid("A", "p", 2019, 5)]
    assert settled([claim("p", 9)], had, known) == {"p": (0, ["had-once 9"])}
    assert settled([claim("p", 9)], [Paid("A", "q", 2019, 5)], known) == {"p": (9, [])}


def test_what_came_back_was_not_paid() -> None:
    had = [Paid("A", "p", 2019, 5), Paid("A", "p", 2020, -5)]
    assert settled([claim("p", 9)], had, terms(policy("p", times="once"))) == {"p": (9, [])}


@pytest.mark.parametrize(
    ("year", "due"), [(2026, (0, ["had-this-year 9"])), (2025, (9, [])), (2027, (9, []))]
)
def test_what_is_paid_yearly_is_paid_once_a_year(year: int, due: object) -> None:
    assert settled([claim("p", 9)], [Paid("A", "p", year, 5)], terms(policy("p"))) == {"p": due}


def test_what_comes_without_limit_is_paid_again_with_its_whole_cap() -> None:
    known = terms(policy("p", times="unlimited", cap=10))
    assert settled([claim("p", 9)], [Paid("A", "p", 2026, 5)], known) == {"p": (9, [])}


def test_each_stage_is_paid_once_and_all_within_the_cap() -> None:
    known = terms(policy("p", times="once", cap=100, stages=("股改", "辅导", "发行")))
    had = [Paid("A", "p", 2024, 50, "股改")]
    claims = [claim("p", 40, "发行"), claim("p", 30, "辅导"), claim("p", 50, "股改")]
    assert settled(claims, had, known) == {
        "p:股改": (0, ["had-once 50"]),
        "p:辅导": (30, []),
        "p:发行": (20, ["policy-cap 20"]),
    }


def test_a_yearly_cap_is_full_again_next_year() -> None:
    known = terms(policy("p", cap=100, stages=("甲", "乙")))
    assert settled([claim("p", 80, "乙")], [Paid("A", "p", 2025, 50, "甲")], known) == {
        "p:乙": (80, [])
    }
    assert settled([claim("p", 80, "乙")], [Paid("A", "p", 2026, 50, "甲")], known) == {
        "p:乙": (50, ["policy-cap 30"])
    }


def test_the_same_claim_counts_once_the_earlier_one() -> None:
    later = claim("p", 9, day=date(2026, 6, 1))
    found = settle([later, claim("p", 7)], [], terms(policy("p")), {})
    assert [(each.due, each.claim.day) for each in found] == [(7, DAY), (0, later.day)]
    assert found[1].cuts[0].reason == "claimed-twice"


def test_what_is_had_this_year_or_claimed_now_excludes() -> None:
    known = terms(policy("p", not_with=("q",)), policy("q"))
    refused = {"p": (0, ["not-with 9 q"])}
    assert settled([claim("p", 9)], [Paid("A", "q", 2026, 1)], known) == refused
    assert settled([claim("p", 9)], [Paid("A", "q", 2025, 1)], known) == {"p": (9, [])}
    assert settled([claim("p", 9), claim("q", 1)], [], known) == refused | {"q": (1, [])}


def test_what_is_not_paid_itself_excludes_nothing() -> None:
    known = terms(policy("p", not_with=("q",)), policy("q", not_with=("r",)), policy("r"))
    had = [Paid("A", "r", 2026, 1)]
    found = settled([claim("p", 9), claim("q", 100)], had, known)
    assert found == {"p": (9, []), "q": (0, ["not-with 100 r"])}


@pytest.mark.parametrize(("p", "q", "kept"), [(9, 8, "p"), (8, 9, "q"), (9, 9, "p")])
def test_of_two_that_exclude_each_other_the_larger_stays(p: int, q: int, kept: str) -> None:
    known = terms(policy("p", not_with=("q",)), policy("q", not_with=("p",)))
    found = settled([claim("q", q), claim("p", p)], [], known)
    assert [name for name, (due, _) in found.items() if due] == [kept]


def test_of_a_circle_no_two_stay_that_exclude_each_other() -> None:
    known = terms(
        policy("p", not_with=("q",)), policy("q", not_with=("r",)), policy("r", not_with=("p",)),
        policy("s", not_with=("p",)),
    )  # fmt: skip
    found = settled([claim("p", 9), claim("q", 8), claim("r", 7), claim("s", 99)], [], known)
    assert [name for name, (due, _) in found.items() if due] == ["p"]


def test_who_lost_in_a_circle_keeps_nobody_else_out() -> None:
    known = terms(
        policy("p", not_with=("q",)),
        policy("q", not_with=("r",)),
        policy("r", not_with=("p",)),
        policy("s", not_with=("q",)),
    )
    found = settled([claim("p", 9), claim("q", 8), claim("r", 7), claim("s", 1)], [], known)
    assert found == {
        "p": (9, []),
        "q": (0, ["not-with 8 p"]),
        "r": (0, ["not-with 7 p"]),
        "s": (1, []),
    }


def test_of_a_group_the_highest_is_paid() -> None:
    known = terms(policy("p", group="jobs"), policy("q", group="jobs"), policy("r"))
    claims = [claim("p", 9), claim("q", 10), claim("r", 5)]
    assert settled(claims, [], known) == {
        "p": (0, ["group-highest 9 q"]),
        "q": (10, []),
        "r": (5, []),
    }


def test_who_has_had_another_of_a_group_gets_no_second() -> None:
    known = terms(policy("p", group="jobs"), policy("q", group="jobs"))
    had = [Paid("A", "p", 2026, 1)]
    assert settled([claim("q", 10)], had, known) == {"q": (0, ["group-highest 10 p"])}
    assert settled([claim("q", 10)], [Paid("A", "p", 2025, 1)], known) == {"q": (10, [])}


def test_what_came_back_keeps_no_other_of_its_group_out() -> None:
    known = terms(policy("p", group="jobs"), policy("q", group="jobs"))
    had = [Paid("A", "p", 2026, 5), Paid("A", "p", 2026, -5)]
    assert settled([claim("q", 10)], had, known) == {"q": (10, [])}


def test_a_later_stage_of_the_same_policy_is_no_second() -> None:
    known = terms(policy("p", group="jobs", stages=("甲", "乙")), policy("q", group="jobs"))
    had = [Paid("A", "p", 2026, 50, "甲")]
    found = settled([claim("p", 40, "乙"), claim("q", 60)], had, known)
    assert found == {"p:乙": (40, []), "q": (0, ["group-highest 60 p"])}


def test_a_top_up_is_less_what_was_had_of_the_group() -> None:
    known = terms(policy("city", group="level"), policy("town", group="level"))
    had = [Paid("A", "town", 2026, 30)]
    assert settled([claim("city", 100)], had, known) == {"city": (70, ["group-top-up 30 town"])}
    found = settled([claim("city", 100), claim("town", 30)], [], known)
    assert found == {"city": (100, []), "town": (0, ["group-top-up 30 city"])}
    had = [Paid("A", "town", 2026, 130)]
    assert settled([claim("city", 100)], had, known) == {"city": (0, ["group-top-up 100 town"])}


def test_a_cap_over_policies_is_used_up_by_the_larger_first() -> None:
    known = terms(policy("p", group="firm"), policy("q", group="firm"), policy("r", group="firm"))
    claims = [claim("p", 300), claim("q", 500)]
    assert settled(claims, [Paid("A", "r", 2026, 400)], known) == {
        "q": (500, []),
        "p": (100, ["group-cap 200 firm"]),
    }


def test_each_year_is_by_itself() -> None:
    known = terms(policy("p", group="jobs"), policy("q", group="jobs"))
    claims = [claim("p", 9), claim("q", 10, day=date(2025, 12, 31))]
    assert {name: due for name, (due, _) in settled(claims, [], known).items()} == {"p": 9, "q": 10}


def test_a_shared_budget_gives_equal_claims_equal_amounts() -> None:
    known = terms(policy("p", budget=Budget(1000, "pro-rata"), unit=10))
    claims = [claim("p", 300, firm=firm) for firm in "ABCDEFG"]
    assert set(by_firm(claims, known).values()) == {140}
    assert by_firm(claims[:3], known) == dict.fromkeys("ABC", 300)


def test_what_was_spent_is_off_the_budget_and_so_are_other_years_not() -> None:
    known = terms(policy("p", budget=Budget(1000, "pro-rata")))
    had = [Paid("X", "p", 2026, 600), Paid("Y", "p", 2025, 900)]
    assert by_firm([claim("p", 500), claim("p", 300, firm="B")], known, had) == {"A": 250, "B": 150}


def test_of_two_versions_the_later_says_what_there_is() -> None:
    old = policy("p", budget=Budget(100, "first-come"))
    late = replace(
        old.versions[0], name="2025b", since=date(2026, 2, 1), budget=Budget(60, "first-come")
    )
    known = terms(replace(old, versions=(late, old.versions[0])))
    claims = [claim("p", 50, firm="B", version="2025b"), claim("p", 50, version="2026")]
    assert by_firm(claims, known) == {"A": 50, "B": 10}


def test_first_come_is_by_day_then_by_firm() -> None:
    known = terms(policy("p", budget=Budget(100, "first-come")))
    claims = [
        claim("p", 60, firm="A", day=date(2026, 5, 7)),
        claim("p", 60, firm="C"),
        claim("p", 30, firm="B"),
    ]
    assert by_firm(claims, known) == {"A": 10, "B": 30, "C": 60}


def test_a_budget_that_is_overspent_gives_nothing() -> None:
    for rule in ("pro-rata", "first-come"):
        known = terms(policy("p", budget=Budget(100, rule)))  # type: ignore[arg-type]
        assert by_firm([claim("p", 60)], known, [Paid("X", "p", 2026, 200)]) == {"A": 0}


NAMES = ("p", "q", "r", "s")
AMOUNT = st.one_of(st.integers(1, 300), st.integers(1, 9 * 10**15))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Terms, list[Claim], list[Paid]]:
    known = []
    for name in NAMES:
        others = st.lists(st.sampled_from([each for each in NAMES if each != name]), unique=True)
        rule = st.sampled_from(["pro-rata", "first-come"])
        known.append(
            policy(
                name,
                times=draw(st.sampled_from(["once", "yearly", "unlimited"])),
                stages=draw(st.sampled_from([("",), ("甲", "乙")])),
                cap=draw(st.none() | AMOUNT),
                unit=draw(st.sampled_from([1, 100])),
                group=draw(st.sampled_from(["", "jobs", "level", "firm"])),
                not_with=tuple(draw(others)),
                budget=draw(st.none() | st.builds(Budget, AMOUNT, rule)),
            )
        )
    days = st.sampled_from([DAY, date(2026, 5, 7), date(2025, 5, 6)])
    firm, name, stage = st.sampled_from("ABC"), st.sampled_from(NAMES), st.sampled_from(["", "甲"])
    claims = st.builds(Claim, firm, name, AMOUNT, days, stage)
    paid = st.builds(Paid, firm, name, st.sampled_from([2025, 2026]), st.integers(-5, 300), stage)
    return terms(*known), draw(st.lists(claims, max_size=12)), draw(st.lists(paid, max_size=5))


def had_with(paid: list[Paid], found: list[Settled]) -> list[Paid]:
    """History after everything was paid."""
    own = [
        Paid(e.claim.firm, e.claim.policy, e.claim.day.year, e.due, e.claim.stage)
        for e in found
        if e.due
    ]
    return paid + own


@given(worlds())
def test_no_fen_appears_or_vanishes(world: tuple[Terms, list[Claim], list[Paid]]) -> None:
    known, claims, paid = world
    found = settle(claims, paid, known, spent(paid))
    assert sorted(map(repr, claims)) == sorted(repr(each.claim) for each in found)
    for each in found:
        assert each.due >= 0
        assert each.due + sum(cut.fen for cut in each.cuts) == each.claim.gross
        assert all(cut.fen > 0 and cut.reason in REASONS for cut in each.cuts)


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    world: tuple[Terms, list[Claim], list[Paid]], random: Any
) -> None:
    known, claims, paid = world
    shuffled, history = list(claims), list(paid)
    random.shuffle(shuffled)
    random.shuffle(history)
    assert settle(claims, paid, known, spent(paid)) == settle(
        shuffled, history, known, spent(history)
    )


@given(worlds())
def test_no_bound_is_passed(world: tuple[Terms, list[Claim], list[Paid]]) -> None:
    known, claims, paid = world
    found = settle(claims, paid, known, spent(paid))
    before, after = spent(paid), spent(had_with(paid, found))
    for (name, year), fen in after.items():
        budget = known.policies[name].versions[0].budget
        if budget:
            assert fen <= max(budget.amount, before.get((name, year), 0))
    for firm in "ABC":
        _check_firm(firm, known, found, paid)


def _check_firm(firm: str, known: Terms, found: list[Settled], paid: list[Paid]) -> None:
    for year in (2025, 2026):
        mine = [e for e in found if e.claim.firm == firm and e.claim.day.year == year and e.due]
        names = {each.claim.policy for each in mine}
        for name in names:
            assert not names & set(known.policies[name].not_with)
            cap = known.policies[name].versions[0].award.cap
            total = sum(each.due for each in mine if each.claim.policy == name)
            assert cap is None or total <= cap
        for group in ("jobs", "level"):
            assert len({name for name in names if known.policies[name].group == group}) <= 1
        together = sum(e.due for e in mine if known.policies[e.claim.policy].group == "firm")
        assert together <= 1000


@given(worlds())
def test_what_is_paid_is_not_due_again(world: tuple[Terms, list[Claim], list[Paid]]) -> None:
    known, claims, paid = world
    found = settle(claims, paid, known, spent(paid))
    history = had_with([row for row in paid if row.fen > 0], found)
    for each in settle(claims, history, known, spent(history)):
        if any(
            (p.firm, p.policy, p.stage, p.year)
            == (each.claim.firm, each.claim.policy, each.claim.stage, each.claim.day.year)
            for p in history
        ):
            assert each.due == 0 or known.policies[each.claim.policy].times == "unlimited"
