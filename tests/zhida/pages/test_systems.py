"""Systems as they are: one that is down, one in shadow, what waits, whom to call, what ends soon; and the ledger."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from exchange import circuit, times
from exchange.store import delivery_rows, incident_rows
from exchange.store.delivery_rows import CircuitRow
from exchange.store.incident_rows import IncidentRow
from tests.zhida.pages.test_book import texts
from zhida import certificate_view, ledger_check, leg_switch, system_state
from zhida.pages.ask import Answer
from zhida.watch import Watch

Asks = Callable[..., Answer]


def row(answer: Answer, system: str) -> str:
    tree = html.fromstring(answer.body.decode())
    (found,) = tree.xpath(f"//table[@data-refresh]//tr[th/code='{system}']")
    return " ".join(found.text_content().split())


def test_each_system_is_up_or_says_since_when_not(ask: Asks, town: Any) -> None:
    assert "正常" in row(ask("/systems"), "police")
    now = town.clock()
    later = times.stamp(now + timedelta(minutes=5))
    down = CircuitRow("police", 3, later, times.stamp(now), "wire.refused")
    slow = CircuitRow("insurance", 0, times.stamp(now), times.stamp(now), "", 1)
    with town.hub.store.write() as connection:
        delivery_rows.put_circuit(connection, down)
        delivery_rows.put_circuit(connection, slow)
    found = ask("/systems")
    assert "中断" in row(found, "police") and "连续失败 3 次" in row(found, "police")
    assert "缓慢" in row(found, "insurance")
    town.clock.skip(600)
    assert "不稳定" in row(ask("/systems"), "police")
    with town.hub.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM circuit")


def test_the_mode_of_a_leg_and_who_put_it_there(ask: Asks, town: Any) -> None:
    system = town.hub.site.system("insurance")
    who = town.operator("zhao")
    leg_switch.switch(town.hub, who, system, wanted="shadow", reason="试运行 <i>一周</i>")
    found = row(ask("/systems"), "insurance")
    assert "影子运行" in found and "zhao" in found and "<i>" in found
    assert "shadow" in row(ask("/systems", lang="en"), "insurance")
    leg_switch.switch(town.hub, who, system, wanted="live", reason="")


def test_what_waits_and_what_is_held_is_counted(
    ask: Asks, town: Any, cases: dict[str, str]
) -> None:
    watch = Watch(town.hub.site, town.hub.store, town.clock)
    told = {each["system"]: each for each in system_state.every(watch)}
    assert (told["police"]["held"], told["police"]["waiting"]) == (2, 0)
    assert row(ask("/systems"), "police").endswith("0 2")


def test_why_a_system_does_not_answer_is_told_with_its_facts(ask: Asks, town: Any) -> None:
    facts = {"peer": "10.0.0.7:8443"}
    with town.hub.store.write() as connection:
        for _ in range(3):
            circuit.failed(connection, "police", "wire.refused", town.clock(), facts=facts)
    found = row(ask("/systems"), "police")
    assert "10.0.0.7" in found and "?" not in found
    with town.hub.store.write() as connection:
        circuit.answered(connection, "police", town.clock())


def test_an_incident_says_whom_to_call(ask: Asks, town: Any) -> None:
    told = IncidentRow(
        "police-9", "police", "system", "wire.refused", "{}", times.stamp(town.clock())
    )
    with town.hub.store.write() as connection:
        incident_rows.add(connection, told)
    found = texts(ask("/systems"))
    assert "police-9" in found and "还没有人知晓" in found
    with town.hub.store.write() as connection:
        incident_rows.change(connection, "police-9", closed_at=times.stamp(town.clock()))
    assert "police-9" not in texts(ask("/systems"))


def test_a_certificate_is_told_a_month_before_its_end_and_after_it(town: Any) -> None:
    watch = Watch(town.hub.site, town.hub.store, town.clock)
    assert certificate_view.ending(watch) == []
    end = min(
        times.instant(each["valid_until"])
        for each in certificate_view.ending(
            Watch(watch.site, watch.store, lambda: times.instant("2200-01-01T00:00:00.000000Z"))
        )
    )
    for before, days in ((timedelta(days=20), 20), (timedelta(days=-2), -2)):
        at = end - before
        found = certificate_view.ending(Watch(watch.site, watch.store, lambda at=at: at))
        assert found[0]["days"] == days
        assert {each["kind"] for each in found} <= {"unit", "operator", "authority"}
    assert (
        certificate_view.ending(Watch(watch.site, watch.store, lambda: end - timedelta(days=31)))
        == []
    )


def test_the_ledger_tells_its_head_and_when_it_was_verified(
    ask: Asks, town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = texts(ask("/ledger"))
    assert "还没有核验过" in found and "没有外部树头可比" in found
    watch = Watch(town.hub.site, town.hub.store, town.clock)
    _, _, problems = ledger_check.whole(watch, heads=[], new=False)
    assert problems == []
    size = ledger_check.status(watch)["size"]
    assert f"到第 {size} 条" in texts(ask("/ledger"))
    assert str(size - 1) in texts(ask("/ledger"))
    mark = Path(town.district.env["ZHIDA_VAR"]) / ledger_check.MARK
    mark.write_bytes(mark.read_bytes().replace(b'"', b"'", 2))
    assert "还没有核验过" in texts(ask("/ledger"))
    mark.unlink()


def test_older_entries_are_a_page_away_and_the_end_is_the_end(ask: Asks) -> None:
    seen: list[int] = []
    address = {"before": ""}
    while True:
        tree = html.fromstring(ask("/ledger", **address).body.decode())
        seen += [int(text) for text in tree.xpath("//table[@class='rows']//tbody//th/text()")]
        link = tree.xpath("//a[@rel='next']/@href")
        if not link:
            break
        address = {"before": link[0].rpartition("=")[2]}
    assert seen == list(range(seen[0], -1, -1))
    assert ask("/ledger", before="99999999999").status == 200
    assert ask("/ledger", before="-1").status == 400


def test_doctests() -> None:
    for module in (certificate_view, system_state):
        assert doctest.testmod(module).failed == 0
