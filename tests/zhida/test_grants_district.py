"""Grants with the stand-ins of a district: OA, portal and treasury, each a process with its own books."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from exchange.ports import utc_now
from exchange.store import award_rows, delivery_rows, ledger_rows
from matters.policy import Policy
from sandbox.district import District
from tests.zhida import grants_in_district
from tests.zhida.grant_night import DAY, fixed, frame, freeze
from tests.zhida.grant_town import catalogue, firms
from tests.zhida.grants_in_district import Giving
from zhida import proposals, reconcile
from zhida.grant_decisions import CLAW_BACK
from zhida.grant_run import Running
from zhida.reconcile import Report, Window

YES = {"hi_tech": True}
FUND = fixed("stable-jobs", fund="失业保险基金", route="unemployment-fund", fen=3_000_00)
POLICY = fixed(fund="区级科技创新专项资金", fen=20_000_50)


class Grants(Giving):
    """The hub's work, and people who do theirs, in turns."""

    def __init__(self, town: Any) -> None:
        super().__init__(town, POLICY, FUND)
        self.treasury = town.district.system("treasury")
        self.fund = town.district.system("unemployment_fund")

    def meanwhile(self) -> None:
        self.officers.work()

    def match(self, rows: dict[str, Any], policy: Policy = POLICY) -> None:
        found = Running(self.hub, catalogue(policy)).run(freeze(self.hub, frame(rows)), DAY)
        assert found is not None

    def until(self, wanted: dict[str, int], act: Callable[[], Any] = lambda: None) -> None:
        for _ in range(12):
            act()
            self.turn()
            if self.states() == wanted:
                return
        raise AssertionError((self.states(), self.parked()))

    def states(self) -> Counter[str]:
        with self.hub.store.read() as connection:
            found = award_rows.count_states(connection)
        return Counter({state: number for state, (number, _) in found.items()})

    def parked(self) -> list[tuple[Any, ...]]:
        sql = "SELECT item, state, code, facts FROM case_item WHERE state IN ('parked','invalid','refused')"
        with self.hub.store.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    def compare(self, system: str = "treasury") -> Report:
        """With the books of who pays, of all that was done here."""
        now = utc_now()
        window = Window(now - timedelta(days=2), now + timedelta(days=2))
        return reconcile.reconcile(self.hub, self.hub.site.systems[system], window)

    def payments(self) -> list[dict[str, Any]]:
        return list(self.treasury.books())


@pytest.fixture(scope="module")
def grants(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[[District], Any]
) -> Iterator[Grants]:
    with grants_in_district.opened(tmp_path_factory.mktemp("grants"), open_town) as town:
        yield Grants(town)


@pytest.fixture
def front(grants: Grants) -> Callable[..., None]:
    """The treasury's front-end tables, as their database administrator changes them."""
    file = grants.town.district.directory / "treasury" / "frontend.sqlite"

    def run(sql: str, *values: str) -> None:
        with closing(sqlite3.connect(file, timeout=20)) as opened, opened:
            opened.execute(sql, values)

    return run


