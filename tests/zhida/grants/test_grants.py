"""Grants from matched to paid, returned and corrected; the office's own books count the money."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.store import award_rows
from sandbox.postgres import Postgres
from tests.zhida import grant_town
from tests.zhida.grant_town import ACCOUNT, YES, Town, policy


@pytest.fixture
def server_town(site_folder: Path, tmp_path: Path, postgres: Postgres) -> Iterator[Town]:
    """The same on PostgreSQL."""
    name = f"grants-{secrets.token_hex(4)}"
    with grant_town.beside(site_folder, tmp_path, postgres.database(name)) as found:
        yield found
    postgres.drop(name)


def to_confirmation(town: Town) -> None:
    town.turn()
    assert town.head()
    town.turn()
    assert town.close_publicity()
    town.turn(2)


def to_treasury(town: Town) -> None:
    to_confirmation(town)
    assert town.firm(YES)
    town.turn(2)
    assert town.review()
    town.turn(2)


def test_it_goes_its_whole_way_on_a_server_too(server_town: Town) -> None:
    server_town.match(policy(), [100, 0, 300])
    server_town.match(policy(), [100, 200, 300])
    to_treasury(server_town)
    server_town.treasury("refused", where=server_town.awards()[0].id)
    server_town.treasury()
    server_town.turn(2)
    server_town.books.answer("ask_account", "applied", YES | {"attempt": 2})
    server_town.turn(3)
    server_town.treasury()
    server_town.turn(3)
    assert server_town.states() == {"paid": 3, "screened-out": 3}
    assert server_town.open_cases() == 0


def test_an_award_goes_its_whole_way(town: Town) -> None:
    town.match(policy(), [500_000_00, 300_000_00])
    town.turn()
    assert town.states() == {"listed": 2}
    (asked,) = town.books.open("confirm_grant_list")
    assert (asked["list"]["count"], asked["list"]["total_fen"]) == (2, 800_000_00)
    assert asked["list"]["head"] == "231"
    town.head()
    town.turn()
    assert town.states() == {"listed": 2}
    town.close_publicity()
    town.turn(2)
    assert town.states() == {"awaiting-confirmation": 2}
    town.firm(YES)
    town.turn(2)
    assert town.states() == {"in-review": 2}
    (batch,) = town.books.open("review_grant_payment")
    assert (batch["batch"]["total_fen"], batch["batch"]["reviewer"]) == (800_000_00, "241")
    assert not town.paid()
    town.review()
    town.turn(2)
    assert town.states() == {"ordered": 2}
    town.treasury()
    town.turn()
    assert town.states() == {"paid": 2}
    assert list(town.paid().values()) == [1, 1]
    assert town.open_cases() == 0


def test_the_firm_is_told_once_it_is_paid_and_not_before(town: Town) -> None:
    town.match(policy(), [120050])
    to_treasury(town)
    town.turn()
    assert town.told() == []
    town.treasury()
    town.turn(2)
    (notice,) = town.told()
    assert (notice["about"], notice["amount_fen"]) == ("paid", 120050)
    assert "1,200.50 元" in notice["text"]


def test_without_publicity_and_confirmation_it_goes_at_once(town: Town) -> None:
    quick = policy("quick", publicity=0, confirm="none")
    account = ACCOUNT | {"source": "registered"}
    town.match(quick, [100], account=account)
    town.turn()
    town.head()
    town.turn(3)
    assert town.states() == {"in-review": 1}
    town.review()
    town.turn(2)
    town.treasury()
    town.turn()
    assert town.states() == {"paid": 1}


def test_whose_account_nobody_knows_is_not_paid(town: Town) -> None:
    town.match(policy("quick", publicity=0, confirm="none"), [100])
    town.turn()
    town.head()
    town.turn(4)
    assert town.states() == {"confirmed": 1}
    assert town.books.open("review_grant_payment") == []


def test_silence_pays_nobody(town: Town) -> None:
    town.match(policy(), [100, 200])
    to_confirmation(town)
    town.clock.skip(300 * 86400)
    town.turn(3)
    assert town.states() == {"awaiting-confirmation": 2}
    assert not town.paid()


def test_who_declines_is_not_paid_and_the_others_are(town: Town) -> None:
    town.match(policy(), [100, 200])
    to_confirmation(town)
    no, yes = town.awards()
    town.firm(None, where=no.id)
    town.firm(YES, where=yes.id)
    town.turn(2)
    town.review()
    town.turn(2)
    town.treasury()
    town.turn()
    town.turn()
    assert town.states() == {"declined": 1, "paid": 1}
    assert town.open_cases() == 0
    assert len(town.told()) == 1
    assert set(town.paid()) == {yes.id}


def test_a_list_that_its_head_refuses_goes_no_further(town: Town) -> None:
    town.match(policy(), [100, 200])
    town.turn()
    town.head(agreed=False)
    town.turn(2)
    assert town.states() == {"refused-by-head": 2}
    assert town.books.open("publish_list") == []


def test_an_objection_stops_one_award_only(town: Town) -> None:
    town.match(policy(), [100, 200, 300])
    town.turn()
    town.head()
    town.turn()
    doubted = town.awards()[1]
    town.close_publicity(doubted.id)
    town.turn(2)
    assert town.states() == {"objected": 1, "awaiting-confirmation": 2}
    assert len(town.books.open("ask_confirmation")) == 2
    with town.hub.store.read() as connection:
        row = award_rows.get(connection, doubted.id)
    assert row is not None
    assert (row.state, row.code) == ("objected", "grant.objected")


def test_finance_may_refuse_a_batch(town: Town) -> None:
    town.match(policy(), [100, 200])
    to_confirmation(town)
    town.firm(YES)
    town.turn(2)
    town.review(agreed=False)
    town.turn(3)
    assert town.states() == {"refused-by-finance": 2}
    assert not town.paid()


def test_what_came_back_is_paid_once_more_to_another_account(town: Town) -> None:
    town.match(policy(), [100])
    to_treasury(town)
    town.treasury("refused")
    town.turn(2)
    assert town.states() == {"returned": 1}
    (asked,) = town.books.open("ask_account")
    assert asked["payee"]["attempt"] == 1
    town.turn(2)
    assert town.paid().total() == 1  # not before somebody has answered
    town.books.answer("ask_account", "applied", YES | {"account": "6222020000002", "attempt": 2})
    town.turn(3)
    assert town.states() == {"ordered": 1}
    (order,) = town.books.open("pay_award")
    assert (order["payee"]["attempt"], order["payee"]["account"]) == (2, "6222020000002")
    town.treasury()
    town.turn(3)
    assert town.states() == {"paid": 1}
    assert town.paid().total() == 2  # the one that came back, and the one that stayed


def test_a_payment_that_comes_back_again_and_again_is_asked_about_each_time(town: Town) -> None:
    town.match(policy(), [100])
    to_treasury(town)
    for attempt in (1, 2, 3):
        town.treasury("refused")
        town.turn(2)
        (asked,) = town.books.open("ask_account")
        assert asked["payee"]["attempt"] == attempt
        account = f"622202000001{attempt}"
        town.books.answer(
            "ask_account", "applied", YES | {"account": account, "attempt": attempt + 1}
        )
        town.turn(3)
    town.treasury()
    town.turn()
    assert town.states() == {"paid": 1}


def test_a_refusal_of_another_kind_asks_for_no_other_account(town: Town) -> None:
    town.match(policy(), [100])
    to_treasury(town)
    town.treasury("refused", "treasury.no-budget")
    town.turn(3)
    assert town.states() == {"not-paid": 1}
    assert town.books.open("ask_account") == []


def test_a_lost_answer_of_the_treasury_pays_once(town: Town) -> None:
    town.match(policy(), [100, 200])
    to_confirmation(town)
    town.firm(YES)
    town.turn(2)
    town.review()
    town.books.run("INSERT INTO fault VALUES ('pay_award', 'lost-after')")
    town.books.run("INSERT INTO fault VALUES ('pay_award', 'lost-before')")
    town.advance()
    for name in grant_town.MATTERS:
        list(grant_town.sweep.sweep(town.hub, town.hub.site.matter(name)))
    town.clock.skip(600)
    town.advance()
    for _ in range(3):
        list(grant_town.sweep.sweep(town.hub, town.hub.site.matter("grant-award")))
        town.clock.skip(600)
    town.treasury()
    town.turn(2)
    assert town.states() == {"paid": 2}
    assert list(town.paid().values()) == [1, 1]


def test_the_same_firm_is_listed_once_a_year(town: Town) -> None:
    town.match(policy(), [100, 200])
    town.turn()
    town.match(policy(), [100, 200, 300])
    town.turn()
    rows = {(row.run, row.state, row.code) for row in town.awards()}
    assert rows == {
        ("r1", "listed", ""),
        ("r2", "screened-out", "grant.held"),
        ("r2", "listed", ""),
    }
    assert town.states() == {"listed": 3, "screened-out": 2}


def test_every_match_is_in_one_state(town: Town) -> None:
    run = town.match(
        policy(), {number: 100 * (place % 3) for place, number in enumerate(grant_town.firms(30))}
    )
    for step in (town.turn, town.head, town.turn, town.close_publicity, town.turn, town.turn):
        step()
        with town.hub.store.read() as connection:
            told = award_rows.count_states(connection, run=run.id)
        assert sum(number for number, _ in told.values()) == 30
        assert sum(total for _, total in told.values()) == 3000
