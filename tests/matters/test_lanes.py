"""Where an item goes whose turn has come."""

from __future__ import annotations

from typing import Any

import pytest

from matters import lanes
from matters.lanes import Ask, Lane

RULES: dict[str, Any] = {
    "skip_when": {"absent": "/birth"},
    "halt_when": [{"when": {"present": "/birth/died"}, "reason": "已死亡", "article": "第九条"}],
    "by_hand": {
        "do": "desk.register",
        "when": [
            {"when": {"equal": {"/birth/place": "home"}}, "reason": "非医疗机构内出生"},
            {"when": {"absent": "/birth/father"}, "reason": "须亲子鉴定"},
        ],
    },
}
WHOLE = {"/birth/place": "ward", "/birth/father": "A"}


def lane(fields: dict[str, Any], rules: dict[str, Any] = RULES) -> Lane:
    return lanes.choose(lanes.read(rules), fields)


@pytest.mark.parametrize(
    ("fields", "state", "reason"),
    [
        (WHOLE, "ready", ""),
        ({}, "skipped", ""),
        (WHOLE | {"/birth/died": "2026-01-06"}, "halted", "已死亡"),
        (WHOLE | {"/birth/place": "home"}, "by-hand", "非医疗机构内出生"),
        ({"/birth/place": "home"}, "by-hand", "非医疗机构内出生"),
        ({"/birth/place": "ward"}, "by-hand", "须亲子鉴定"),
    ],
)
def test_the_first_rule_that_holds_decides(fields: dict[str, str], state: str, reason: str) -> None:
    found = lane(fields)
    assert found.state == state
    assert (found.reason.reason if found.reason else "") == reason


def test_without_rules_an_item_is_done() -> None:
    assert lane({}, {}) == Lane("ready")


def test_by_hand_without_reasons_is_always() -> None:
    assert lane(WHOLE, {"by_hand": {"do": "desk.card"}}).state == "by-hand"


ASKS = {
    "asks": [
        {"field": "/declaration/name", "title": "姓名"},
        {
            "field": "/declaration/ethnicity",
            "title": "民族",
            "when": {"not": {"same": ["/birth/mother", "/birth/father"]}},
        },
    ]
}


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"/birth/mother": "01", "/birth/father": "02"}, ["姓名", "民族"]),
        ({"/birth/mother": "01", "/birth/father": "01"}, ["姓名"]),
        ({"/declaration/name": "A", "/birth/mother": "01", "/birth/father": "01"}, []),
        ({"/declaration/name": "A", "/declaration/ethnicity": "02"}, []),
    ],
)
def test_everything_that_is_missing_is_asked_for_at_once(
    fields: dict[str, str], missing: list[str]
) -> None:
    found = lane(fields, ASKS)
    assert [each.title for each in found.missing] == missing
    assert found.state == ("ready" if missing else "skipped")


def test_the_rules_know_every_path_that_they_look_at() -> None:
    assert lanes.read(RULES).paths == ("/birth", "/birth/died", "/birth/place", "/birth/father")
    assert lanes.read(ASKS).asks[0] == Ask("/declaration/name", "姓名")
    assert "/declaration/name" in lanes.read(ASKS).paths