def test_from_a_matched_firm_to_a_payment_and_back(grants: Grants) -> None:
    """One account is closed: its payment comes back, and goes to another, once."""
    one, two, three = firms(3)
    grants.match({one: YES, two: YES, three: {"hi_tech": False}})
    grants.until({"listed": 2})
    shown: list[dict[str, str]] = []

    def close() -> None:
        for row in grants.portal.books():
            shown.extend(grants.portal.ask("POST", "/list", {"listNo": row["about"]})["rows"])
        grants.portal.ask("POST", "/pass", {"days": 5})

    grants.until({"awaiting-confirmation": 2}, close)
    assert {(row["entName"], row["amount"]) for row in shown} == {
        (one, "20000.50"),
        (two, "20000.50"),
    }
    for _ in range(2):
        grants.turn()
    assert grants.states() == {"awaiting-confirmation": 2}
    assert grants.payments() == []
    awards = {row["about"]: row for row in grants.portal.books() if row["kind"] == "question"}
    assert set(awards) == {row["awardNo"] for row in shown}, "by these numbers one may object"
    bad = min(awards)
    told = {"number": "43010000000000009999", "state": "closed"}
    grants.treasury.ask("POST", "/account", told)
    answer = {"willing": "1", "qualifies": "1", "acceptsClawback": "1", "bankNo": "102301000014"}
    answer |= {"accName": "示例企业", "accNo": told["number"]}
    grants.portal.ask("POST", "/answer", answer | {"awardNo": bad})
    grants.portal.ask("POST", "/answer_all", {})
    grants.until({"returned": 1, "paid": 1})
    grants.until({"paid": 2}, lambda: grants.portal.ask("POST", "/answer_all", {}))
    by_status = Counter(row["status"] for row in grants.payments())
    assert by_status == {"2": 2, "3": 1}  # paid, paid, came back
    assert {row["fen"] for row in grants.payments()} == {20_000_50}
    assert len({row["orderno"] for row in grants.payments()}) == 3


def test_a_statement_that_the_treasury_does_not_own_up_to_changes_nothing(
    grants: Grants, front: Callable[..., None]
) -> None:
    """Its day-end list says returned, its own order says paid: a person finds out, nobody pays again."""
    grants.compare()
    order = next(row for row in grants.payments() if row["status"] == "2")
    line = "INSERT INTO ZF_DZ (RQ, LX, ORDERNO, STATUS, SJ) VALUES (?, 'ZF', ?, '3', ?)"
    front(line, order["day"], order["orderno"], order["time"])
    report = grants.compare()
    assert [problem.code for problem in report.problems] == ["reconcile.differs"]
    for _ in range(2):
        grants.turn()
    assert grants.states() == {"paid": 2}
    assert len(grants.payments()) == 3
    front("DELETE FROM ZF_DZ WHERE ID = (SELECT max(ID) FROM ZF_DZ)")
    assert grants.compare().problems == []


def test_a_payment_that_comes_back_days_later_goes_to_another_account_once(grants: Grants) -> None:
    order = next(row for row in grants.payments() if row["status"] == "2")
    grants.treasury.ask("POST", "/return", {"orderno": order["orderno"], "code": "AC01"})
    grants.turn()
    assert grants.states() == {"paid": 2}, "nobody has read the treasury's books yet"
    report = grants.compare()
    assert (report.settled, report.problems) == (1, [])
    assert grants.states() == {"paid": 1, "returned": 1}
    report = grants.compare()
    assert (report.settled, report.problems) == (0, []), "told once"
    for _ in range(2):
        grants.turn()
    assert len(grants.payments()) == 3, "not before another account is known"
    grants.until({"paid": 2}, lambda: grants.portal.ask("POST", "/answer_all", {}))
    mine = [row for row in grants.payments() if row["busino"] == order["busino"]]
    assert [row["status"] for row in mine][-2:] == ["3", "2"]
    assert grants.treasury.ask("GET", "/sums")["doubled"] == []
    assert grants.compare().problems == []
    with grants.hub.store.read() as connection:
        (entry,) = ledger_rows.entries_of(connection, "came-back", order["orderno"])
    assert b"treasury.returned" in entry.body


def test_what_was_paid_is_asked_back_by_two_people(grants: Grants) -> None:
    before = len(grants.payments())
    with grants.hub.store.read() as connection:
        award = award_rows.some(connection, "paid")[0]
    wish = proposals.Wish(CLAW_BACK, award.case, award.id, "虚报材料")
    row = proposals.propose(grants.hub, grants.town.operator("wang"), wish)
    proposals.approve(grants.hub, grants.town.operator("li", "approve"), row.id)
    grants.until({"paid": 1, "recovered": 1})
    assert len(grants.payments()) == before


