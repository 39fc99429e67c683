"""``zhida report newborn`` over a district that ran: what it counts agrees with what happened there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange import canonical
from exchange.case import BY_HAND
from exchange.store import ledger_rows
from sandbox.district import District
from sandbox.layout import SYSTEMS, UNITS
from sandbox.world import World
from tests.zhida import newborn_table
from tests.zhida.newborn_table import Row
from tests.zhida.test_newborns import Run
from zhida.cli import app

pytestmark = pytest.mark.timeout(300)
PLAIN, FROM_THE_WARD, ASKED, NO_FATHER, UNMARRIED, DIED, REFUSED = 1, 19, 41, 50, 56, 69, 71
NUMBERS = (PLAIN, FROM_THE_WARD, ASKED, NO_FATHER, UNMARRIED, DIED, REFUSED)
ROWS = [row for row in newborn_table.rows() if row.number in NUMBERS]


@pytest.fixture(scope="module")
def run(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[[District], Any]
) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("report")
    with District(folder, systems=SYSTEMS + UNITS, whole=True) as district:
        town = open_town(district)
        found = Run(town, World(district), ROWS)
        found()
        yield found
        town.close()


def told(run: Run, *options: str) -> str:
    done = CliRunner().invoke(app, ["report", *options], env=run.town.env)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def report(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(run, "newborn", "--json"))
    return found


def counted(item: str) -> Counter[str]:
    return Counter(row.expected[item] for row in ROWS)


def test_every_item_comes_to_what_the_table_says(report: dict[str, Any]) -> None:
    for row in report["items"]:
        if row["item"] == "reply":
            continue
        found = Counter(row["states"])
        del found[BY_HAND]
        found.update({f"{BY_HAND} {state}": number for state, number in row["by_hand"].items()})
        assert found == counted(row["item"]), row["item"]


def test_each_came_once_and_who_had_not_said_everything_once_more(report: dict[str, Any]) -> None:
    visits = report["visits"]
    assert (visits["forms"], visits["completions"], visits["elsewhere"]) == (len(ROWS), 1, 0)
    assert visits["per_case"] == {"count": len(ROWS), "best": 1, "median": 1, "worst": 2}


def test_papers_of_the_registration_are_avoided_where_the_police_got_their_fields(
    run: Run, report: dict[str, Any]
) -> None:
    found = {r["paper"]: r for r in report["paper"]["papers"] if r["item"] == "household"}
    mothers = found["母亲居民身份证"]
    assert (mothers["shared"], mothers["to_bring"], mothers["no_record"]) == (len(ROWS), 0, 0)
    assert found["申报人居民身份证"]["declared"] == len(ROWS)
    fathers = found["父亲居民身份证"]
    assert (fathers["avoided"], fathers["no_record"]) == (len(ROWS) - 1, 1), "one has no father"
    books = run.world.district.system("police").books()
    assert sum(bool(row["cszmbh"]) for row in books) == counted("household")["applied"]


def test_the_reasons_are_the_ledger_s(run: Run, report: dict[str, Any]) -> None:
    with run.town.hub.store.read() as connection:
        bodies = [canonical.loads(e.body) for e in ledger_rows.entries_of(connection, "lane")]
    names = ("item", "state", "reason", "article")
    noted = Counter(tuple(b[n] for n in names) for b in bodies if b["state"] != "skipped")
    by_rule = [row for row in report["reasons"] if row["reason"]]
    assert Counter({tuple(r[n] for n in names): r["cases"] for r in by_rule}) == noted
    codes = {(r["item"], r["code"]): r["cases"] for r in report["reasons"] if r["code"]}
    assert codes["household", "police.refused"] == 1


def test_nothing_was_written_but_by_declared_operations(report: dict[str, Any]) -> None:
    systems = report["systems"]
    assert (systems["changed"], systems["undeclared"]) == (0, 0)
    assert systems["written"] == sum(row["written"] for row in systems["systems"]) > 0
    assert {row["by"] for row in systems["systems"]} == {"oa", "interface"}


def test_documents_and_clocks_are_as_old_as_the_run(report: dict[str, Any]) -> None:
    assert report["cases"]["clock"]["count"] == len(ROWS)
    assert 0 <= report["cases"]["clock"]["best"] <= report["cases"]["clock"]["worst"] < 3600
    fresh = {row["document"]: row for row in report["freshness"]}
    assert fresh["birth-record"]["count"] > len(ROWS)
    assert all(row["gone"] == 0 and row["worst"] < 3600 for row in report["freshness"])


def test_nobody_can_be_told_from_it(run: Run, report: dict[str, Any]) -> None:
    text = json.dumps(report, ensure_ascii=False)
    for row in ROWS:
        for value in _personal(row):
            assert value not in text


def _personal(row: Row) -> Iterator[str]:
    yield row.child.certificate
    for parent in ("mother", "father"):
        known = row.child.facts.get(parent) or {}
        yield from (known[key] for key in ("name", "id_number") if known.get(key))


@pytest.mark.parametrize("columns", ["80", "140"])
def test_a_person_reads_it_and_hands_it_on(run: Run, tmp_path: Path, columns: str) -> None:
    file = tmp_path / "report.md"
    done = CliRunner().invoke(
        app,
        ["report", "matter", "newborn", "-o", str(file)],
        env=run.town.env | {"COLUMNS": columns},
    )
    assert done.exit_code == 0, done.output
    for heading in (
        "总览",
        "材料（件次）",
        "用时",
        "法定期限",
        "离开快速通道的原因",
        "用到的现有系统",
    ):
        assert heading in done.output
        assert f"\n## {heading}\n" in file.read_text("utf-8")
    assert f"受理 {len(ROWS)}：" in file.read_text("utf-8")


def test_a_name_nearly_a_report_s_is_not_taken_for_a_matter(run: Run) -> None:
    done = CliRunner().invoke(app, ["report", "flow"], env=run.town.env)
    assert done.exit_code == 2
    assert "flows" in done.output
    done = CliRunner().invoke(app, ["report", "newborn", "--from", "2026-2-30"], env=run.town.env)
    assert done.exit_code == 2
    assert "2026-2-30" in done.output
    assert (
        json.loads(told(run, "newborn", "--until", "2020-01-01", "--json"))["cases"]["opened"] == 0
    )
