"""A joint service that a site has written down itself, about documents of kinds of its own.

From a drop folder over an agreement into a subsidy platform that no adapter knows, its decision
back to the window, and all of it as evidence: no Python in the site.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers.subsidy_platform import SubsidyPlatform
from tests.zhida import meals
from tests.zhida.meals import CARD, DECISION, KIND, Window
from zhida import site


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    return meals.site_files()


@pytest.fixture(scope="module")
def platform() -> Iterator[SubsidyPlatform]:
    with SubsidyPlatform() as peer:
        yield peer


@pytest.fixture(scope="module")
def window(
    town: Any, platform: SubsidyPlatform, tmp_path_factory: pytest.TempPathFactory
) -> Window:
    return meals.window(town, platform.port, tmp_path_factory.mktemp("window"))


def test_the_check_finds_the_site_right_and_tells_its_kinds(window: Window) -> None:
    done, told = window.zhida("check", "--json")
    rows = json.loads(told)
    assert [row for row in rows if not row["ok"]] == [], done
    assert {"数据种类", "映射文件"} <= {row["step"] for row in rows}


def test_a_document_of_the_site_s_kind_goes_the_whole_way(
    window: Window, platform: SubsidyPlatform, tmp_path: Path
) -> None:
    window.apply()
    platform.fault = "lose"
    window.work()
    (case,) = window.cases()
    assert case["state"] == "done"
    _sent(window, platform)
    _shown(window, case["case"])
    _proven(window, case["case"], tmp_path)
    window.town.audit()


def _sent(window: Window, platform: SubsidyPlatform) -> None:
    """Once, although its answer was lost, and no more than the agreements allow."""
    (row,) = platform.rows
    assert row["body"]["person"] == {"name": "钱示例", "idno": CARD}
    assert "糖尿病" not in str(platform.requests)
    (notice,) = (window.folder / "out").glob("*.json")
    assert json.loads(notice.read_text("utf-8")) == {"number": row["id"]}


def _shown(window: Window, case: str) -> None:
    done, told = window.zhida("case", "show", case, "--json")
    assert done == 0
    assert CARD not in told
    found = json.loads(told)
    assert [(item["item"], item["state"]) for item in found["items"]] == [
        ("grant", "applied"),
        ("tell", "applied"),
    ]
    moved = {transfer["item"]: transfer for transfer in found["transfers"]}
    assert moved["grant"]["disclosed"] == ["/person/name", "/person/身份证号", "/编号"]
    assert moved["grant"]["withheld"] == ["/consent", "/person/illness"]
    assert moved["tell"]["disclosed"] == ["/编号"]


def _proven(window: Window, case: str, folder: Path) -> None:
    file = folder / "evidence.zip"
    words = ("evidence", "export", case, "-o", str(file), "--reason", "取证")
    done, _ = window.zhida(*words, operator="li")
    assert done == 0
    trust = str(window.town.district.directory / "trust")
    done, told = window.zhida("evidence", "verify", str(file), "--trust", trust, "--json")
    assert done == 0, told
    kinds = {each["kind"] for each in json.loads(told)["documents"]}
    assert kinds == {KIND, DECISION}
    done, told = window.zhida("evidence", "report", str(file), "--trust", trust)
    assert done == 0
    assert KIND in told


@pytest.mark.parametrize(("card", "right"), [(CARD, True), ("110105194912310021", False)])
def test_an_operation_is_rehearsed_with_a_document_of_the_kind(
    window: Window, tmp_path: Path, card: str, right: bool
) -> None:
    file = tmp_path / "in.json"
    person = {"name": "钱示例", "身份证号": card}
    file.write_text(json.dumps({"meal": {"编号": "ZC000009", "person": person}}), "utf-8")
    words = ["system", "call", "meals", "grant", "--input", str(file), "--dry-run", "--json"]
    done, told = window.zhida(*words)
    assert (done == 0) == right
    assert card not in told


def test_what_is_no_document_of_the_kind_opens_no_case(
    window: Window, platform: SubsidyPlatform
) -> None:
    before, sent = len(window.cases()), len(platform.rows)
    window.apply(bh="ZC1")
    window.apply(ty="否")
    window.work()
    assert (len(window.cases()), len(platform.rows)) == (before, sent)


def test_a_kind_that_changed_counts_for_the_next_message(
    window: Window, platform: SubsidyPlatform
) -> None:
    file = window.town.district.directory / "site" / "documents" / f"{KIND}.yaml"
    text = file.read_text("utf-8")
    before = len(window.cases())
    try:
        file.write_text(text.replace("maxLength: 40", "maxLength: 2"), "utf-8")
        window.apply()
        window.work()
        assert len(window.cases()) == before
    finally:
        file.write_text(text, "utf-8")
    window.apply()
    window.work()
    assert len(window.cases()) == before + 1


def test_a_kind_s_file_that_is_broken_loses_no_message(
    window: Window, platform: SubsidyPlatform
) -> None:
    file = window.town.district.directory / "site" / "documents" / f"{KIND}.yaml"
    text = file.read_text("utf-8")
    before = len(window.cases())
    try:
        file.write_text(text.replace("type: boolean", "type: number"), "utf-8")
        window.apply()
        window.work()
        assert len(window.cases()) == before
        _, told = window.zhida("check", "--json")
        wrong = [row for row in json.loads(told) if not row["ok"]]
        assert ("数据种类", "shape.no-type") in {(row["step"], row["code"]) for row in wrong}
        assert all(row["remedy"] for row in wrong)
    finally:
        file.write_text(text, "utf-8")
    window.town.clock.skip(3600)
    window.work()
    assert len(window.cases()) == before + 1


def test_there_is_no_python_in_the_site(town: Any) -> None:
    folder = town.district.directory / "site"
    assert list(folder.rglob("*.py")) == []
    assert site.load(folder).matter("elderly-meals").title == "老年助餐补贴一件事"
