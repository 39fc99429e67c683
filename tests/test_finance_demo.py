"""``make finance`` as a visitor runs it: over the endpoint, with signed requests, and people in their OA."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.finance import WANTED
from tests import visitor

FOLDER = "var/finance"


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("finance")
    done = visitor.run(folder, "sandbox.finance", timeout=400)
    visitor.check_ending(done, "完整的答复（200）", "R11", "税务局")
    found: dict[str, Any] = visitor.summary(folder / FOLDER)
    return found


def states(answer: dict[str, Any]) -> dict[str, str]:
    return {row["check"]: row["state"] for row in answer["answer"]["checks"]}


def test_what_only_people_know_comes_later_and_then_it_is_whole(summary: dict[str, Any]) -> None:
    first, whole = states(summary["first"]), states(summary["whole"])
    assert (first["pledge"], first["opinion"]) == ("unknown", "unknown")
    assert {first[name] for name in first if first[name] != whole[name]} == {"unknown"}
    assert set(whole.values()) == {"pass", "not-due"}
    assert summary["whole"]["answer"]["is_complete"] is True


def test_what_must_not_work_does_not(summary: dict[str, Any]) -> None:
    assert summary["refused"] == WANTED


def test_nobody_s_word_is_the_hub_s(summary: dict[str, Any]) -> None:
    rows = summary["whole"]["answer"]["checks"]
    assert "hub" not in {row.get("source") for row in rows}
    assert {row["check"] for row in rows if row.get("source") == "bank-a"} == {"letter", "account"}
