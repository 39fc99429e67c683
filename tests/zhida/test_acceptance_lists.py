"""The lists as programs get them: nested, with who uses what, and every loss by its clause."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Fatal
from matters import acceptance_file
from zhida import acceptance_lists

SHIPPED = acceptance_file.SHIPPED.read_text("utf-8")


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


def test_figures_tell_what_was_published_and_on_what_they_rest(nowhere: Path) -> None:
    told = acceptance_lists.savings(nowhere)
    figures = {each["figure"]: each for each in told["figures"]}
    share = figures["common-share"]
    assert (share["text"], share["published_text"], share["agrees"]) == ("25.75%", "超过 25%", True)
    assert (share["basis"], figures["filings"]["basis"]) == ("推定", "公开")
    assert figures["submissions"]["published"] is None
    assert figures["submissions"]["published_text"] == "没有公布"
    assert figures["items"]["sentence"].startswith("形成“竣工即验收")
    assert (len(told["process"]), len(told["merged"]), told["added"]) == (46, 3, [])
    assert all(each["instead"] and each["why"] for each in told["process"])
    clauses = told["clauses"]
    assert clauses["losses"] == [] and clauses["kept"] == clauses["checks"] == clauses["inferred"]


def test_every_material_is_told_under_each_item_that_uses_it(nowhere: Path) -> None:
    told = acceptance_lists.procedure(nowhere)
    items = [item for stage in told["stages"] for item in stage["items"]]
    assert (len(told["stages"]), len(items), told["materials"]) == (5, 19, 98)
    under: dict[str, set[str]] = {}
    for item in items:
        for each in item["materials"]:
            under.setdefault(each["material"], set()).add(item["item"])
            assert item["item"] in each["consumers"]
    assert len(under) == 98
    known = acceptance_file.load(acceptance_file.SHIPPED).materials
    assert under == {name: set(each.consumers) for name, each in known.items()}


def test_one_item_is_told_with_whom_it_stands_for(nowhere: Path) -> None:
    (stage,) = acceptance_lists.procedure(nowhere, "quality-supervision")["stages"]
    (item,) = stage["items"]
    assert item["for"] == {"fire": "消防（住建）", "defence": "人防部门"}
    assert item["within"] == "5 个工作日" and item["checks"]


def test_a_misspelt_item_is_answered_with_the_nearest(nowhere: Path) -> None:
    with pytest.raises(Fatal) as caught:
        acceptance_lists.procedure(nowhere, "line-chek")
    assert caught.value.code == "acceptance.no-item"
    assert caught.value.facts["nearest"] == "line-check"


def test_a_loss_is_told_with_its_clause(tmp_path: Path) -> None:
    folder = tmp_path / acceptance_file.FOLDER
    folder.mkdir(parents=True)
    line = "    evidence: [fire-test-report]\n    on_site: true\n    parts: [smoke]\n"
    assert SHIPPED.count(line) == 1
    text = SHIPPED.replace(line, line.replace("    evidence: [fire-test-report]\n", ""))
    (folder / "after.yaml").write_text(text, "utf-8")
    told = acceptance_lists.savings(tmp_path)["clauses"]
    (lost,) = told["losses"]
    assert (lost["check"], lost["clause"], lost["name"]) == (
        "smoke-works", "GB 51251-2017", "fire-test-report"
    )  # fmt: skip
    assert (lost["what"], lost["name_title"]) == ("evidence-gone", "消防设施性能和联动检测报告")
    assert told["kept"] == told["checks"] - 1
