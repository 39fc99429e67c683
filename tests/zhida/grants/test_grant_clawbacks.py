"""Whom a policy asks back by what is known now: marked, told once a policy, decided on by two people."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from exchange import times
from exchange.store import award_rows, incident_rows, ledger_rows
from exchange.store.incident_rows import IncidentRow
from matters.criteria import Term, Test
from matters.policy import Clawback, Policy
from tests.zhida import grant_town
from tests.zhida.grant_night import frame, freeze
from tests.zhida.grant_town import ACCOUNT, Town, firms, policy
from zhida import grant_clawbacks, grant_view, incident_view, proposals
from zhida.grant_clawback_alert import DUE, KIND
from zhida.grant_decisions import CLAW_BACK
from zhida.proposals import Wish
from zhida.watch import Watch

LOST = Test(0, Term("fact", ("hi_tech",)), "is", (False,), "六")
"""The firm is no high-tech firm any more."""
BAD, GOOD, UNKNOWN = {"hi_tech": False}, {"hi_tech": True}, dict[str, Any]()


def quick(name: str = "quick", months: int = 24) -> Policy:
    return policy(
        name, publicity=0, confirm="none", times="once", clawback=Clawback(months, LOST, "六")
    )


def pay(town: Town, of: Policy, count: int) -> None:
    """To so many firms, at once."""
    town.match(of, [100] * count, account=ACCOUNT | {"source": "registered"})
    town.turn()
    town.head()
    town.turn(3)
    town.review()
    town.turn(2)
    town.treasury()
    town.turn()
    assert town.states()["paid"] >= count


def check(town: Town, *facts: dict[str, Any], ago: timedelta = timedelta()) -> dict[str, int]:
    """A night in which this is known of the first firms."""
    town.clock.ahead -= ago
    frozen = freeze(town.hub, frame(dict(zip(firms(len(facts)), facts, strict=True))))
    town.clock.ahead += ago
    return grant_clawbacks.check(town.hub, town.policies, frozen)


def marked(town: Town) -> list[str]:
    return [row.firm for row in town.awards() if row.code == DUE]


def incidents(town: Town) -> list[IncidentRow]:
    with town.hub.store.read() as connection:
        return [row for row in incident_rows.newest(connection) if row.kind == KIND]


def test_only_a_known_yes_makes_a_candidate(town: Town) -> None:
    pay(town, quick(), 4)
    assert check(town, BAD, GOOD, UNKNOWN) == {"due": 1, "void": 0}  # of the fourth: nothing at all
    (candidate,) = [row for row in town.awards() if row.code]
    assert candidate.firm == grant_town.grant_awards.firm_of(town.hub, firms(1)[0])
    assert candidate.state == "paid"
    with town.hub.store.read() as connection:
        (entry,) = ledger_rows.entries_of(connection, "clawback-due", candidate.id)
    told = json.loads(entry.body)
    assert (told["clause"], told["paid_on"]) == ("六", "2026-03-02")
    assert town.books.open("recover_award") == [], "nothing is asked back by itself"


def test_found_again_it_stays_as_it_is_and_is_told_once(town: Town) -> None:
    pay(town, quick(), 3)
    assert check(town, BAD, BAD, GOOD)["due"] == 2
    (first,) = incidents(town)
    for _ in range(2):
        assert check(town, BAD, BAD, GOOD) == {"due": 0, "void": 0}
        town.advance()
    assert incidents(town) == [first]
    assert json.loads(first.facts)["count"] == 2
    assert first.system == "science"


def test_one_more_firm_is_told_once_more_and_each_policy_by_itself(town: Town) -> None:
    pay(town, quick(), 3)
    pay(town, quick("other"), 1)
    check(town, BAD, GOOD, GOOD)
    told = {row.about: json.loads(row.facts)["count"] for row in incidents(town)}
    assert told == {"policy/quick": 1, "policy/other": 1}
    with town.hub.store.write() as connection:
        for row in incidents(town):
            values = {"told_at": times.stamp(town.clock()), "acknowledged_by": "wang"}
            incident_rows.change(connection, row.id, **values)
    check(town, BAD, BAD, GOOD)
    known = {row.about: (row.told_at, row.acknowledged_by) for row in incidents(town)}
    assert known["policy/quick"] == ("", ""), "there is news"
    assert known["policy/other"][1] == "wang"


def test_after_its_months_nothing_is_asked_back(town: Town) -> None:
    pay(town, quick(months=1), 1)
    now = times.civil_day(town.clock())
    paid_on = grant_clawbacks.date(2026, 3, 2)
    last = grant_clawbacks.date(2026, 4, 2)
    assert check(town, BAD, ago=now - last - timedelta(days=1))["due"] == 0
    assert check(town, BAD, ago=now - last)["due"] == 1
    assert paid_on < last


@pytest.mark.parametrize(("later", "stays"), [(GOOD, False), (UNKNOWN, True)])
def test_a_candidate_goes_when_it_is_surely_none_any_more(
    town: Town, later: dict[str, Any], stays: bool
) -> None:
    pay(town, quick(), 1)
    check(town, BAD)
    assert check(town, later) == {"due": 0, "void": int(not stays)}
    assert bool(marked(town)) is stays
    assert bool(incidents(town)[0].closed_at) is not stays


def test_two_people_decide_and_the_incident_ends(town: Town) -> None:
    pay(town, quick(), 1)
    check(town, BAD)
    (award,) = town.awards()
    row = proposals.propose(town.hub, town.operator("wang"), Wish(CLAW_BACK, "", award.id, "失信"))
    check(town, BAD)
    proposals.approve(town.hub, town.operator("li", "approve"), row.id)
    town.turn(2)
    assert len(town.books.open("recover_award")) == 1
    assert incidents(town)[0].closed_at
    assert check(town, BAD) == {"due": 0, "void": 0}


def test_operators_see_which_awards_they_are(town: Town) -> None:
    pay(town, quick(), 2)
    check(town, BAD, GOOD)
    (told,) = grant_view.clawbacks(town.hub.store)
    with town.hub.store.read() as connection:
        (award,) = award_rows.some(connection, "paid", code=DUE)
        watch = Watch(town.hub.site, town.hub.store, town.clock)
        shown = incident_view.view(watch, connection, incidents(town)[0])
    assert told["id"] == award.id
    assert "追回" in grant_view.why(told["code"])
    assert "1 笔" in shown["what"]


def test_a_policy_without_the_clause_asks_nobody(town: Town) -> None:
    pay(town, policy("quick", publicity=0, confirm="none"), 1)
    assert check(town, BAD) == {"due": 0, "void": 0}
    assert marked(town) == []
