"""``make guarantees`` counts what really ran and never calls an untested promise kept."""

import doctest
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests import guarantees_report, kills
from tests.guarantees_report import PROMISES, Line

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = """
import pytest

@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("n", [1, 2, 3])
def test_cases(n): pass

@pytest.mark.guarantee("G5")
@pytest.mark.guarantee("G7")
def test_rounds(record_property): record_property("rounds", 50)

@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_kills(store, record_property):
    record_property("rounds", 7)
    record_property("histogram", '["worker", "' + store + '", {"owned": 3, "before owned": 4}]')

@pytest.mark.guarantee("G8")
def test_broken(): assert False

@pytest.mark.guarantee("G9")
def test_skipped(): pytest.skip("no tool")

def test_of_no_promise(): assert False
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The plugin's table over the sample, made in a process of its own."""
    folder = tmp_path_factory.mktemp("sample")
    (folder / "test_sample.py").write_text(SAMPLE, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = guarantee(id): promise\n", "utf-8")
    code = (
        "import pytest; from tests.guarantees_report import Guarantees, histogram, table; g = Guarantees();"
        f"s = pytest.main(['-q', '-p', 'no:cacheprovider', {str(folder)!r}], plugins=[g]);"
        "from datetime import date;print(*table(g.lines, day=date(2026, 11, 23)), *histogram(g.kills), 'status', int(s), sep='\\n')"
    )
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def _row(told: str, promise: str) -> list[str]:
    line = next(line for line in told.splitlines() if line.startswith(f"| {promise} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_cases_of_one_test_are_rounds(told: str) -> None:
    assert _row(told, "G2")[2:5] == ["1", "3", "通过 passed"]


def test_a_test_of_two_promises_counts_for_both_with_the_rounds_it_tells(told: str) -> None:
    assert _row(told, "G5")[2:5] == ["1", "50", "通过 passed"]
    assert _row(told, "G7")[2:5] == ["1", "50", "通过 passed"]


def test_rounds_on_each_store_are_told(told: str) -> None:
    assert _row(told, "G1")[2:4] == ["1", "14"]
    assert _row(told, "G1")[6] == "7 / 7"
    assert _row(told, "G2")[6] == "–"


def test_where_the_kills_fell_is_told_with_their_sum(told: str) -> None:
    one = "owned 3", "before owned 4"
    assert _row(told, "worker") == ["worker", "sqlite", "3", *one]
    assert _row(told, "合计 total") == ["合计 total", "", "6", "owned 6", "before owned 8"]


def test_full_rounds_that_hit_too_little_in_flight_are_no_proof() -> None:
    enough = Counter({"owned": 50, "sent": 400, "applied-not-recorded": 50, "recorded": 9})
    assert guarantees_report.too_few({("worker", ""): enough}) == []
    enough["owned"] -= 1
    assert len(guarantees_report.too_few({("worker", ""): enough})) == 2


def test_examples() -> None:
    for module in (guarantees_report, kills):
        assert doctest.testmod(module).failed == 0


def test_a_failure_and_a_skip_are_told_as_such(told: str) -> None:
    assert _row(told, "G8")[4] == "失败 failed 1"
    assert _row(told, "G9")[4] == "未运行 skipped 1"
    assert told.splitlines()[-1] != "0"


def test_a_promise_without_tests_is_not_in_this_version(told: str) -> None:
    assert _row(told, "G12")[2:5] == ["0", "0", "本版未提供 not in this version"]


def test_other_tests_are_not_run(told: str) -> None:
    assert "test_of_no_promise" not in told


def test_the_page_has_a_line_for_every_promise() -> None:
    page = guarantees_report.page({p: Line() for p in PROMISES}, kills={}, day=date(2026, 11, 23))
    assert [p for p in PROMISES if f"| {p} |" not in page] == []


def test_a_run_of_some_promises_leaves_the_rows_of_the_others() -> None:
    first, second = date(2026, 11, 23), date(2026, 11, 24)
    fell = {("worker", ""): Counter(owned=60)}
    before = guarantees_report.page({p: Line() for p in PROMISES}, kills=fell, day=first)
    again = Line(tests={"t"}, rounds=7, passed=1)
    page = guarantees_report.page({"G5": again}, kills={}, day=second, before=before)
    wanted = before.splitlines()
    place = next(n for n, row in enumerate(wanted) if row.startswith("| G5 |"))
    wanted[place] = wanted[place].replace(
        "| 0 | 0 | 本版未提供 not in this version", "| 1 | 7 | 通过 passed"
    )
    wanted[place] = wanted[place].replace("11-23", "11-24")
    assert page.splitlines() == wanted


def test_every_mark_in_the_tests_names_a_promise_that_is_told() -> None:
    told = (ROOT / "docs" / "guarantees.md").read_text("utf-8")
    assert [p for p in PROMISES if f"| {p} |" not in told] == []


def test_a_run_that_ran_nothing_leaves_the_page_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "report.md"
    page.write_text("as it was\n", "utf-8")
    monkeypatch.setattr(guarantees_report, "REPORT", page)
    monkeypatch.setenv("ZHIDA_ROUNDS", "few")
    monkeypatch.setattr(pytest, "main", lambda *_, **__: 0)
    assert guarantees_report.main(["--help"]) == 0
    assert page.read_text("utf-8") == "as it was\n"
