"""What lets every case of a matter fail is told by ``zhida check``, before the first one comes."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from exchange.errors import Invalid, Problem
from exchange.problems import describe
from tests import how_to_files
from zhida import matter_check, site, site_check

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 28)
MATTER, SYSTEM = "matters/elderly-allowance.yaml", "systems/allowance.yaml"
AGREEMENT, DEMANDS = (
    "agreements/street-to-civil-affairs.yaml",
    "mappings/allowance_application_ylbt.yaml",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example's site with the tutorial's files."""
    found = tmp_path / "site"
    shutil.copytree(ROOT / "sandbox/site", found)
    how_to_files.write_page(ROOT / "docs/tutorial.md", found)
    edit(found / "site.yaml", "[newborn]", "[newborn, elderly-allowance]")
    return found


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new), "utf-8")


def told(folder: Path, day: date = DAY) -> list[Problem]:
    found = site.load(folder)
    try:
        matter_check.check(found, found.matter("elderly-allowance"), day)
    except Invalid as error:
        return list(error.problems)
    return []


def test_what_works_has_nothing_to_tell(folder: Path) -> None:
    assert told(folder) == []
    found = site.load(folder)
    matter_check.check(found, found.matter("newborn"), DAY)


FLAWS = [
    (MATTER, "[application/number]", "[application/numbr]", "site.matter-identity", ("path", "/numbr"), ("nearest", "/number")),
    (MATTER, "stream: applications", "stream: application", "site.no-stream", ("system", "street-front-end"), ("nearest", "applications")),
    (MATTER, "purpose: elderly-allowance", "purpose: allowance", "agreement.purpose", ("agreement", "street-to-civil-affairs"), ("purpose", "allowance")),
    (AGREEMENT, "provider: street", "provider: hub", "agreement.none", ("provider", "street"), ("receiver", "civil-affairs")),
    (AGREEMENT, "[/number, ", "[", "site.withheld", ("path", "/number"), ("use", "identity")),
    (AGREEMENT, "/kind, ", "", "site.withheld", ("path", "/kind"), ("use", "allowance_application_ylbt")),
    (AGREEMENT, "/person/id_number, ", "", "site.withheld", ("path", "/person/id_number"), ("item", "高龄津贴申领登记")),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "fact", "other"), FLAWS)
def test_each_flaw_is_told(
    folder: Path,
    file: str,
    old: str,
    new: str,
    code: str,
    fact: tuple[str, str],
    other: tuple[str, str],
) -> None:
    edit(folder / file, old, new)
    [problem] = told(folder)
    assert problem.code == code
    assert {fact, other} <= set(problem.facts.items())


def test_an_operation_that_there_is_not_is_told_with_its_line_beside_all_else(folder: Path) -> None:
    edit(folder / MATTER, "do: allowance.grant", "do: allowance.grnt")
    edit(folder / MATTER, "[application/number]", "[application/numbr]")
    found = {p.code: p.facts for p in told(folder)}
    assert set(found) == {"matter.no-operation", "site.matter-identity"}
    assert found["matter.no-operation"]["nearest"] == "grant"


def test_what_is_withheld_is_told_beside_a_wrong_stream(folder: Path) -> None:
    edit(folder / AGREEMENT, "provider: street", "provider: hub")
    edit(folder / MATTER, "identity: [application/number]", "identity: [application/numbr]")
    assert [p.code for p in told(folder)] == ["site.matter-identity", "agreement.none"]


def test_a_second_feed_of_a_unit_is_told_apart_by_its_own_name(folder: Path) -> None:
    first = (folder / "systems/street-front-end.yaml").read_text("utf-8")
    second = first.replace("system: street-front-end", "system: street-folder")
    (folder / "systems/street-folder.yaml").write_text(second, "utf-8")
    [problem] = [p for p in told(folder) if p.code == "site.no-system"]
    assert "opens_on" in describe(problem.code, problem.facts)[1]
    edit(folder / MATTER, "{adapter: feed,", "{adapter: street_front_end,")
    assert told(folder) == []


def test_a_flaw_of_the_matter_has_its_line(folder: Path) -> None:
    edit(folder / MATTER, "[application/number]", "[application/numbr]")
    [problem] = told(folder)
    lines = (folder / MATTER).read_text("utf-8").splitlines()
    assert lines[int(problem.facts["line"]) - 1].startswith("identity:")
    assert problem.facts["file"] == "elderly-allowance.yaml"


def test_an_agreement_is_asked_for_today(folder: Path) -> None:
    assert [p.code for p in told(folder, date(2029, 1, 1))] == ["agreement.expired"]


def test_a_field_that_the_mapping_can_do_without_may_be_withheld(folder: Path) -> None:
    edit(folder / AGREEMENT, "/kind, ", "")
    edit(folder / DEMANDS, "/application/kind}", "/application/kind, required: false}")
    assert told(folder) == []
    edit(folder / DEMANDS, "required: false", 'default: "01"')
    assert told(folder) == []


def test_all_that_is_withheld_is_told_at_once(folder: Path) -> None:
    edit(folder / AGREEMENT, "[/number, /person/name, /person/id_number, ", "[/street, ")
    assert [p.facts["path"] for p in told(folder)] == [
        "/number",
        "/person/id_number",
        "/person/name",
    ]


def test_so_it_is_where_the_mapping_has_no_name_for_its_only_document(folder: Path) -> None:
    edit(
        folder / DEMANDS,
        "from: {application: allowance-application}",
        "from: allowance-application",
    )
    edit(folder / DEMANDS, "/application/", "/")
    assert told(folder) == []
    edit(folder / AGREEMENT, "/kind, ", "")
    [problem] = told(folder)
    assert (problem.code, problem.facts["path"]) == ("site.withheld", "/kind")


def test_everything_below_a_place_may_be_named_by_a_star(folder: Path) -> None:
    edit(folder / AGREEMENT, "/person/name, /person/id_number, /person/birth_date", "/person/*")
    assert told(folder) == []


def test_a_system_that_is_wrong_is_told_elsewhere(folder: Path) -> None:
    edit(folder / SYSTEM, "wire: soap", "wire: saop")
    assert told(folder) == []
    edit(folder / SYSTEM, "  operations:", "  operation:")
    assert told(folder) == []


def test_the_check_of_a_site_has_a_row_for_each_flaw(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(folder / MATTER, "[application/number]", "[application/numbr]")
    monkeypatch.setenv("ZHIDA_SITE", str(folder))
    rows = {row["step"]: row for row in site_check.check_site()}
    assert rows["主题 新生儿出生一件事"]["ok"]
    assert not rows["主题 高龄津贴"]["ok"]
    assert "最接近：/number" in rows["主题 高龄津贴"]["what"]
