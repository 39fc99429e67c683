"""What needs a person: which command each of two people runs, and nothing that the page could do for them."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from typing import Any

from lxml import html

from exchange.store import case_rows
from tests.zhida.pages.test_book import texts
from zhida import proposals
from zhida.pages import parked
from zhida.pages.ask import Answer

Asks = Callable[..., Answer]


def commands(answer: Answer) -> list[str]:
    return [str(x) for x in html.fromstring(answer.body.decode()).xpath("//pre//text()")]


def test_each_reason_is_counted_and_leads_to_its_items(ask: Asks, cases: dict[str, str]) -> None:
    tree = html.fromstring(ask("/parked").body.decode())
    rows = {
        row.xpath("string(th/a)"): row.xpath("string(td)")
        for row in tree.xpath("//table[@class='reasons']//tr")[1:]
    }
    assert rows == {"delivery.unknowable": "1", "mapping.missing": "1"}
    found = texts(ask("/parked", code="mapping.missing"))
    assert cases["invalid"][:12] in found and cases["parked"][:12] not in found
    assert "/child/name" in found


def test_what_takes_two_names_both_and_then_the_open_proposal(
    ask: Asks, town: Any, cases: dict[str, str]
) -> None:
    address = f"/parked/{cases['parked']}/household"
    told = "\n".join(commands(ask(address)))
    assert f"zhida parked replay {cases['parked'][:12]} household --reason 理由" in told
    assert "zhida proposal list" in told
    wish = proposals.Wish("give-up", cases["parked"], "household", "对方已撤销 <b>")
    row = proposals.propose(town.hub, town.operator("zhao"), wish)
    again = ask(address)
    assert f"zhida proposal approve {row.id[:12]}" in "\n".join(commands(again))
    assert "提议" in texts(again) and "zhao" in texts(again)
    proposals.reject(town.hub, town.operator("wang", "approve"), row.id, reason="再等等")


def test_an_invalid_one_takes_one_person(ask: Asks, cases: dict[str, str]) -> None:
    told = commands(ask(f"/parked/{cases['invalid']}/household"))
    assert told == [f"zhida parked replay {cases['invalid'][:12]} household"]


def test_what_needs_nobody_has_no_command(ask: Asks, cases: dict[str, str]) -> None:
    found = ask(f"/parked/{cases['finished']}/household")
    assert commands(found) == [] and "没有可做的" in texts(found)


def test_what_an_operator_or_a_peer_wrote_is_text(
    ask: Asks, town: Any, cases: dict[str, str]
) -> None:
    before = {"facts": '{"path":"/child/name","rule":"1"}'}
    with town.hub.store.write() as connection:
        told = {"facts": '{"path":"<img src=x onerror=alert(1)>","rule":"1"}'}
        case_rows.set_item(connection, cases["invalid"], "household", told)
    for address in (
        "/parked",
        f"/parked/{cases['invalid']}/household",
        f"/cases/{cases['invalid']}",
    ):
        body = ask(address).body.decode()
        assert "<img" not in body and "&lt;img" in body
    with town.hub.store.write() as connection:
        case_rows.set_item(connection, cases["invalid"], "household", before)


def test_the_page_has_no_form_but_the_search(ask: Asks, cases: dict[str, str]) -> None:
    tree = html.fromstring(ask(f"/parked/{cases['parked']}/household").body.decode())
    assert [form.get("action") for form in tree.xpath("//form[@method='post']")] == ["/zhida/find"]


def test_doctests() -> None:
    assert doctest.testmod(parked).failed == 0
