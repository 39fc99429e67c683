"""Papers of the hub's own: put into their case once, and only while they are wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.errors import Fatal, Invalid
from exchange.store import case_rows
from tests.zhida.grant_town import ACCOUNT, YES, Town, policy
from zhida import grant_payees, own_filing
from zhida.own_filing import Paper


@pytest.fixture
def town(town: Town) -> Town:
    """An award whose list was public."""
    town.cleared(policy(), [100])
    return town


def paper(town: Town, attempt: int = 1, **changed: object) -> Paper:
    (award,) = town.awards()
    record = ACCOUNT | {"award": award.id, "attempt": attempt, "source": "confirmation"} | changed
    key = f"payee/{award.id}/{attempt}"
    may = lambda connection: grant_payees._may(award.case, attempt, connection)  # noqa: E731
    return Paper(award.case, "payee", "grant-payee", key, record, may)


def known(town: Town) -> dict[str, object]:
    (award,) = town.awards()
    with town.hub.store.read() as connection:
        found = case_rows.documents(connection, award.case).get("payee")
        record: dict[str, object] = town.hub.archive.read(connection, found).record if found else {}
    return record


def test_a_paper_is_put_in_once(town: Town) -> None:
    assert own_filing.file(town.hub, [paper(town)]) == 1
    assert own_filing.file(town.hub, [paper(town, account="6222020000099")]) == 0
    assert known(town)["account"] == ACCOUNT["account"]


def test_what_is_not_of_its_kind_is_not_put_in(town: Town) -> None:
    with pytest.raises(Invalid):
        own_filing.file(town.hub, [paper(town, bank_cnaps="1")])
    assert known(town) == {}


def test_a_case_that_is_not_there_is_told(town: Town) -> None:
    with pytest.raises(Fatal, match=r"case\.unknown"):
        own_filing.file(town.hub, [Paper("none", "payee", "grant-payee", "k", {})])


def test_no_second_attempt_while_the_first_may_be_paid(town: Town) -> None:
    """Whatever the treasury is about to say: in no state of the first but returned."""
    assert own_filing.file(town.hub, [paper(town, 2)]) == 0
    town.firm(YES)
    town.turn(2)
    assert own_filing.file(town.hub, [paper(town, 2)]) == 0
    town.review()
    town.turn(2)
    assert town.states() == {"ordered": 1}
    assert own_filing.file(town.hub, [paper(town, 2)]) == 0
    town.treasury("refused", "treasury.no-budget")
    town.turn()
    assert own_filing.file(town.hub, [paper(town, 2)]) == 0
    assert known(town)["attempt"] == 1


def test_the_account_of_the_first_attempt_stays_once_it_has_left(town: Town) -> None:
    """Whoever looks at ordered money sees where it went, whatever comes under another key."""
    town.firm(YES)
    town.turn(2)
    other = replace(paper(town, account="6222020000099"), key="another")
    town.review()
    town.turn(2)
    assert town.states() == {"ordered": 1}
    assert own_filing.file(town.hub, [other]) == 0
    town.treasury("refused", "treasury.no-budget")
    town.turn()
    assert town.states() == {"not-paid": 1}
    assert own_filing.file(town.hub, [other]) == 0
    assert known(town)["account"] == ACCOUNT["account"]


def test_a_second_attempt_once_the_first_came_back_and_none_after_it_is_paid(town: Town) -> None:
    town.firm(YES)
    town.turn(2)
    town.review()
    town.turn(2)
    town.treasury("refused")
    town.turn()
    assert own_filing.file(town.hub, [paper(town, 2, source="corrected")]) == 1
    assert own_filing.file(town.hub, [paper(town, 3, source="corrected")]) == 0
    town.turn(2)
    town.treasury()
    town.turn()
    assert town.states() == {"paid": 1}
    assert own_filing.file(town.hub, [paper(town, 3, source="corrected")]) == 0
