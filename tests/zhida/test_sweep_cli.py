"""``zhida sweep`` in words: every cause once, nothing blank, and what is known of who was not asked."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from exchange import incident, times
from exchange.errors import Problem
from exchange.incident import Trouble
from zhida import sweep_cli
from zhida.sweep import Report


def told(town: Any, report: Report) -> dict[str, Any]:
    return sweep_cli._told(town.hub, report)


def test_each_cause_is_told_once_with_its_own_facts(town: Any) -> None:
    stale = Problem("wire.refused", {"system": "police", "since": times.stamp(town.clock())})
    causes = [Problem("wire.refused", {"peer": "p:1"}), Problem("wire.lost", {"peer": "p:1"})]
    report = Report("birth", "出生", Counter(unknown=2), sick=stale, causes=causes)
    found = told(town, report)["causes"]
    assert [each["code"] for each in found] == ["wire.refused", "wire.lost"]
    assert "p:1" in found[0]["what"]


def test_of_a_system_that_was_not_asked_its_incident_tells_more(town: Any) -> None:
    stale = Problem("wire.refused", {"system": "police", "since": times.stamp(town.clock())})
    [alone] = told(town, Report("birth", "出生", sick=stale))["causes"]
    assert "police" in alone["what"]
    assert "?" not in alone["what"]
    with town.hub.store.write() as connection:
        trouble = Trouble("police", "system", "wire.refused", {"peer": "10.0.0.8:1"})
        incident.begin(connection, trouble, town.clock())
    [known] = told(town, Report("birth", "出生", sick=stale))["causes"]
    assert "10.0.0.8:1" in known["what"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"item": "intake", "states": {}, "next_at": ""}, "没有新来件"),
        ({"item": "intake", "states": {}, "next_at": "2026-01-05T01:02:03.000000Z"}, "09:02:03"),
        ({"item": "birth", "states": {}, "next_at": ""}, "没有到期的办件"),
        ({"item": "intake", "states": {"known": 3}, "next_at": ""}, "已收过 3"),
    ],
)
def test_nothing_is_blank(row: dict[str, Any], words: str) -> None:
    assert words in sweep_cli._came_to(row)
