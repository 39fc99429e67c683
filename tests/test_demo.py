"""``make demo`` as a visitor runs it, and the summary that it leaves."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests import visitor
from tests.visitor import Done


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    folder = tmp_path_factory.mktemp("demo")
    done = visitor.run(folder, "sandbox.demo", timeout=240)
    return folder / "var/demo", done


@pytest.fixture
def summary(demo: tuple[Path, Any]) -> dict[str, Any]:
    return visitor.summary(demo[0])


def test_it_ends_well_and_says_so(demo: tuple[Path, Done]) -> None:
    visitor.check_ending(demo[1], "核验通过")


def test_each_item_has_its_effect_in_the_targets_own_books(summary: dict[str, Any]) -> None:
    assert [item["item"] for item in summary["items"]] == [
        "birth",
        "marriage",
        "voucher",
        "vaccination",
        "parenting",
        "complete",
        "certificate",
        "household",
        "insurance",
        "premium",
        "card",
        "account",
        "expense",
        "identity-card",
        "reply",
    ]
    for item in summary["items"]:
        if item["item"] == "complete":  # nothing was missing
            assert item["state"] == "skipped"
            continue
        assert item["state"] == "applied"
        assert item["rows"] == 1
        assert item["effect"]
        assert {"title", "unit", "system", "wire"} <= set(item)


def test_what_was_received_and_withheld_is_told_by_unit(summary: dict[str, Any]) -> None:
    assert set(summary["received"]) == {
        "civil-affairs",
        "health",
        "public-security",
        "medical-insurance",
        "tax",
        "human-resources",
        "bank",
        "service-window",
    }
    assert summary["received"]["civil-affairs"] == ["女方证件号码", "男方证件号码"]
    assert {"出生体重", "母亲民族"} <= set(summary["withheld"]["bank"])
    assert "出生体重" in summary["withheld"]["public-security"]
    assert "父亲证件号码" in summary["withheld"]["medical-insurance"]
    for unit, fields in summary["received"].items():
        assert fields
        assert not set(fields) & set(summary["withheld"][unit])


def test_papers_add_up(summary: dict[str, Any]) -> None:
    paper = summary["paper"]
    told = paper["by_exchange"] + paper["by_declaration"] + paper["from_citizen"]
    assert paper["needed"] == told
    assert paper["by_exchange"] == 11
    assert paper["from_citizen"] == 0


def test_the_evidence_is_there_and_the_ledger_has_a_head(
    demo: tuple[Path, Any], summary: dict[str, Any]
) -> None:
    assert zipfile.is_zipfile(demo[0] / "evidence.zip")
    assert summary["evidence"]["verified"] is True
    assert summary["ledger"]["entries"] > 10
    assert summary["ledger"]["head"].count(".") == 2
    assert summary["elapsed_s"] > 0
