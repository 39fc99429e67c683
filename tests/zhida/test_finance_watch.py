"""After the loan the hub asks again each day under the letter, and tells the lender what has changed, once and in order."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exchange.errors import Forbidden, Invalid
from exchange.store import case_rows, finance_event_rows, finance_rows, ledger_rows
from sandbox.firms import BUYER, SELLERS
from tests.zhida.finance_in_district import Financing, opened
from zhida import finance_access, finance_comparing, finance_loans, finance_stopping, finance_watch

BOTH = "order-finance-and-after-loan"


@pytest.fixture(scope="module")
def district(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any]
) -> Iterator[Financing]:
    with opened(tmp_path_factory.mktemp("watch"), open_town) as found:
        found.to_noon()
        yield found


class Lent:
    """A loan that was paid out, by its name; everything else of it has the same."""

    def __init__(self, district: Financing, name: str) -> None:
        self.district, self.name, self.order = district, name, f"PO-{name}"
        self.after = district.last_event()

    def events(self) -> dict[str, dict[str, Any]]:
        """What was told of it since it was paid out: name → event."""
        told = self.district.feed(after=self.after)["events"]
        mine = [each["event"] for each in told if each["event"]["loan"] == self.name]
        assert len({each["event"] for each in mine}) == len(mine)
        return {each["event"]: each for each in mine}

    def change(self, **told: str) -> None:
        self.district.order(self.order, **told)


@pytest.fixture
def lend(district: Financing, request: pytest.FixtureRequest) -> Iterator[Callable[..., Lent]]:
    """Pays a loan out; it is called off at the end, so that nobody asks about it any more."""
    name, lent = str(zlib.crc32(request.node.name.encode())), list[Lent]()

    def pay_out(**letter: Any) -> Lent:
        district.order(f"PO-{name}", paid="0.00")
        asked = letter.pop("request", {})
        told = {"purpose": BOTH, "max_uses": 100, **letter}
        district.letter(f"L{name}", f"PO-{name}", **told)
        district.ask(name, f"L{name}", f"PO-{name}", **asked)
        district.lend(name, name)
        lent.append(Lent(district, name))
        return lent[0]

    yield pay_out
    for each in lent:
        if district.call("GET", f"/finance/loans/{each.name}").value["state"] == "open":
            district.tell(each.name, "end", "called-off")


def test_nothing_has_changed_and_nothing_is_told(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend()
    district.day()
    district.day()
    assert loan.events() == {}


def test_a_change_is_told_once_with_what_it_was_and_the_papers_that_say_so(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend()
    loan.change(amount="900000.00", stage="已交付")
    district.day()
    district.day()
    found = loan.events()
    assert set(found) == {"order-changed", "stage-moved"}
    [amount] = found["order-changed"]["facts"]
    assert amount == {"path": "/it/amount_fen", "before": "100000000", "now": "90000000"}
    now, before = found["order-changed"]["evidence"]
    assert (now["was"], before["was"]) == (False, True)
    assert district.hub.archive.get(now["document"]).record["amount_fen"] == 90_000_000
    assert district.hub.archive.get(before["document"]).record["amount_fen"] == 100_000_000


def test_a_large_firm_that_lets_its_thirty_days_go_by_is_told_once(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend()
    loan.change(confirmed="", confirmAskDate="2026-03-02")
    district.day()
    district.day()
    assert "confirmation-overdue" in loan.events()


def test_a_loan_is_asked_about_once_a_day_and_each_asking_is_counted(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend(max_uses=9)
    before = district.district.system("core_enterprise").books()
    for _ in range(3):
        district.look_again()
    asked = [
        row for row in district.district.system("core_enterprise").books() if row not in before
    ]
    assert sum(row["orderNo"] == loan.order and row["what"] == "order" for row in asked) == 1
    kept = finance_loans.find(district.hub, "bank-a", loan.name)
    assert kept is not None
    with district.hub.store.read() as connection:
        letter = finance_rows.get_letter(connection, kept.row.letter)
        reads = finance_rows.reads(connection, limit=1000, letter=kept.row.letter)
    assert letter is not None
    assert letter.uses == 2  # the request, and the watch
    assert [row.act for row in reads if row.case == kept.row.case] == ["watch"]


def test_firms_deliveries_and_invoices_are_followed(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    number, today = "26322000000000000058", district.today
    invoices = district.district.system("invoices")
    told = {"code": "", "number": number, "date": today, "total": "113000.00", "tail": ""}
    invoices.ask("POST", "/issue", told)
    listed = [{"number": number, "issued_on": today, "total_fen": 11_300_000}]
    loan = lend(request={"invoices": listed})
    district.day()
    invoices.ask("POST", "/red", {"number": number, "total": "13000.00"})
    delivery = {"orderNo": loan.order, "arrived": "1", "accepted": "1", "slip": "Y", "date": today}
    district.district.system("core_enterprise").ask("POST", "/delivery", delivery)
    district.standing("registry", SELLERS[0]["uscc"], abnormal="1")
    district.standing("court", BUYER["uscc"], sued="1")
    try:
        district.day()
        found = loan.events()
    finally:
        district.standing("registry", SELLERS[0]["uscc"], abnormal="0")
        district.standing("court", BUYER["uscc"], sued="0")
    wanted = {"invoice-red-in-part", "delivered", "enterprise-abnormal", "new-lawsuit"}
    assert set(found) == wanted
    assert found["invoice-red-in-part"]["subject"] == number
    assert found["enterprise-abnormal"]["subject"] == "卖方登记"
    assert found["new-lawsuit"]["subject"] == "买方涉诉"


def test_who_is_down_holds_nothing_else_up_and_is_compared_when_it_comes(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend()
    loan.change(state="已取消")
    system = district.district.system("standings")
    system.kill()
    district.day(down=True)
    assert set(loan.events()) == {"order-cancelled"}
    system.restart()
    district.standing("court", SELLERS[0]["uscc"], dishonest="1")
    district.day(down=True)  # it is found to be there again
    district.look_again()
    district.standing("court", SELLERS[0]["uscc"], dishonest="0")
    assert set(loan.events()) == {"order-cancelled", "dishonest"}


def test_what_came_to_the_account_and_what_did_not(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend()
    payer = {"uscc": BUYER["uscc"], "name": BUYER["name"]}
    district.tell(loan.name, "1", "credit", amount_fen=20_000_000, payer=payer)
    assert loan.events()["receivable-paid-in-part"]["facts"][-1]["now"] == "20000000"
    loan.change(paid="500000.00")
    district.day()
    assert "paid-elsewhere" not in loan.events()  # the bank has not said what else came in
    district.tell(loan.name, "2", "account-checked")
    found = loan.events()["paid-elsewhere"]
    assert found["facts"] == [{"path": "/known/elsewhere_fen", "now": "30000000"}]
    district.tell(loan.name, "3", "credit", amount_fen=80_000_000, payer=payer)
    assert "receivable-paid" in loan.events()


def test_what_follows_from_a_message_follows_from_its_repetition_if_the_first_died(
    district: Financing, lend: Callable[..., Lent], monkeypatch: pytest.MonkeyPatch
) -> None:
    loan = lend()
    payer = {"uscc": BUYER["uscc"], "name": BUYER["name"]}
    told: dict[str, Any] = {"amount_fen": 20_000_000, "payer": payer}

    def die(*_: object) -> int:
        raise SystemExit

    monkeypatch.setattr(finance_comparing, "after_message", die)
    with pytest.raises(SystemExit):
        district.tell(loan.name, "1", "credit", **told)
    monkeypatch.undo()
    assert loan.events() == {}
    assert district.tell(loan.name, "1", "credit", **told).status == 200
    assert set(loan.events()) == {"receivable-paid-in-part"}


def test_while_the_hub_can_not_sign_a_day_is_not_taken_for_asked(
    district: Financing, lend: Callable[..., Lent], monkeypatch: pytest.MonkeyPatch
) -> None:
    loan = lend()
    loan.change(state="已取消")
    district.town.clock.skip(24 * 3600)

    def lapsed(*_: object) -> None:
        raise Forbidden("key.lapsed", kid="k1", reason="certificate.not-valid")

    monkeypatch.setattr(finance_access, "allow", lapsed)
    with pytest.raises(Forbidden, match=r"key\.lapsed"):
        finance_watch.advance(district.hub)
    monkeypatch.undo()
    district.look_again()
    assert set(loan.events()) == {"order-cancelled"}


def test_a_request_whose_letter_holds_is_only_looked_at(
    district: Financing, lend: Callable[..., Lent], monkeypatch: pytest.MonkeyPatch
) -> None:
    lend()

    def write(*_: object) -> None:
        raise AssertionError("nothing is to be decided")

    monkeypatch.setattr(district.hub.ledger, "decide", write)
    assert finance_stopping.stop(district.hub) == 0


def test_a_letter_that_was_taken_back_ends_the_watch_and_is_the_last_event(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend()
    back = district.seller.revocation(f"L{loan.name}")
    district.call("POST", "/finance/letters/revocations", {"revocation": back})
    loan.change(state="已取消")
    asked = len(district.district.system("core_enterprise").books())
    district.day()
    district.day()
    assert set(loan.events()) == {"authorisation-ended"}
    told = district.district.system("core_enterprise").books()[asked:]
    assert loan.order not in {row["orderNo"] for row in told}


def test_a_letter_for_the_loan_only_is_not_used_for_what_follows(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend(purpose="order-finance")
    loan.change(state="已取消")
    district.day()
    assert loan.events() == {}
    kept = finance_loans.find(district.hub, "bank-a", loan.name)
    assert kept is not None
    with district.hub.store.read() as connection:
        watch = finance_event_rows.watch_of(connection, kept.row.case, district.today)
    assert watch is not None
    assert watch.code == "finance.letter-purpose"


def test_only_what_the_letter_names_is_asked_for(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend(datasets=["order"])
    before = len(district.district.system("standings").books())
    loan.change(stage="已开票")
    district.day()
    assert set(loan.events()) == {"stage-moved"}
    assert len(district.district.system("standings").books()) == before


def test_after_its_end_nothing_is_asked_or_told(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend()
    district.tell(loan.name, "end", "called-off")
    loan.change(state="已取消")
    district.day()
    assert loan.events() == {}


def test_events_are_numbered_without_a_gap_and_can_be_asked_for_again(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend()
    loan.change(state="已取消", stage="已到期")
    district.day()
    whole = district.feed(after=0)
    numbers = [each["seq"] for each in whole["events"]]
    assert numbers == list(range(1, whole["last"] + 1))
    pages, after = list[Any](), 0
    while told := district.feed(after=after, limit=2)["events"]:
        pages += told
        after = told[-1]["seq"]
    assert [each["event"] for each in pages] == [each["event"] for each in whole["events"]]
    last = whole["events"][-1]
    assert district.hub.archive.verify(last["signed"]).record == last["event"]
    assert district.feed(after=0, bank="bank-b")["events"] == []
    with pytest.raises(Invalid, match=r"serve\.query"):
        district.call("GET", "/finance/events?after=x")
    with district.hub.store.read() as connection:
        entries = ledger_rows.entries_of(connection, "finance-event")
    assert len(entries) == whole["last"]


def test_a_step_that_is_taken_twice_tells_nothing_twice(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend()
    loan.change(state="已取消")
    district.day()
    first = district.last_event()
    assert set(finance_watch.advance(district.hub).values()) == {0}
    assert district.last_event() == first
    assert set(loan.events()) == {"order-cancelled"}


def test_a_process_that_died_after_counting_is_taken_up_however_late(
    district: Financing, lend: Callable[..., Lent], monkeypatch: pytest.MonkeyPatch
) -> None:
    loan = lend()
    loan.change(state="已取消")
    district.town.clock.skip(24 * 3600)

    def die(*_: Any) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(finance_watch, "_open", die)
        with pytest.raises(KeyboardInterrupt):
            finance_watch.advance(district.hub)
    district.town.clock.skip(1200)
    kept = finance_loans.find(district.hub, "bank-a", loan.name)
    assert kept is not None
    district.look_again()
    assert set(loan.events()) == {"order-cancelled"}
    with district.hub.store.read() as connection:
        letter = finance_rows.get_letter(connection, kept.row.letter)
    assert letter is not None
    assert letter.uses == 2  # the request, and this one asking


def test_what_comes_in_after_the_letter_was_taken_back_is_not_told(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend()
    loan.change(state="已取消")
    district.town.clock.skip(24 * 3600)
    finance_watch.advance(district.hub)
    back = district.seller.revocation(f"L{loan.name}")
    district.call("POST", "/finance/letters/revocations", {"revocation": back})
    district.sweep()
    finance_watch.advance(district.hub)
    assert loan.events() == {}
    with district.hub.store.read() as connection:
        open_ones = case_rows.list_cases(connection, finance_watch.MATTER)
    assert "open" not in {row.state for row in open_ones}
    district.day()
    assert set(loan.events()) == {"authorisation-ended"}


def test_a_letter_that_was_taken_back_stops_what_is_being_asked(
    district: Financing, lend: Callable[..., Lent]
) -> None:
    loan = lend()
    district.town.clock.skip(24 * 3600)
    finance_watch.advance(district.hub)
    back = district.seller.revocation(f"L{loan.name}")
    district.call("POST", "/finance/letters/revocations", {"revocation": back})
    finance_watch.advance(district.hub)
    asked = len(district.district.system("core_enterprise").books())
    district.sweep()
    assert len(district.district.system("core_enterprise").books()) == asked
