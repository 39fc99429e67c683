"""Two people decide about an award: an objection, a clawback, an end that is taken back."""

from __future__ import annotations

import pytest

from exchange.errors import Forbidden, Rejected
from exchange.store import award_rows
from tests.zhida.grant_town import YES, Town, policy
from zhida import proposals
from zhida.grant_decisions import CLAW_BACK, CLEAR, DROP, RELEASE
from zhida.proposals import Wish


def decide(town: Town, action: str, award: str) -> None:
    """Wang proposes, Li approves."""
    wish = Wish(action, "", award, "调查核实")
    row = proposals.propose(town.hub, town.operator("wang"), wish)
    proposals.approve(town.hub, town.operator("li", "approve"), row.id)


def state(town: Town, award: str) -> str:
    with town.hub.store.read() as connection:
        row = award_rows.get(connection, award)
    assert row is not None
    return row.state


def objected(town: Town) -> str:
    """An award to which somebody objects."""
    town.match(policy(), [100, 200])
    town.turn()
    town.head()
    town.turn()
    doubted = town.awards()[0].id
    town.close_publicity(doubted)
    town.turn(2)
    return doubted


def paid(town: Town) -> str:
    town.cleared(policy(), [100])
    town.firm(YES)
    town.turn(2)
    town.review()
    town.turn(2)
    town.treasury()
    town.turn()
    (award,) = town.awards()
    assert award.state == "paid"
    return award.id


def test_an_objection_that_was_not_right_lets_the_award_go_on(town: Town) -> None:
    award = objected(town)
    decide(town, CLEAR, award)
    town.turn()
    assert state(town, award) == "awaiting-confirmation"
    assert len(town.books.open("ask_confirmation")) == 2


def test_one_that_was_right_ends_it(town: Town) -> None:
    award = objected(town)
    decide(town, DROP, award)
    town.turn(2)
    assert state(town, award) == "dropped"
    assert len(town.books.open("ask_confirmation")) == 1


def test_who_was_dropped_is_matched_anew_only_after_a_release(town: Town) -> None:
    award = objected(town)
    decide(town, DROP, award)
    town.match(policy(), [100, 200])
    assert town.states()["matched"] == 0
    decide(town, RELEASE, award)
    town.match(policy(), [100, 200])
    assert town.states()["matched"] == 1


def test_a_clawback_tells_the_treasury_once(town: Town) -> None:
    award = paid(town)
    decide(town, CLAW_BACK, award)
    assert state(town, award) == "clawback"
    town.turn(2)
    (asked,) = town.books.open("recover_award")
    assert asked["award"]["id"] == award
    assert state(town, award) == "clawback"
    town.books.answer("recover_award", "applied", {})
    town.turn(2)
    assert state(town, award) == "recovered"
    assert town.books.run("SELECT count(*) FROM effect WHERE operation='recover_award'") == [(1,)]
    assert town.paid() == {award: 1}


def test_nobody_claws_back_alone(town: Town) -> None:
    award = paid(town)
    row = proposals.propose(town.hub, town.operator("wang"), Wish(CLAW_BACK, "", award, "骗取"))
    with pytest.raises(Forbidden, match="proposal.same-person"):
        proposals.approve(town.hub, town.operator("wang", "approve"), row.id)
    town.turn(2)
    assert state(town, award) == "paid"
    assert town.books.open("recover_award") == []


def test_what_is_not_paid_is_not_clawed_back(town: Town) -> None:
    award = objected(town)
    with pytest.raises(Rejected, match="grant.not-now"):
        proposals.propose(town.hub, town.operator("wang"), Wish(CLAW_BACK, "", award, "骗取"))


def test_a_proposal_about_an_award_that_has_moved_is_void(town: Town) -> None:
    award = objected(town)
    first = proposals.propose(town.hub, town.operator("wang"), Wish(CLEAR, "", award, "甲"))
    decide(town, DROP, award)
    with pytest.raises(Rejected, match="proposal.stale"):
        proposals.approve(town.hub, town.operator("li", "approve"), first.id)
    assert state(town, award) == "dropped"
