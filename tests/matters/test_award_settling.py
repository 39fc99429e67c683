"""Nothing is paid twice, nor more than a cap, a group or a budget has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
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
    "level": PolicyGroup("level", "", "highest", None, ""),
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


def test_more_back_than_was_paid_raises_neither_cap_nor_budget() -> None:
    had = [Paid("A", "p", 2026, -5)]
    assert settled([claim("p", 9)], had, terms(policy("p", cap=8))) == {"p": (8, ["policy-cap 1"])}
    known = terms(policy("p", budget=Budget(8, "first-come")))
    assert by_firm([claim("p", 9)], known, had) == {"A": 8}


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
    assert settled([claim("p", 9), claim("q", 10)], [], known) == refused | {"q": (10, [])}
    assert settled([claim("q", 9)], [Paid("A", "p", 2026, 1)], known) == {"q": (9, [])}


def test_what_came_back_excludes_nothing() -> None:
    known = terms(policy("p", not_with=("q",)), policy("q"))
    had = [Paid("A", "q", 2026, 5), Paid("A", "q", 2026, -5)]
    assert settled([claim("p", 9)], had, known) == {"p": (9, [])}


def test_what_is_not_paid_itself_excludes_nothing() -> None:
    known = terms(policy("p", not_with=("q",)), policy("q", not_with=("r",)), policy("r"))
    had = [Paid("A", "r", 2026, 1)]
    found = settled([claim("p", 9), claim("q", 100)], had, known)
    assert found == {"p": (9, []), "q": (0, ["not-with 100 r"])}


def test_what_its_group_leaves_nothing_of_excludes_nothing() -> None:
    known = terms(
        policy("factory", group="jobs"), policy("energy", group="jobs"),
        policy("water", not_with=("energy",)),
    )  # fmt: skip
    claims = [claim("energy", 10), claim("water", 80)]
    alone = {"energy": (0, ["group-highest 10 factory"]), "water": (80, [])}
    assert settled(claims, [Paid("A", "factory", 2026, 800)], known) == alone
    assert settled([*claims, claim("factory", 800)], [], known) == alone | {"factory": (800, [])}


def test_what_an_exclusion_takes_away_is_left_to_the_group() -> None:
    known = terms(
        policy("p", group="jobs"), policy("q", group="jobs"), policy("r", not_with=("q",)),
        policy("s", group="firm"), policy("t", group="firm"), policy("u", not_with=("s",)),
    )  # fmt: skip
    claims = [claim("p", 5), claim("q", 7), claim("r", 9)]
    assert settled(claims, [], known) == {"p": (5, []), "q": (0, ["not-with 7 r"]), "r": (9, [])}
    claims = [claim("s", 900), claim("t", 800), claim("u", 901)]
    found = settled(claims, [], known)
    assert found == {"s": (0, ["not-with 900 u"]), "t": (800, []), "u": (901, [])}


def test_what_has_made_another_give_way_is_kept() -> None:
    """``a``, of which ``z`` of its group left nothing, comes to as much as ``k`` once ``z`` is gone."""
    known = terms(
        policy("z", group="firm"), policy("a", group="firm", not_with=("k",)),
        policy("k", not_with=("z",)),
    )  # fmt: skip
    found = settled([claim("z", 3000), claim("a", 2000), claim("k", 1000)], [], known)
    assert {name: due for name, (due, _) in found.items()} == {"a": 0, "k": 1000, "z": 0}


@pytest.mark.parametrize(("p", "q", "kept"), [(9, 8, "p"), (8, 9, "q"), (9, 9, "p")])
@pytest.mark.parametrize("names", ["p", "q", "pq"])
def test_of_two_that_exclude_each_other_the_larger_stays(
    p: int, q: int, kept: str, names: str
) -> None:
    """Whichever of them says so."""
    known = terms(
        policy("p", not_with=("q",) if "p" in names else ()),
        policy("q", not_with=("p",) if "q" in names else ()),
    )
    found = settled([claim("q", q), claim("p", p)], [], known)
    assert [name for name, (due, _) in found.items() if due] == [kept]


def test_of_a_circle_no_two_stay_that_exclude_each_other() -> None:
    known = terms(
        policy("p", not_with=("q",)), policy("q", not_with=("r",)), policy("r", not_with=("p",)),
        policy("s", not_with=("p",)),
    )  # fmt: skip
    found = settled([claim("p", 9), claim("q", 8), claim("r", 7), claim("s", 99)], [], known)
    assert [name for name, (due, _) in found.items() if due] == ["q", "s"]


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


def test_who_has_had_a_lower_one_of_a_group_gets_the_difference() -> None:
    known = terms(policy("p", group="jobs"), policy("q", group="jobs"))
    had = [Paid("A", "p", 2026, 3)]
    assert settled([claim("q", 10)], had, known) == {"q": (7, ["group-highest 3 p"])}
    assert settled([claim("q", 10)], [Paid("A", "p", 2025, 3)], known) == {"q": (10, [])}


def test_what_came_back_keeps_no_other_of_its_group_out() -> None:
    known = terms(policy("p", group="jobs"), policy("q", group="jobs"))
    had = [Paid("A", "p", 2026, 5), Paid("A", "p", 2026, -5)]
    assert settled([claim("q", 10)], had, known) == {"q": (10, [])}


def test_who_has_had_the_higher_one_of_a_group_gets_no_more() -> None:
    known = terms(policy("p", group="jobs"), policy("q", group="jobs"))
    for fen in (10, 11):
        had = [Paid("A", "p", 2026, fen)]
        assert settled([claim("q", 10)], had, known) == {"q": (0, ["group-highest 10 p"])}


def test_what_was_had_is_named_where_even_the_highest_due_comes_to_nothing() -> None:
    known = terms(*(policy(name, group="jobs") for name in "pqs"))
    found = settled([claim("p", 9), claim("q", 8)], [Paid("A", "s", 2026, 9)], known)
    assert found == {"p": (0, ["group-highest 9 s"]), "q": (0, ["group-highest 8 s"])}


def test_a_history_and_two_due_never_cut_each_other_away() -> None:
    """Had the subsidy of this year, due its other stage and the larger award of another policy."""
    known = terms(
        policy("subsidy", group="jobs", times="once", stages=("创业", "带动就业")),
        policy("talent", group="jobs"),
    )
    had = [Paid("A", "subsidy", 2026, 10, "带动就业")]
    assert settled([claim("subsidy", 10, "创业"), claim("talent", 1000)], had, known) == {
        "subsidy:创业": (0, ["group-highest 10 talent"]),
        "talent": (990, ["group-highest 10 subsidy"]),
    }


def test_a_later_stage_of_the_same_policy_is_the_same_award() -> None:
    known = terms(policy("p", group="jobs", stages=("甲", "乙")), policy("q", group="jobs"))
    had = [Paid("A", "p", 2026, 50, "甲")]
    found = settled([claim("p", 40, "乙"), claim("q", 60)], had, known)
    assert found == {"p:乙": (40, []), "q": (0, ["group-highest 60 p"])}


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
def test_nobody_yields_to_what_comes_to_nothing(
    world: tuple[Terms, list[Claim], list[Paid]],
) -> None:
    known, claims, paid = world
    known = without_budgets(known)
    found = settle(claims, paid, known, {})
    own = [row for row in had_with([], found) if row.fen]
    for each in found:
        year, firm = each.claim.day.year, each.claim.firm
        mine = [
            row for row in (*paid, *own) if (row.firm, row.year) == (firm, year) and row.fen > 0
        ]
        for cut in each.cuts:
            if cut.reason == "not-with" or (cut.reason == "group-highest" and cut.by):
                assert cut.by in {row.policy for row in mine}


@given(worlds())
def test_a_group_comes_to_its_highest_award_of_the_year(
    world: tuple[Terms, list[Claim], list[Paid]],
) -> None:
    known, claims, paid = world
    known = without_budgets(known, not_with=())
    alone = without_budgets(known, group="")
    paid = [row for row in paid if row.fen > 0]
    found, gross = settle(claims, paid, known, {}), settle(claims, paid, alone, {})
    for firm, year, group in product("ABC", (2025, 2026), ("jobs", "level")):
        before = award_totals(paid, firm, year, group, known)
        after = award_totals(had_with(paid, found), firm, year, group, known)
        whole = award_totals(had_with(paid, gross), firm, year, group, known)
        wanted = max(max(whole.values(), default=0), sum(before.values()))
        assert sum(after.values()) == wanted


def without_budgets(known: Terms, **told: Any) -> Terms:
    policies = {
        name: replace(each, versions=(replace(each.versions[0], budget=None),), **told)
        for name, each in known.policies.items()
    }
    return Terms(policies, known.groups)


def award_totals(
    paid: list[Paid], firm: str, year: int, group: str, known: Terms
) -> dict[str, int]:
    """Policy of a group → what the firm has had of it in a year."""
    found: dict[str, int] = {}
    for row in paid:
        if (row.firm, row.year, known.policies[row.policy].group) == (firm, year, group):
            found[row.policy] = found.get(row.policy, 0) + row.fen
    return found


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