def test_what_is_being_asked_back_is_not_paid_again_if_it_comes_back(grants: Grants) -> None:
    """The firm's bank returns it, and two people have just asked it back: a person finds out."""
    with grants.hub.store.read() as connection:
        award = award_rows.some(connection, "paid")[0]
    wish = proposals.Wish(CLAW_BACK, award.case, award.id, "虚报材料")
    row = proposals.propose(grants.hub, grants.town.operator("wang"), wish)
    proposals.approve(grants.hub, grants.town.operator("li", "approve"), row.id)
    number = len(grants.payments())
    with grants.hub.store.read() as connection:
        (order,) = [
            row.effect
            for row in delivery_rows.deliveries(connection, award.case)
            if row.operation == "pay_award" and row.state == "applied"
        ]
    grants.treasury.ask("POST", "/return", {"orderno": order, "code": "AC01"})
    assert [problem.code for problem in grants.compare().problems] == ["reconcile.differs"]
    with grants.hub.store.read() as connection:
        assert award_rows.get(connection, award.id).state == "clawback"  # type: ignore[union-attr]
    assert len(grants.payments()) == number


def test_the_unemployment_fund_pays_its_own_grants_and_the_treasury_none_of_them(
    grants: Grants,
) -> None:
    """One account of the fund's is closed: the corrected payment is the fund's too, and so is a clawback."""
    before, known = grants.states(), len(grants.payments())
    close = lambda: grants.portal.ask("POST", "/pass", {"days": 5})  # noqa: E731
    grants.match(dict.fromkeys(firms(6)[4:], YES), FUND)
    grants.until({**before, "awaiting-confirmation": 2}, close)
    grants.turn()
    asked = {
        r["about"] for r in grants.portal.books() if r["kind"] == "question" and r["state"] == "1"
    }
    told = {"number": "43010000000000008888", "state": "closed"}
    grants.fund.ask("POST", "/account", told)
    answer = {"willing": "1", "qualifies": "1", "acceptsClawback": "1", "bankNo": "102301000014"}
    answer |= {"accName": "示例企业", "accNo": told["number"], "awardNo": min(asked)}
    grants.portal.ask("POST", "/answer", answer)
    grants.portal.ask("POST", "/answer_all", {})
    grants.until({**before, "returned": 1, "paid": before["paid"] + 1})
    answer_all = lambda: grants.portal.ask("POST", "/answer_all", {})  # noqa: E731
    grants.until({**before, "paid": before["paid"] + 2}, answer_all)
    assert Counter(row["status"] for row in grants.fund.books()) == {"2": 2, "3": 1}
    assert {row["busino"] for row in grants.fund.books()} == asked
    assert {row["fen"] for row in grants.fund.books()} == {3_000_00}
    assert len(grants.payments()) == known
    assert not {row["busino"] for row in grants.payments()} & asked
    assert grants.compare("unemployment-fund").problems == []
    with grants.hub.store.read() as connection:
        award = award_rows.get(connection, min(asked))
    assert award is not None
    wish = proposals.Wish(CLAW_BACK, award.case, award.id, "虚报材料")
    row = proposals.propose(grants.hub, grants.town.operator("wang"), wish)
    proposals.approve(grants.hub, grants.town.operator("li", "approve"), row.id)
    wanted = {**before, "paid": before["paid"] + 1, "recovered": before["recovered"] + 1}
    grants.until(wanted)
    assert grants.fund.ask("GET", "/sums")["doubled"] == []


def test_no_treasury_told_of_the_fund_would_pay_for_it(grants: Grants) -> None:
    """Were the route read wrongly, its money would still not be the treasury's to spend."""
    lines = grants.hub.site.systems["treasury"].options["lines"]
    assert "失业保险基金" not in {line["fund"] for line in lines}
    assert [
        line["fund"] for line in grants.hub.site.systems["unemployment-fund"].options["lines"]
    ] == ["失业保险基金"]
