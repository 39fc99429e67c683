"""Who looks sees why each check came to what it did, changes nothing, and sees values only under his own name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from exchange.errors import Rejected
from exchange.store import finance_rows, ledger_rows
from sandbox import pki
from sandbox.firms import BUYER, SELLERS
from tests.zhida.finance_in_district import Financing, opened
from zhida import finance_answers, finance_requests, finance_show
from zhida.cli import app


@pytest.fixture(scope="module")
def district(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any]
) -> Iterator[Financing]:
    with opened(tmp_path_factory.mktemp("show"), open_town) as found:
        order = found.order("PO-show")
        found.letter("LS1", order)
        found.ask("S1", "LS1", order)
        found.look("S1")
        yield found


@pytest.fixture
def as_told(district: Financing, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    for name, value in district.district.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "180")
    return lambda *words: CliRunner().invoke(app, ["finance", "show", *words])


def told(district: Financing, **more: Any) -> dict[str, Any]:
    desk = finance_answers.desk(district.hub)
    return finance_show.told(desk, finance_show.find(district.hub, "S1"), **more)


def looks(district: Financing) -> list[dict[str, Any]]:
    with district.hub.store.read() as connection:
        rows = ledger_rows.entries_of(connection, "finance-look")
    return [json.loads(row.body) for row in rows]


def test_each_check_tells_what_it_lacks_and_by_which_paper_it_is_known(district: Financing) -> None:
    found = told(district)
    checks = {row["check"]: row for row in found["checks"]}
    assert checks["pledge"]["state"] == "unknown"
    assert checks["pledge"]["lacks"] == ["pledge", "/pledge/is_pledged"]
    order = checks["order"]
    assert order["lacks"] == [] and order["source"] == "core-enterprise" and order["document"]
    assert found["claim"]["state"] == "reserved"
    assert [row["act"] for row in found["reads"]] == ["read", "request"]
    assert {row["item"]: row["state"] for row in found["items"]}["order"] == "applied"


def test_what_says_who_and_how_much_is_shown_by_its_form(district: Financing) -> None:
    text = json.dumps(told(district), ensure_ascii=False)
    for hidden in ("PO-show", BUYER["name"], SELLERS[0]["uscc"], "50000000"):
        assert hidden not in text
    shown = json.dumps(told(district, values=True), ensure_ascii=False)
    assert all(each in shown for each in ("PO-show", BUYER["name"], "50000000"))


def test_who_looks_counts_nothing_and_holds_nothing(district: Financing) -> None:
    request = finance_requests.find(district.hub, "bank-a", "S1")
    assert request is not None
    number = finance_requests.letter_id(district.hub, request.record)
    with district.hub.store.read() as connection:
        before = finance_rows.get_letter(connection, number)
        head = len(ledger_rows.entries_of(connection, "finance-claim"))
    assert told(district)["request"]["/bank"] == "bank-a"
    with district.hub.store.read() as connection:
        assert finance_rows.get_letter(connection, number) == before
        assert len(ledger_rows.entries_of(connection, "finance-claim")) == head


def test_a_loan_and_its_events_stand_there(district: Financing) -> None:
    order = district.order("PO-show-2")
    district.letter("LS2", order)
    district.ask("S2", "LS2", order)
    district.lend("F-S2", "S2")
    desk = finance_answers.desk(district.hub)
    found = finance_show.told(desk, finance_show.find(district.hub, "S2"))
    assert (found["claim"]["state"], found["loan"]["state"]) == ("financed", "open")
    assert "F-S2" not in json.dumps(found)
    assert found["events"] == []


def test_it_is_found_by_every_number_that_it_has(district: Financing) -> None:
    request = finance_show.find(district.hub, "S1", "bank-a")
    for number in (request.case, request.case[:8], str(request.record["id"])):
        assert finance_show.find(district.hub, number).case == request.case
    with pytest.raises(Rejected, match=r"finance\.no-request"):
        finance_show.find(district.hub, "S1", "bank-b")
    with pytest.raises(Rejected, match=r"finance\.no-request"):
        finance_show.find(district.hub, "S404")
    order = district.order("PO-show-3")
    district.letter("LS3", order, bank="bank-b")
    district.ask("S1", "LS3", order, bank="bank-b")
    with pytest.raises(Rejected, match=r"finance\.which-request"):
        finance_show.find(district.hub, "S1")


def test_the_command_shows_tables_and_json(
    district: Financing, as_told: Callable[..., Result]
) -> None:
    done = as_told("S1", "--bank", "bank-a")
    assert done.exit_code == 0, done.output
    assert "核验事项" in done.stdout and "PO-show" not in done.stdout
    done = as_told("S1", "--bank", "bank-a", "--json")
    assert json.loads(done.stdout)["bank"] == "bank-a"


def test_values_are_for_an_operator_with_a_reason_and_each_look_is_written_down(
    district: Financing, as_told: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("S1", "--bank", "bank-a", "--show-values", "--json")
    assert as_told(*words).exit_code != 0  # nobody in particular
    folder = district.district.directory
    monkeypatch.setenv("ZHIDA_OPERATOR", "wang")
    monkeypatch.setenv("ZHIDA_OPERATOR_KEY", str(folder / "operators/wang.key"))
    monkeypatch.setenv("ZHIDA_OPERATOR_PASSWORD", pki.secrets_of(folder)["wang"])
    assert as_told(*words).exit_code != 0  # without a reason
    assert looks(district) == []
    done = as_told(*words, "--reason", "银行来电核对")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["request"]["/order"] == "PO-show"
    [entry] = looks(district)
    assert entry["by"] == "wang" and "PO-show" not in json.dumps(entry)
