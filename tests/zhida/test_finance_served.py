"""A bank's request from the letter to the whole answer, over the stand-ins of everybody who is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exchange.errors import Forbidden, Invalid, Rejected
from exchange.store import ledger_rows
from sandbox.firms import BANKS, SELLERS
from sandbox.officer_finance import DOUBTFUL, PLEDGED
from tests.zhida.finance_in_district import Financing, checks, opened
from zhida import at_once, finance_letters, finance_requests


@pytest.fixture(scope="module")
def district(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any]
) -> Iterator[Financing]:
    with opened(tmp_path_factory.mktemp("finance"), open_town) as found:
        yield found


@pytest.fixture
def order(district: Financing, request: pytest.FixtureRequest) -> str:
    """An order of its own for each test."""
    return district.order(f"PO-{request.node.name[5:45]}")


def refused(district: Financing, kind: type[Exception], *told: Any, **more: Any) -> str:
    with pytest.raises(kind) as error:
        district.ask(*told, **more)
    return str(getattr(error.value, "code", ""))


def test_what_can_be_known_at_once_is_told_and_the_rest_follows(
    district: Financing, order: str
) -> None:
    letter = district.letter("L1", order)
    assert (letter.status, letter.value["state"], letter.value["uses_left"]) == (201, "valid", 10)
    first = district.ask("A1", "L1", order)
    assert (first.status, first.headers["Retry-After"]) == (202, "600")
    assert first.value["answer"]["is_complete"] is False
    told = checks(first)
    assert {name for name, state in told.items() if state.startswith("unknown")} >= {
        "pledge",
        "opinion",
    }
    assert (told["order"], told["seller-standing"], told["delivery"]) == ("pass", "pass", "not-due")
    district.turn()
    whole = district.look("A1")
    assert whole.status == 200, {n: s for n, s in checks(whole).items() if s != "pass"}
    assert set(checks(whole).values()) <= {"pass", "not-due"}, checks(whole)
    signed = district.hub.archive.verify(whole.value["signed"])
    assert signed.record == whole.value["answer"]
    assert "score" not in str(whole.value)


def test_the_same_facts_are_the_same_signed_answer(district: Financing, order: str) -> None:
    district.letter("L2", order)
    district.ask("A2", "L2", order)
    district.turn()
    first, again = district.look("A2"), district.look("A2")
    assert first.value["answer"]["id"] == again.value["answer"]["id"]


def test_every_reading_is_counted_and_one_that_is_repeated_only_once(
    district: Financing, order: str
) -> None:
    district.letter("L3", order, max_uses=3)
    district.ask("A3", "L3", order)
    for _ in range(3):
        district.look("A3", key="again")
    assert checks(district.look("A3"))["letter"] == "pass"  # the last one that it allows
    with pytest.raises(Forbidden, match=r"finance\.letter-used-up"):
        district.look("A3")


def test_who_has_no_letter_learns_nothing(district: Financing, order: str) -> None:
    assert refused(district, Forbidden, "A4", "none", order) == "finance.letter-unknown"
    district.letter("L4", order)
    stranger = refused(district, Forbidden, "A4", "L4", order, bank="bank-b")
    assert stranger == "finance.letter-unknown"
    other = district.order(f"{order}-2")
    assert refused(district, Forbidden, "A4", "L4", other) == "finance.letter-order"
    with pytest.raises(Rejected, match=r"finance\.no-request"):
        district.look("A4")
    asked = district.district.system("core_enterprise").books()
    assert order not in {row["orderNo"] for row in asked}


def test_who_holds_what_the_letter_does_not_name_is_not_asked(district: Financing) -> None:
    order = district.order("PO-only-credit")
    system = district.district.system("standings")
    before = len(system.books())
    district.letter("L22", order, datasets=["credit"])
    told = district.ask("A22", "L22", order)
    district.turn()
    assert [row["holder"] for row in system.books()[before:]] == ["credit"]
    assert order not in {
        row["orderNo"] for row in district.district.system("core_enterprise").books()
    }
    assert "stage" not in told.value["answer"]
    assert checks(told)["seller-credit"] == "pass"


def test_nobody_is_asked_by_a_letter_that_was_taken_back(district: Financing) -> None:
    order = district.order("PO-taken-back")
    district.letter("L24", order)
    told = district.request("A24", "L24", order)
    record = finance_requests.of_bank(district.hub, "bank-a", told, ["order", "court", "pledge"])
    number = finance_requests.letter_id(district.hub, record)
    letter = finance_letters.get(district.hub.store, number)
    case = finance_requests.take(district.hub, record, letter).case  # nobody was asked yet
    token = {"revocation": district.seller.revocation("L24")}
    district.call("POST", "/finance/letters/revocations", token)
    district.turn()
    found = finance_requests.read(district.hub, case)
    assert {row.state for row in found.items.values()} <= {"cancelled", "skipped"}
    assert order not in {r["orderNo"] for r in district.district.system("core_enterprise").books()}


def test_a_letter_that_was_taken_back_stops_the_next_reading(
    district: Financing, order: str
) -> None:
    district.letter("L5", order)
    district.ask("A5", "L5", order)
    told = district.call(
        "POST", "/finance/letters/revocations", {"revocation": district.seller.revocation("L5")}
    )
    assert told.value["state"] == "revoked"
    with pytest.raises(Forbidden, match=r"finance\.letter-revoked"):
        district.look("A5")


def test_another_bank_s_request_looks_as_if_it_were_not_there(
    district: Financing, order: str
) -> None:
    district.letter("L6", order)
    district.ask("A6", "L6", order)
    with pytest.raises(Rejected, match=r"finance\.no-request"):
        district.look("A6", bank="bank-b")


def test_what_the_letter_does_not_name_is_not_told(district: Financing, order: str) -> None:
    district.letter("L7", order, datasets=["order", "registry"])
    told = checks(district.ask("A7", "L7", order))
    assert (told["order"], told["seller-standing"]) == ("pass", "pass")
    assert {told[name] for name in ("seller-tax", "seller-court", "opinion")} == {"not-authorised"}


def test_the_same_number_is_the_same_request(district: Financing, order: str) -> None:
    district.letter("L8", order)
    first, again = district.ask("A8", "L8", order), district.ask("A8", "L8", order)
    assert first.value["answer"]["request"] == again.value["answer"]["request"] == "A8"
    changed = refused(district, Rejected, "A8", "L8", order, amount_fen=1)
    assert changed == "finance.request-conflict"


def test_what_speaks_against_it_is_told_with_every_reason(district: Financing) -> None:
    seller = SELLERS[1]
    told = {"sellerCode": seller["uscc"], "sellerName": seller["name"], "amount": "400000.00"}
    order = district.order(f"PO-{PLEDGED}-{DOUBTFUL}", **told)
    district.standing("registry", seller["uscc"], abnormal="1", related="1")
    district.standing("court", seller["uscc"], dishonest="1")
    district.standing("tax", seller["uscc"], taxClear="")
    firm = district.firms.firm(seller)
    district.letter("L9", order, firm=firm)
    district.ask(
        "A9", "L9", order, seller=dict(seller), account={"tail": "0001", "is_locked": False}
    )
    district.turn()
    found = checks(district.look("A9"))
    wanted = {
        "seller-standing": "fail R03",
        "seller-court": "fail R04",
        "related": "manual R12",
        "amount": "fail R06",
        "account": "fail R15",
        "pledge": "fail R10",
        "opinion": "fail R17",
        "seller-tax": "unknown",
    }
    assert {name: found[name] for name in wanted} == wanted


def test_an_order_that_its_buyer_does_not_know_is_told_so(district: Financing) -> None:
    district.letter("L10", "PO-invented")
    told = checks(district.ask("A10", "L10", "PO-invented"))
    assert told["order"] == "fail R05"


def test_who_is_down_is_unknown_and_never_a_pass(district: Financing, order: str) -> None:
    system = district.district.system("standings")
    system.kill()
    district.letter("L11", order)
    told = checks(district.ask("A11", "L11", order))
    assert told["seller-standing"] == "unknown R99"
    system.restart()
    district.town.clock.skip(3600)
    district.turn()
    assert checks(district.look("A11"))["seller-standing"] == "pass"


def test_a_second_bank_is_told_that_somebody_has_it_and_not_who(
    district: Financing, order: str
) -> None:
    district.letter("L12", order)
    district.letter("L13", order, bank="bank-b")
    assert checks(district.ask("A12", "L12", order))["duplicates"] == "pass"
    second = district.ask("B12", "L13", order, bank="bank-b")
    assert checks(second)["duplicates"] == "fail R11"
    assert "bank-a" not in str(second.value)
    assert BANKS["bank-a"]["name"] not in str(second.value)


def test_an_order_that_nobody_has_is_held_by_nobody(district: Financing) -> None:
    district.letter("L47", "PO-nobody-s")
    district.letter("L48", "PO-nobody-s", bank="bank-b")
    district.ask("A47", "L47", "PO-nobody-s")
    second = checks(district.ask("B48", "L48", "PO-nobody-s", bank="bank-b"))
    assert (second["order"], second["duplicates"]) == ("fail R05", "unknown")


def test_an_order_that_one_bank_leaves_is_free_for_another(district: Financing, order: str) -> None:
    district.letter("L18", order)
    district.letter("L19", order, bank="bank-b")
    district.ask("A18", "L18", order)
    assert checks(district.ask("B18", "L19", order, bank="bank-b"))["duplicates"] == "fail R11"
    path = "/finance/requests/A18/withdrawal"
    with pytest.raises(Rejected, match=r"finance\.no-request"):
        district.call("POST", path, bank="bank-b")
    for _ in range(2):
        assert district.call("POST", path).value == {"request": "A18", "state": "released"}
    assert checks(district.look("B18", bank="bank-b"))["duplicates"] == "pass"
    assert checks(district.look("A18"))["duplicates"] == "fail R11"
    assert (
        district.call("POST", "/finance/requests/B18/withdrawal", bank="bank-b").value["state"]
        == "released"
    )
    assert checks(district.look("A18"))["duplicates"] == "unknown"  # it has given it up itself


def test_all_loans_on_an_order_together_stay_within_its_value(
    district: Financing, order: str
) -> None:
    for number in ("1", "2", "3"):
        district.letter(f"L20-{number}", order)
        told = checks(district.ask(f"A20-{number}", f"L20-{number}", order))
        assert told["cumulative"] == ("fail R06" if number == "3" else "pass")


def test_invoices_are_looked_up_one_by_one(district: Financing) -> None:
    order = district.order(
        "PO-invoiced", stage="已开票", delivered="1000000.00", invoiced="113000.00"
    )
    told = {"orderNo": order, "arrived": "1", "accepted": "1", "slip": "YD-1"}
    today = district.town.clock().date().isoformat()
    district.district.system("core_enterprise").ask("POST", "/delivery", told | {"date": today})
    invoices = district.district.system("invoices")
    good = {
        "code": "",
        "number": "26322000000000000017",
        "date": today,
        "total": "113000.00",
        "tail": "",
    }
    invoices.ask("POST", "/issue", good)
    listed = [{"number": good["number"], "issued_on": today, "total_fen": 11_300_000}]
    district.letter("L14", order)
    assert checks(district.ask("A14", "L14", order, invoices=listed))["invoices"] == "pass"
    district.letter("L15", order)
    missing = [*listed, {"number": "26322000000000000025", "issued_on": today, "total_fen": 1}]
    assert "R08" in checks(district.ask("A15", "L15", order, invoices=missing))["invoices"]


@pytest.mark.parametrize("name", ["id", "bank", "received_on"])
def test_what_the_hub_writes_nobody_else_does(district: Financing, name: str) -> None:
    told = district.request("A16", "L16", "PO") | {name: "x"}
    with pytest.raises(Invalid, match=r"finance\.request-form"):
        district.call("POST", "/finance/requests", told)


def test_everything_that_was_read_stands_in_the_ledger(district: Financing, order: str) -> None:
    district.letter("L17", order)
    district.ask("A17", "L17", order, key="reading-17")
    refused(district, Forbidden, "A21", "none", order, key="reading-18")
    with district.hub.store.read() as connection:
        rows = ledger_rows.entries_of(connection, "finance-read")
    (granted,) = [row for row in rows if row.ref.startswith("reading-17:")]
    (denied,) = [row for row in rows if row.ref.startswith("reading-18:")]
    assert json.loads(granted.body)["granted"] is True
    assert json.loads(denied.body)["code"] == "finance.letter-unknown"


def test_a_request_whose_answer_was_lost_is_posted_again_and_counted_once(
    district: Financing, order: str
) -> None:
    district.letter("L25", order, max_uses=2)
    for _ in range(3):
        assert district.ask("A25", "L25", order, key="lost").status == 202
    assert district.letter("L25", order, max_uses=2).value["uses_left"] == 1
    district.ask("A26", "L25", order, key="lost")  # another request is another posting
    assert district.letter("L25", order, max_uses=2).value["uses_left"] == 0
    district.ask("A25", "L25", order, key="lost")
    with pytest.raises(Forbidden, match=r"finance\.letter-used-up"):
        district.ask("A25", "L25", order, key="later")


def test_a_holder_whose_asking_breaks_off_is_unknown_with_its_reason(
    district: Financing, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work_on(hub: Any, case: str, item: str) -> object:
        if item == "order":
            raise KeyError(order)
        return worked(hub, case, item)

    worked = at_once.work_on
    monkeypatch.setattr(at_once, "work_on", work_on)
    district.letter("L27", order)
    told = checks(district.ask("A27", "L27", order))
    assert (told["order"], told["seller-standing"]) == ("unknown R99", "pass")
    monkeypatch.undo()
    assert checks(district.look("A27"))["order"] == "pass"


def test_the_letter_may_spell_the_order_s_number_otherwise(district: Financing, order: str) -> None:
    district.letter("L28", f" {order.lower()} ")
    assert checks(district.ask("A28", "L28", order))["letter"] == "pass"


def test_a_large_firm_that_was_asked_and_says_nothing_is_told_with_the_law(
    district: Financing,
) -> None:
    order = district.order("PO-silent", confirmed="", confirmAskDate="2026-03-02")
    district.letter("L29", order)
    [row] = [
        each
        for each in district.ask("A29", "L29", order).value["answer"]["checks"]
        if each["check"] == "confirmation"
    ]
    assert (row["state"], row["codes"]) == ("manual", ["R05"])
    [basis] = row["basis"]
    assert "2026-04-01" in basis and "第十六条" in basis and "核心企业的系统" in basis
    order = district.order("PO-not-asked", confirmed="")
    district.letter("L30", order)
    assert checks(district.ask("A30", "L30", order))["confirmation"] == "unknown"
    told = district.ask("A31", "L30", order, confirmation_asked_on="2026-03-02")
    assert checks(told)["confirmation"] == "manual R05"
