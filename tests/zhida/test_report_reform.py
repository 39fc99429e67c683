"""Before and now: what was so in cases that are over, beside a dated baseline; each figure in the ledger."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from typer.testing import CliRunner

from exchange.errors import Invalid, Rejected
from tests.zhida.catalogue_site import NOW, Place, ago, place
from zhida import (
    baseline,
    cli,
    report_chart,
    report_docx,
    report_reform,
    report_reform_findings,
    report_reform_trace,
    report_reform_view,
    report_workbook,
)
from zhida.report_chart import Bar, Chart
from zhida.report_sections import Section

ALL = (None, None)
MOTHER = ["/mother/name", "/mother/id_number", "/certificate/number"]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    found = place(tmp_path)
    yield found
    found.store.close()


def figures(here: Place) -> dict[str, dict[str, Any]]:
    told = report_reform.report(here.watch(), ALL)
    [service] = told["services"]
    return {each["figure"]: each for each in service["figures"]}


def test_the_baseline_has_its_day_its_source_and_who_confirmed_it(here: Place) -> None:
    found = baseline.load(here.watch().site)["newborn"]
    assert (found["materials"].value, found["links"].value) == (20, 7)
    assert found["materials"].as_of == "2021-06-30" and "溧水" in found["materials"].source
    assert found["materials"].confirmed_by == "" and "visits" not in found


def test_what_nobody_knows_of_before_is_unknown_and_somebody_is_to_find_out(here: Place) -> None:
    here.case("c1", ago(days=3), ago(days=1))
    told = report_reform.report(here.watch(), ALL)
    assert figures(here)["visits"]["before"] is None and figures(here)["visits"]["less"] is None
    todo = report_reform_findings.findings(here.watch(), told)
    assert any("跑动" in each.what and "未知" in each.what for each in todo)
    assert any("没有人确认" in each.what for each in todo)
    lead = report_reform_view.lead(told, todo)
    assert "环节 7 → 1 个" in lead and "跑动" not in lead, "what can't be compared is no headline"
    rows = next(report_reform_view.sections(told)).rows
    [visits] = [row for row in rows if row["figure"] == "跑动（次）"]
    assert (visits["before"], visits["median"], visits["less"]) == ("未知", "1", "—")


def test_days_are_working_days_of_what_is_over(here: Place) -> None:
    here.case("c1", ago(days=7), ago(days=3))  # Friday to Tuesday
    here.case("c2", ago(days=7))  # still open
    here.case("c3", ago(days=7), ago(days=1), "cancelled")
    after = figures(here)["working_days"]["after"]
    assert (after["count"], after["median"], after["few"]) == (1, 2, True)


def test_materials_are_what_did_not_arrive_by_exchange(here: Place) -> None:
    case = here.case("c1", ago(days=3), ago(days=1))
    unknown = figures(here)["materials"]["after"]
    assert (unknown["count"], unknown["median"]) == (0, None), "nothing has reached a unit: unknown"
    made = here.document("birth-record", "hospital", "his", ago(days=3))
    here.given(case, "household", "hospital-to-police", made, MOTHER)
    after = figures(here)["materials"]["after"]
    assert after["count"] == 1 and after["median"] is not None


def test_more_than_before_is_said_with_where_to_look(here: Place) -> None:
    here.write("baseline.yaml", _one("working_days: 1"))
    here.case("c1", ago(days=10), ago(days=1))
    told = report_reform.report(here.watch(), ALL)
    [figure] = [f for f in told["services"][0]["figures"] if f["figure"] == "working_days"]
    assert figure["less"] < 0
    todo = report_reform_findings.findings(here.watch(), told)
    assert any("--trace newborn.working_days" in each.do for each in todo)


def test_each_figure_is_followed_to_the_ledger(here: Place) -> None:
    here.case("c1", ago(days=7), ago(days=3))
    rows = report_reform_trace.trace(here.watch(), "newborn.working_days", ALL)
    assert [(row["kind"], row["value"]) for row in rows] == [("case-opened", 2), ("case-closed", 2)]
    assert {row["case"] for row in rows} == {"c1"}
    with pytest.raises(Rejected, match=r"report\.no-figure"):
        report_reform_trace.trace(here.watch(), "newborn.day", ALL)


def test_the_cases_of_other_days_do_not_count(here: Place) -> None:
    here.case("c1", ago(days=7), ago(days=3))
    told = report_reform.report(here.watch(), (NOW.date(), None))
    assert told["services"][0]["opened"] == 0
    assert report_reform_view.lead(told, []).startswith("还没有办件")


def test_a_site_without_a_baseline_still_has_now(here: Place) -> None:
    (here.folder / "baseline.yaml").unlink()
    here.case("c1", ago(days=7), ago(days=3))
    assert figures(here)["working_days"]["before"] is None
    assert report_reform_view.charts(report_reform.report(here.watch(), ALL)) == []


def _one(line: str) -> str:
    return (
        f"baseline:\n  - {{service: newborn, as_of: '2021-06-30', source: 某文件, {line},"
        " confirmed_by: 王某}\n"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (_one("links: 1").replace("newborn", "newbron"), "baseline.no-service"),
        (_one("links: 1") + _one("links: 2").split("\n", 1)[1], "baseline.twice"),
        (_one("links: -1"), "file.schema"),
        (_one("link: 1"), "file.unknown-key"),
    ],
)
def test_mistakes_of_the_baseline(here: Place, text: str, code: str) -> None:
    here.write("baseline.yaml", text)
    with pytest.raises(Invalid) as error:
        baseline.load(here.watch().site)
    assert [each.code for each in error.value.problems] == [code]


# --- as files -----------------------------------------------------------------------------------

SECTIONS = [
    Section("要办的事", {"what": "什么"}, [{"what": "=1+1\n第二行"}]),
    Section("空的", {"n": "数"}, []),
]
CHARTS = [Chart("材料", "份", [Bar("出生", 20, 0), Bar("未知的", None, 2.5)])]


def test_one_chinese_page_as_word(here: Place) -> None:
    data = report_docx.make("标题", "要点一句", SECTIONS, CHARTS, at=NOW)
    paper = Document(io.BytesIO(data))
    texts = [each.text for each in paper.paragraphs]
    assert texts[:2] == ["标题", "要点一句"] and "无" in texts
    assert any(
        text.startswith("出生") and "█" * 20 in text and text.endswith(" 20") for text in texts
    )
    assert any("改革前" in text and text.endswith("未知") for text in texts)
    assert paper.tables[0].cell(1, 0).text == "=1+1\n第二行"
    assert paper.core_properties.author == "直达"
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    assert 'w:eastAsia="SimSun"' in xml, "a Chinese face is named, or Word takes any"


def test_the_workbook_draws_its_charts_from_numbers_and_its_tables_are_text() -> None:
    book = load_workbook(io.BytesIO(report_workbook.make("标题", "=要点", SECTIONS, CHARTS)))
    assert book.sheetnames == ["要点", "图", "要办的事", "空的"]
    assert [cell.value for cell in book["图"][2]][:3] == ["出生", 20, 0]
    assert len(book["图"]._charts) == 1
    assert book["要点"]["A2"].data_type == "s" and book["要办的事"]["A2"].data_type == "s"


def test_a_bar_of_what_is_unknown_is_none() -> None:
    text = report_chart.svg(Chart("<材料>", "份", [Bar("a&b", None, 3)]))
    assert "&lt;材料&gt;" in text and "a&amp;b" in text and "未知" in text
    assert 'class="before"' not in text and text.count("<rect") == 1


def test_the_command_writes_all_files_at_once(here: Place, tmp_path: Path) -> None:
    here.case("c1", ago(days=7), ago(days=3))
    names = [str(tmp_path / f"r.{end}") for end in ("docx", "xlsx", "html", "md")]
    options = [word for name in names for word in ("-o", name)]
    done = CliRunner().invoke(cli.app, ["report", "reform", *options, "--json"], env=here.env)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["headline"].startswith("新生儿出生一件事（办完 1 件")
    assert all(Path(name).stat().st_size > 500 for name in names)
    page = Path(names[2]).read_text("utf-8")
    assert page.index("要办的事") < page.index("<svg") if "<svg" in page else True
    done = CliRunner().invoke(
        cli.app, ["report", "reform", "--trace", "newborn.visits", "--json"], env=here.env
    )
    assert {row["case"] for row in json.loads(done.stdout)} <= {"c1"}
