"""Triage rules as a file: what is wrong with it is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import triage_file
from tests.matters.ladders import MEDIATION

SMALL = """\
triage: small
title: 小
rules:
  risk: {title: 有风险, article: 示例, when: {equal: {/case/risk: true}}, beside: response-called}
  late: {title: 快到期, article: 示例, when: {at_most: {/left/limitation: 30}}, to: arbitration}
  other: {title: 其他, article: 示例, to: people}
"""


def read(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "small.yaml"
    file.write_text(text, "utf-8")
    try:
        triage_file.load(file, MEDIATION)
    except Invalid as error:
        return [f"{each.code}:{each.facts.get('line')}" for each in error.problems]
    return []


def test_a_right_file_has_no_mistakes(tmp_path: Path) -> None:
    assert read(tmp_path, SMALL) == []


@pytest.mark.parametrize(
    "path", ["/case/worker/job", "/case/user", "/case/claims/0/amount_fen", "/case/employer/uscc"]
)
def test_what_a_registration_has_may_be_looked_at(tmp_path: Path, path: str) -> None:
    when = "when: {present: " + path + "}, to: court"
    text = SMALL.replace("to: arbitration", "to: union").replace(
        "  other:", f"  own: {{title: 自己的, article: 示例, {when}}}\n  other:"
    )
    assert read(tmp_path, text) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("to: people", "to: peple", "triage.unknown-to:6"),
        ("response-called", "response-call", "triage.unknown-beside:4"),
        ("to: people", "to: aid", "triage.cannot-take:6"),
        ("to: people", "to: response", "triage.cannot-take:6"),
        ("response-called", "aid-granted", "triage.not-the-hubs:4"),
        ("response-called", "diverted", "triage.not-the-hubs:4"),
        ("/case/risk", "/registration/risk", "triage.path:4"),
        ("/left/limitation", "/left/limit", "triage.unknown-period:5"),
        ("/case/risk", "/case/risks", "triage.unknown-field:4"),
        ("/case/risk", "/case/worker/name", "triage.personal:4"),
        ("/case/risk", "/case/facts", "triage.personal:4"),
        ("/case/risk", "/case/worker/age", "triage.unknown-field:4"),
        ("to: people", "to: people, when: {present: /case/x}", "triage.no-last:3"),
        ("when: {at_most: {/left/limitation: 30}}, ", "", "triage.never:6"),
        ("to: people", "beside: aid-applied, to: people", "file.schema:6"),
        (", to: people", "", "file.schema:6"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert SMALL.count(old) == 1
    assert told in read(tmp_path, SMALL.replace(old, new))
