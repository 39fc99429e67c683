"""A bank tells of its loan over REST: what is settled stays, and every attempt to change it is told and recorded."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange.errors import Forbidden, Invalid, Rejected
from exchange.store import case_rows, ledger_rows
from tests.zhida.finance_in_district import Financing, checks, opened
from zhida import finance_claims, finance_loans, report_finance
from zhida.cli import app
from zhida.watch import Watch


@pytest.fixture(scope="module")
def district(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any]
) -> Iterator[Financing]:
    with opened(tmp_path_factory.mktemp("after"), open_town) as found:
        found.to_noon()
        yield found


@pytest.fixture
def name(district: Financing, request: pytest.FixtureRequest) -> str:
    """A request that was answered, of an order of its own; its loan is to have the same number."""
    found = str(zlib.crc32(request.node.name.encode()))
    order = district.order(f"PO-{found}")
    district.letter(f"L{found}", order)
    district.ask(found, f"L{found}", order)
    return found


def code(kind: type[Exception], call: Callable[..., Any], *told: Any, **more: Any) -> str:
    with pytest.raises(kind) as error:
        call(*told, **more)
    return str(getattr(error.value, "code", ""))


def claim(district: Financing, name: str) -> str:
    found = finance_loans.find(district.hub, "bank-a", name)
    assert found is not None
    return finance_claims.standing(district.hub, case=found.row.request, bank="bank-a").state


@pytest.mark.parametrize(
    "asked",
    [
        *("/finance/events?limit=0", "/finance/events?limit=501", "/finance/events?after=x"),
        *(f"/finance/events?after={2**53}", "/finance/events?after=-1"),
        "/finance/reconciliation/2026-01-05?rows=yes",
    ],
)
def test_a_query_is_taken_as_it_is_written_or_not_at_all(district: Financing, asked: str) -> None:
    assert code(Invalid, district.call, "GET", asked) == "serve.query"


def test_a_loan_is_taken_once_and_turns_the_claim_into_a_financed_one(
    district: Financing, name: str
) -> None:
    first = district.lend(name, name)
    assert (first.status, first.headers["Location"]) == (201, f"/finance/loans/{name}")
    assert (first.value["state"], first.value["amount_fen"]) == ("open", 50_000_000)
    assert district.lend(name, name).value == first.value
    assert claim(district, name) == "financed"
    assert code(Rejected, district.lend, name, name, amount_fen=1) == "finance.loan-conflict"
    assert code(Rejected, district.lend, f"{name}-2", name) == "finance.loan-of-request"
    assert claim(district, name) == "financed"
    leave = f"/finance/requests/{name}/withdrawal"
    assert code(Rejected, district.call, "POST", leave) == "finance.loan-of-request"
    assert claim(district, name) == "financed"


def test_a_loan_rests_on_a_request_of_its_bank_and_is_not_above_it(
    district: Financing, name: str
) -> None:
    assert code(Rejected, district.lend, name, "none") == "finance.no-request"
    assert code(Rejected, district.lend, name, name, bank="bank-b") == "finance.no-request"
    more = code(Rejected, district.lend, name, name, amount_fen=50_000_001)
    assert more == "finance.more-than-reserved"
    assert finance_loans.find(district.hub, "bank-a", name) is None
    assert district.lend(name, name, amount_fen=40_000_000).status == 201


@pytest.mark.parametrize("body", [{"id": "x"}, {"bank": "bank-a"}, []])
def test_what_the_hub_writes_nobody_else_does(district: Financing, body: Any) -> None:
    assert code(Invalid, district.call, "POST", "/finance/loans", body) == "finance.loan-form"


def test_days_and_amounts_are_looked_at(district: Financing, name: str) -> None:
    assert code(Invalid, district.lend, name, name, due_on="2026-01-01") == "finance.days"
    assert code(Invalid, district.lend, name, name, paid_out_on="2099-01-01") == "finance.days"
    assert code(Forbidden, district.lend, name, name, rate="5%") == "finance.not-agreed"


def test_a_loan_that_was_repaid_is_over_and_its_order_free(district: Financing, name: str) -> None:
    district.lend(name, name)
    assert district.tell(name, "1", "repaid-in-part", amount_fen=20_000_000).status == 201
    last = district.tell(name, "2", "repaid", amount_fen=30_000_000)
    assert (last.value["state"], last.value["repaid_fen"]) == ("repaid", 50_000_000)
    assert "动产融资登记" in last.value["release"]
    assert claim(district, name) == "released"
    order = f"PO-{name}"
    district.letter(f"M{name}", order, bank="bank-b")
    second = district.ask(f"B{name}", f"M{name}", order, bank="bank-b")
    assert checks(second)["duplicates"] == "pass"


def test_the_release_of_its_registration_is_looked_up_by_a_person(
    district: Financing, name: str
) -> None:
    district.lend(name, name)
    found = finance_loans.find(district.hub, "bank-a", name)
    assert found is not None
    district.turn()
    with district.hub.store.read() as connection:
        [waits] = case_rows.items(connection, found.row.case)
    assert waits.state == "waiting"
    district.tell(name, "1", "repaid", amount_fen=50_000_000)
    for _ in range(2):
        district.turn()
    with district.hub.store.read() as connection:
        [item] = case_rows.items(connection, found.row.case)
        names = case_rows.documents(connection, found.row.case)
    assert item.state == "applied", (item.code, item.facts)
    assert district.hub.archive.get(names["pledge"]).record["is_pledged"] is False


def test_the_same_message_again_changes_nothing_and_another_under_its_number_is_refused(
    district: Financing, name: str
) -> None:
    district.lend(name, name)
    told = {"amount_fen": 20_000_000}
    first = district.tell(name, "1", "repaid-in-part", **told)
    again = district.tell(name, "1", "repaid-in-part", **told)
    assert (first.status, again.status, again.value) == (201, 200, first.value)
    other = code(Rejected, district.tell, name, "1", "repaid-in-part", amount_fen=1)
    assert other == "finance.loan-message-conflict"
    assert district.call("GET", f"/finance/loans/{name}").value == first.value


def test_what_contradicts_a_settled_fact_is_refused_and_recorded(
    district: Financing, name: str
) -> None:
    district.lend(name, name)
    district.tell(name, "1", "repaid", amount_fen=50_000_000)
    same = district.tell(name, "2", "repaid", amount_fen=50_000_000)
    assert (same.value["state"], same.value["repaid_fen"]) == ("repaid", 50_000_000)
    for number, event, amount in [("3", "repaid-in-part", 5), ("4", "repaid", 5)]:
        found = code(Rejected, district.tell, name, number, event, amount_fen=amount)
        assert found == "finance.loan-settled"
    assert code(Rejected, district.tell, name, "5", "called-off") == "finance.loan-settled"
    loan = finance_loans.identifier(district.hub, "bank-a", name)
    with district.hub.store.read() as connection:
        rows = ledger_rows.entries_of(connection, "finance-loan-refused", loan)
    assert len(rows) == 3
    assert all("finance.loan-settled" in str(row.body) for row in rows)


def test_amounts_days_and_payers_are_refused_with_their_codes(
    district: Financing, name: str
) -> None:
    district.lend(name, name)
    payer = {"uscc": "91320116MA0000015Y"}
    tries: list[tuple[str, dict[str, Any]]] = [
        ("finance.loan-sum", {"event": "repaid", "amount_fen": 1}),
        ("finance.loan-amount", {"event": "repaid-in-part"}),
        ("finance.loan-day", {"event": "called-off", "on": "2026-01-01"}),
        ("finance.loan-payer", {"event": "credit", "amount_fen": 1}),
        ("finance.loan-payer", {"event": "called-off", "payer": payer}),
    ]
    for wanted, told in tries:
        event = told.pop("event")
        assert code(Rejected, district.tell, name, "1", event, **told) == wanted
    credit = district.tell(name, "1", "credit", amount_fen=7, payer=payer, reference="R-1")
    checked = district.tell(name, "2", "account-checked")
    assert (credit.value["credited_fen"], checked.value["account_checked_until"]) == (
        7,
        district.today,
    )


def test_another_bank_s_loan_looks_as_if_it_were_not_there(district: Financing, name: str) -> None:
    district.lend(name, name)
    path = f"/finance/loans/{name}"
    assert code(Rejected, district.call, "GET", path, bank="bank-b") == "finance.no-loan"
    told = code(Rejected, district.tell, name, "1", "called-off", bank="bank-b")
    assert told == "finance.no-loan"


def reconciled(district: Financing, day: str, bank: str = "bank-a", rows: str = "?rows=1") -> Any:
    return district.call("GET", f"/finance/reconciliation/{day}{rows}", bank=bank).value


def test_a_day_that_is_over_can_be_compared_line_by_line(district: Financing, name: str) -> None:
    day = district.today
    district.lend(name, name)
    district.tell(name, "1", "repaid-in-part", amount_fen=20_000_000)
    district.look(name, key=f"look-{name}")
    district.town.clock.skip(2 * 24 * 3600)
    told = reconciled(district, day)
    due = district.call("GET", f"/finance/loans/{name}").value["due_on"]
    assert f"loans|{name}|50000000|{day}|{due}" in told["rows"]
    assert f"messages|{name}|1|repaid-in-part|{day}|20000000" in told["rows"]
    assert f"readings|read|look-{name}" in told["rows"]
    text = "".join(f"{each}\n" for each in sorted(told["rows"]))
    assert told["digests"]["all"] == hashlib.sha256(text.encode()).hexdigest()
    assert sum(told["counts"].values()) == len(told["rows"])
    loans = [row.split("|") for row in told["rows"] if row.startswith("loans|")]
    assert told["sums_fen"]["paid_out"] == sum(int(row[2]) for row in loans)
    assert reconciled(district, day, rows="") == {k: v for k, v in told.items() if k != "rows"}
    assert name not in str(reconciled(district, day, "bank-b"))


@pytest.mark.parametrize("day", ["today", "2099-01-01", "2026-1-1", "x"])
def test_a_day_that_is_not_over_is_not_compared(district: Financing, day: str) -> None:
    wanted = district.today if day == "today" else day
    path = f"/finance/reconciliation/{wanted}"
    assert code(Rejected, district.call, "GET", path) == "finance.reconciliation-day"


def test_the_report_tells_what_each_bank_has_done(
    district: Financing, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = Watch(district.hub.site, district.hub.store, district.hub.clock)
    before = report_finance.report(watching)["banks"][0]
    district.lend(name, name)
    district.tell(name, "1", "repaid", amount_fen=50_000_000)
    code(Forbidden, district.ask, f"{name}-x", "none", "PO-none")
    after = report_finance.report(watching, bank="bank-a")["banks"][0]
    assert after["loans"]["repaid"] == before["loans"]["repaid"] + 1
    assert after["loans"]["repaid_fen"] == before["loans"]["repaid_fen"] + 50_000_000
    unknown = "finance.letter-unknown"
    assert after["refused"][unknown] == before["refused"].get(unknown, 0) + 1
    tomorrow = date.fromisoformat(district.today) + timedelta(1)
    later = report_finance.report(watching, bank="bank-a", days=(tomorrow, None))["banks"][0]
    assert (later["loans"]["repaid"], later["counted"]["request"]) == (0, 0)
    assert code(Forbidden, report_finance.report, watching, bank="x") == "finance.not-a-bank"
    for key, value in district.district.env.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("COLUMNS", "160")
    shown = CliRunner().invoke(app, ["report", "finance", "--bank", "bank-a"])
    assert shown.exit_code == 0, shown.output
    assert "已还本金" in shown.stdout
    assert unknown in shown.stdout
    assert "没有这份授权书" in shown.stdout, "in words, not by its code alone"
    traced = CliRunner().invoke(app, ["report", "finance", "--trace", "bank-a.repaid", "--json"])
    rows = json.loads(traced.stdout)
    assert sum(row["value"] for row in rows) == after["loans"]["repaid_fen"]
    wrong = CliRunner().invoke(app, ["report", "finance", "--since", "x"])
    assert wrong.exit_code == 2
