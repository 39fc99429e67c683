"""Transfers by unit and by state; values for whom the site lets see them, and a trace of each look."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from exchange.errors import Retriable
from exchange.ledger import Ledger
from exchange.store import ledger_rows
from sandbox.births import birth
from tests.zhida.pages.test_book import texts
from zhida.pages.ask import Answer

Asks = Callable[..., Answer]


def links(answer: Answer) -> list[str]:
    found = html.fromstring(answer.body.decode()).xpath("//tbody//th/a/@href")
    return [link.removeprefix("/zhida").partition("?")[0] for link in found]


@pytest.fixture
def transfer(ask: Asks) -> str:
    """The newest that the police got from the hospital."""
    got = links(ask("/transfers", unit="public-security"))
    return next(each for each in got if "hospital-to-police" in texts(ask(each)))


def looks(town: Any) -> list[dict[str, Any]]:
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries_of(connection, "transfer-look")
    return [json.loads(row.body) for row in rows]


def test_a_unit_is_shown_what_it_got_and_what_it_gave(ask: Asks) -> None:
    every, got = links(ask("/transfers")), links(ask("/transfers", unit="public-security"))
    gave = links(ask("/transfers", unit="public-security", side="provider"))
    assert got and gave and not set(got) & set(gave)
    assert set(got) | set(gave) <= set(every)
    assert links(ask("/transfers", unit="nobody")) == []


def test_by_state_come_the_transfers_of_such_items(ask: Asks, cases: dict[str, str]) -> None:
    found = ask("/transfers", state="parked")
    assert found.status == 200
    assert links(ask("/transfers", state="refused")) == []


def test_fields_kinds_and_agreements_are_told_by_title_with_what_was_signed_beside(
    ask: Asks, transfer: str
) -> None:
    told = texts(ask(transfer))
    for both in (
        "母亲 身份证件号码 /mother/id_number",
        "出生记录，用于新生儿出生一件事 hospital-to-police",
        "新生儿出生一件事 newborn-registration",
        "出生记录 birth-record",
    ):
        assert both in told, told
    assert "hospital-to-police" in texts(ask("/transfers"))
    assert "出生记录，用于新生儿出生一件事" in texts(ask("/transfers"))


def test_a_code_has_its_meaning_beside_it_in_clear_and_nowhere_else(
    ask: Asks, transfer: str
) -> None:
    assert "居民身份证" not in texts(ask(transfer, user="wang"))
    told = texts(ask(transfer, user="wang", form={"reason": "电话核实"}))
    assert "母亲 身份证件类别 /mother/id_type01 居民身份证" in told, told


def test_the_ledger_tells_why_somebody_looked_and_at_which_transfer(
    ask: Asks, transfer: str
) -> None:
    ask(transfer, user="wang", form={"reason": "核对 <登记>"})
    found = ask("/ledger")
    assert "理由：核对 <登记>" in texts(found)
    assert f"/zhida{transfer}" in html.fromstring(found.body.decode()).xpath("//tbody//td/a/@href")
    assert "溧水区" in texts(found) and "JWS" in texts(found)


def test_without_the_right_a_value_is_dots(ask: Asks, transfer: str) -> None:
    found = ask(transfer)
    assert "•••" in texts(found) and "/child/" in texts(found)
    assert not html.fromstring(found.body.decode()).xpath("//main//form")
    assert html.fromstring(ask(transfer, user="wang").body.decode()).xpath("//main//form")


@pytest.mark.parametrize("user", ["li", "", "admin", "Wang", "wang "])
@pytest.mark.guarantee("G8")
def test_nobody_else_sees_a_value(ask: Asks, town: Any, transfer: str, user: str) -> None:
    before = looks(town)
    found = ask(transfer, user=user, form={"reason": "电话核实"})
    assert (found.status, "pages.not-shown" in texts(found)) == (403, True)
    assert looks(town) == before


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "operator.reason-missing"),
        ("家长来电 13800001111", "operator.reason-personal"),
        ("x" * 501, "operator.reason-long"),
    ],
)
def test_no_value_without_a_reason_that_can_be_kept(
    ask: Asks, town: Any, transfer: str, reason: str, code: str
) -> None:
    before = looks(town)
    found = ask(transfer, user="wang", form={"reason": reason})
    assert (found.status, code in texts(found), looks(town) == before) == (400, True, True)


def test_who_may_sees_what_was_given_and_nothing_held_back_once_it_stands_in_the_ledger(
    ask: Asks, town: Any, transfer: str
) -> None:
    found = ask(transfer, user="wang", form={"reason": "家长来电，核对 <登记> 内容"})
    numbers = {birth(number).form["cszmbh"] for number in (901, 902, 903)}
    told = texts(found)
    assert "•••" not in told, told
    assert any(number in told for number in numbers), told
    entry = looks(town)[-1]
    assert (entry["operator"], entry["user"]) == ("wang", "wang")
    assert entry["reason"] == "家长来电，核对 <登记> 内容"
    assert entry["ref"] == transfer.rpartition("/")[2]
    assert "/child/" in " ".join(entry["disclosed"])
    town.audit()


def test_nothing_is_shown_if_the_ledger_can_not_be_written(
    ask: Asks, town: Any, transfer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise Retriable("store.unavailable", reason="SQLITE_FULL")

    monkeypatch.setattr(Ledger, "commit", full)
    found = ask(transfer, user="wang", form={"reason": "电话核实"})
    assert (found.status, "store.unavailable" in texts(found)) == (503, True)
    assert "/child/" not in texts(found)


def test_a_web_server_without_the_secret_says_so(
    ask: Asks, transfer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZHIDA_KEY_PASSWORD")
    assert ask(transfer).status == 200
    found = ask(transfer, user="wang", form={"reason": "电话核实"})
    assert (found.status, "site.no-variable" in texts(found)) == (503, True)


def test_two_people_with_one_name_in_airflow_are_nobody(
    ask: Asks, town: Any, transfer: str
) -> None:
    file = Path(town.district.env["ZHIDA_SITE"]) / "operators" / "zhao.yaml"
    before = file.read_text("utf-8")
    file.write_text(before + "airflow: wang\n", "utf-8")
    try:
        found = ask(transfer, user="wang", form={"reason": "电话核实"})
        assert (found.status, "pages.not-shown" in texts(found)) == (403, True)
    finally:
        file.write_text(before, "utf-8")
    assert ask(transfer, user="wang", form={"reason": "电话核实"}).status == 200
