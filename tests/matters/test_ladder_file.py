"""A ladder's file: what is wrong with it is told with its line, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import ladder_file
from tests.matters.ladders import MEDIATION

SMALL = """\
ladder: small
title: 小
roles: {hub: 中枢, court: 法院}
events:
  opened: {title: 开, by: [hub]}
  noted: {title: 记, by: [hub], marks: true}
  closed: {title: 关, by: [court]}
tracks:
  main:
    title: 主
    states:
      open: {title: 开着, owner: hub}
      shut: {title: 关了, ended: true}
    edges:
      - {event: opened, from: [""], to: open}
      - {event: closed, from: [open], to: shut}
clocks:
  wait: {title: 等, legal: 5 days, article: 示例, owner: court, starts: [opened], stops: [closed]}
"""


def read(tmp_path: Path, text: str) -> list[str]:
    """Codes, with their lines."""
    file = tmp_path / "small.yaml"
    file.write_text(text, "utf-8")
    try:
        ladder_file.load(file)
    except Invalid as error:
        return [f"{each.code}:{each.facts['line']}" for each in error.problems]
    return []


def test_a_right_file_has_no_mistakes(tmp_path: Path) -> None:
    assert read(tmp_path, SMALL) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("by: [court]", "by: [curt]", "ladder.unknown-role:7"),
        ("owner: hub}", "owner: hob}", "ladder.unknown-role:12"),
        ("owner: hub}", "ended: false}", "ladder.owner:12"),
        ("ended: true", "ended: true, owner: hub", "ladder.owner:13"),
        ("event: closed,", "event: shut,", "ladder.unknown-event-name:16"),
        ("from: [open]", "from: [opn]", "ladder.unknown-state:16"),
        ("event: closed, from: [open]", "event: noted, from: [open]", "ladder.mark-moves:16"),
        ("to: shut}", "to: open}", "ladder.unreached:13"),
        ("stops: [closed]", "stops: [close]", "ladder.unknown-event-name:18"),
        ("owner: court", "owner: cort", "ladder.unknown-role:18"),
        ("stops: [closed]", "suspends: noted", "ladder.suspension:18"),
        ("5 days", "5 working days, before: true", "ladder.before:18"),
        ("5 days", "2 hours, before: true", "ladder.before:18"),
        (", marks: true", "", "ladder.idle:6"),
        (
            "closed: {title: 关, by: [court]}",
            "closed: {title: 关, by: [court], once: true}",
            "ladder.once-moves:7",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert SMALL.count(old) == 1
    assert told in read(tmp_path, SMALL.replace(old, new))


def test_an_event_has_one_edge_in_a_state(tmp_path: Path) -> None:
    edge = "      - {event: closed, from: [open], to: shut}\n"
    assert read(tmp_path, SMALL.replace(edge, edge * 2)) == ["ladder.two-edges:17"]


def test_the_shipped_one_has_what_the_district_told() -> None:
    assert set(MEDIATION.roles) >= {"hub", "people", "union", "inspection", "arbitration", "court"}
    assert set(MEDIATION.tracks) == {"dispute", "aid", "response"}
    assert MEDIATION.clocks["promise"].opens, "it opens a right and closes nothing"
