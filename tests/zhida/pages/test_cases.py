"""Cases: who is waited for, what holds them up; one that can't be read hides no other."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from lxml import html

from exchange.store import case_rows
from exchange.store.case_rows import CaseRow
from tests.zhida.pages.test_book import texts
from zhida.pages import ask as ask_module
from zhida.pages import book, transfers, words
from zhida.pages import cases as cases_module
from zhida.pages.ask import Answer

Asks = Callable[..., Answer]


def test_a_case_tells_who_is_waited_for_and_how_far_it_is(ask: Asks, cases: dict[str, str]) -> None:
    told = texts(ask("/cases"))
    assert cases["parked"][:12] in told and "需人工：出生登记" in told
    done = texts(ask("/cases", state="done"))
    assert cases["finished"][:12] in done and "4/4" in done
    assert cases["finished"][:12] not in told
    assert "4 of 4" in texts(ask("/cases", state="done", lang="en"))


def test_a_case_s_page_tells_what_each_item_waits_for_and_fields_by_title(
    ask: Asks, cases: dict[str, str]
) -> None:
    told = texts(ask(f"/cases/{cases['parked']}"))
    assert "等：出生登记" in told, told
    assert "母亲 身份证件号码 /mother/id_number" in told
    assert "出生记录，用于新生儿出生一件事" in told and "hospital-to-police" in told
    english = texts(ask(f"/cases/{cases['parked']}", lang="en"))
    assert "waits for: 出生登记" in english


def test_no_heading_stands_twice(ask: Asks) -> None:
    for page in ("/systems", "/ledger"):
        tree = html.fromstring(ask(page).body.decode())
        for table in tree.xpath("//h2/following-sibling::*[1][self::table]"):
            assert table.get("class") == "titled"


def test_one_that_can_not_be_read_says_so(ask: Asks, town: Any, cases: dict[str, str]) -> None:
    row = CaseRow("f" * 32, "gone", "x", "2030-01-01T00:00:00.000000Z", "", "open", "none")
    with town.hub.store.write() as connection:
        case_rows.open_case(
            connection,
            row,
            [case_rows.ItemRow("f" * 32, "a", "gone", "ready", "", "{}", "", "", "", "")],
        )
    found = texts(ask("/cases"))
    assert "case.no-definition" in found and cases["parked"][:12] in found
    assert "站点里已经没有的系统10" in texts(ask("/systems"))
    with town.hub.store.write() as connection:
        case_rows.set_item(connection, "f" * 32, "a", {"state": "parked", "code": "agreement.none"})
    found = texts(ask("/parked"))
    assert "case.no-definition" in found and cases["parked"][:12] in found
    assert "case.no-definition" in texts(ask(f"/cases/{'f' * 32}"))
    with town.hub.store.write() as connection:  # no other test is to find it
        connection.exec_driver_sql("DELETE FROM matter_case WHERE id LIKE 'ffff%'")
        connection.exec_driver_sql("DELETE FROM case_item WHERE matter = 'gone'")


@pytest.mark.parametrize("by", ["case", "effect", "number"])
def test_the_box_finds_a_case(ask: Asks, town: Any, cases: dict[str, str], by: str) -> None:
    with town.hub.store.read() as connection:
        effect = next(
            row.effect for row in case_rows.items(connection, cases["finished"]) if row.effect
        )
    words = {"case": cases["finished"][:8].upper(), "effect": effect[:10], "number": "X320117901"}
    found = ask("/find", form={"q": f" {words[by]} "})
    assert (found.status, found.location) == (303, f"/zhida/cases/{cases['finished']}")


@pytest.mark.parametrize(
    "q", ["", "   ", "x" * 101, "ffffffffffff", "张三 李四", "%", "' OR 1=1 --"]
)
def test_what_is_not_found_is_told_and_not_written_back_as_markup(ask: Asks, q: str) -> None:
    found = ask("/find", form={"q": q})
    assert found.status in (400, 404)
    found = ask("/find", form={"q": f"<b>{q[:20]}"})
    assert found.status in (400, 404) and "<b>" not in found.body.decode()


def test_without_the_secret_a_business_number_is_not_looked_for(
    ask: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZHIDA_KEY_PASSWORD")
    found = ask("/find", form={"q": "X320117901"})
    assert "case.no-secret" in texts(found)


def test_every_word_is_in_both_languages() -> None:
    for row in words.table().values():
        assert row["zh"] and row["en"], row


def test_a_list_goes_on_until_all_of_it_was_shown_once(
    ask: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(**query: str) -> tuple[list[str], list[str]]:
        tree = html.fromstring(ask("/transfers", **query).body.decode())
        return tree.xpath("//tbody//th/a/@href"), tree.xpath("//a[@rel='next']/@href")

    every, _ = shown()
    monkeypatch.setattr(transfers, "LIMIT", 2)
    found, following = shown()
    while following:
        rows, following = shown(**dict(parse_qsl(urlsplit(following[0]).query)))
        found += rows
    assert found == every and len(every) > 4


def test_doctests() -> None:
    for module in (cases_module, ask_module, words, book):
        assert doctest.testmod(module).failed == 0
