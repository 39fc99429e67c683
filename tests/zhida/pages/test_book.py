"""Every page of a running town, in both languages, with nothing of a child's on any of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from lxml import html

from exchange import pointer
from sandbox.births import birth
from zhida.pages import book
from zhida.pages.ask import Answer

Asks = Callable[..., Answer]


def texts(answer: Answer) -> str:
    return " ".join(html.fromstring(answer.body.decode()).text_content().split())


def addresses(cases: dict[str, str]) -> list[str]:
    return [
        "/cases",
        f"/cases/{cases['finished']}",
        "/transfers",
        "/parked",
        f"/parked/{cases['parked']}/household",
        f"/parked/{cases['invalid']}/household",
        "/systems",
        "/ledger",
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_whole_and_in_one_language(
    ask: Asks, cases: dict[str, str], language: str
) -> None:
    for address in addresses(cases):
        found = ask(address, lang=language)
        assert found.status == 200, (address, texts(found))
        tree = html.fromstring(found.body.decode())
        assert tree.get("lang") == ("zh-CN" if language == "zh" else "en")
        assert tree.xpath("count(//h1)") == 1
        assert all(table.xpath("caption") for table in tree.xpath("//table"))
        links = [link for link in tree.xpath("//main//a/@href") if not link.startswith("#")]
        assert all(("lang=en" in link) == (language == "en") for link in links), links
        chinese = "".join(tree.xpath("//header//text() | //thead//text() | //h2//text()"))
        assert bool(re.search("[一-鿿]", chinese.replace("中文", ""))) == (language == "zh"), (
            chinese
        )


@pytest.mark.guarantee("G6")
def test_nothing_of_a_child_or_its_parents_is_on_any_page(ask: Asks, cases: dict[str, str]) -> None:
    canaries = {value for number in (901, 902, 903) for value in _private(number)}
    assert len(canaries) > 15
    rows = ask("/transfers").body.decode()
    pages = [ask(address).body.decode() for address in addresses(cases)]
    links = html.fromstring(rows).xpath("//tbody//th/a/@href")
    pages += [ask(link.removeprefix("/zhida")).body.decode() for link in links]
    assert len(pages) > len(addresses(cases))
    assert {value for value in canaries for page in pages if value in page} == set()


def _private(number: int) -> set[str]:
    """Names, numbers and days of the child and its parents that could stand nowhere by chance."""
    told = birth(number)
    people = {who: told.facts[who] for who in ("child", "mother", "father", "certificate")}
    values = {str(value) for value in [*pointer.flatten(people).values(), *told.form.values()]}
    return {v for v in values if len(v) >= 8 or (len(v) >= 3 and v > "一")} - {
        told.facts["facility"]["name"]
    }


def test_no_page_runs_a_script_or_a_style_of_its_own(ask: Asks, cases: dict[str, str]) -> None:
    for address in addresses(cases):
        tree = html.fromstring(ask(address).body.decode())
        assert not tree.xpath("//script[not(@src)] | //style | //*[@style]")
        assert not [n for e in tree.iter() for n in e.attrib if n.startswith("on")]


def test_each_answer_forbids_keeping_framing_and_foreign_scripts(ask: Asks) -> None:
    headers = ask("/cases").headers
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_what_there_is_not_is_told(ask: Asks) -> None:
    for address, code in [
        ("/cases/ffffffff", "case.unknown"),
        ("/cases/%27;--", "case.unknown"),
        ("/transfers/ffff", "pages.nothing"),
    ]:
        found = ask(address)
        assert (found.status, code in texts(found)) == (404, True)
        assert "没有找到" in found.body.decode(), "and not that it can't be shown now"


@pytest.mark.parametrize(
    "query",
    [
        {"state": "<script>"},
        {"state": "open", "matter": "a' OR 1=1"},
        {"after": "x"},
        {"after": "a~b~c"},
        {"matter": "x" * 10_000_000},
        {"lang": "fr"},
    ],
    ids=lambda query: next(iter(query)),
)
def test_a_parameter_that_is_none_is_refused(ask: Asks, query: dict[str, str]) -> None:
    found = ask("/cases", **query)
    assert (found.status, "pages.parameter" in texts(found)) == (400, True)
    assert len(found.body) < 10_000


def test_every_address_has_a_page_and_every_form_too() -> None:
    told: dict[str, Any] = {**book.PAGES, **book.FORMS}
    assert all(callable(page) for page in told.values())
