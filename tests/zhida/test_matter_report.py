"""``zhida matter check`` tells everything that is wrong with a matter, with its line."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange.errors import Invalid
from zhida import matter_report
from zhida.cli import app

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 3, 2)
NEWBORN = (ROOT / "sandbox/site/matters/newborn.yaml").read_text("utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    found = tmp_path / "site"
    shutil.copytree(ROOT / "sandbox/site", found)
    return found


def draft(site: Path, old: str = "", new: str = "", name: str = "draft") -> Path:
    """The newborn's matter under another name, with one part changed; not enabled."""
    assert old in NEWBORN, old
    text = NEWBORN.replace("matter: newborn", f"matter: {name}", 1)
    path = site / "matters" / f"{name}.yaml"
    path.write_text(text.replace(old, new, 1) if old else text, "utf-8")
    return path


def told(site: Path, which: str = "draft", day: date = DAY) -> list[tuple[str, int]]:
    rows = matter_report.check(site, which, day)
    return [(row["code"], row["line"]) for row in rows]


def line(text: str, after: str = "") -> int:
    """The line of the draft on which this first stands (below ``after``)."""
    lines = NEWBORN.splitlines()
    start = next((n for n, each in enumerate(lines) if after in each), 0) if after else 0
    return next(n for n, each in enumerate(lines) if n >= start and text in each) + 1


def test_one_that_works_is_right_before_it_is_enabled(site: Path) -> None:
    draft(site)
    assert told(site) == [("", 0)]
    assert [row["file"] for row in matter_report.check(site, "", DAY)] == [
        "newborn.yaml",
        "draft.yaml",
    ]


FLAWS = [
    ("lead: service-window", "lead: service-windw", "matter.no-unit", "service-window"),
    ("unit: public-security", "unit: public-securty", "matter.no-unit", "public-security"),
    ("do: public_security.register_birth", "do: public_security.register_brth", "matter.no-operation", "register_birth"),
    ("do: public_security.register_birth", "do: publik_security.register_birth", "matter.no-system", "public_security"),
    ("escalate_to: public-security", "escalate_to: public-securiti", "matter.no-owner", "public-security"),
    ("legal: 1 month", "legal: 999 working days", "calendar.no-year", None),
    ("needs: [birth]", "needs: [brth]", "matter.unknown-item", "birth"),
    ("stream: \"form:615\"", "stream: \"form:616\"", "site.no-stream", "form:615"),
    ("purpose: newborn-registration", "purpose: newborn", "agreement.purpose", None),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "near"), FLAWS)
def test_each_mistake_is_told_with_its_line_and_what_was_meant(
    site: Path, old: str, new: str, code: str, near: str | None
) -> None:
    draft(site, old, new)
    rows = matter_report.check(site, "draft", DAY)
    assert {row["code"] for row in rows} == {code}
    assert all(row["what"] and row["remedy"] for row in rows)
    if code != "agreement.purpose":
        assert rows[0]["line"] == line(old)
    else:
        assert all(row["line"] for row in rows)
    if near:
        assert rows[0]["facts"]["nearest"] == near


def test_several_mistakes_are_told_at_once(site: Path) -> None:
    path = draft(
        site, "unit: hospital\n    do: hospital.birth_record", "unit: hospitl\n    do: x.y"
    )
    text = path.read_text("utf-8").replace("do: oa.reply", "do: oa.replay")
    path.write_text(text.replace("lead: service-window", "lead: nobody"), "utf-8")
    assert sorted(code for code, _ in told(site)) == [
        "matter.no-operation", "matter.no-unit", "matter.no-unit",
    ]  # fmt: skip


def test_a_document_that_nobody_gives_is_told(site: Path) -> None:
    """Without the hospital's item nobody gives the birth record."""
    path = draft(site)
    text = path.read_text("utf-8")
    start, end = text.index("  birth:\n"), text.index("  household:\n")
    changes = text[text.index("changes_on") : text.index("identity: [decl")]
    text = (text[:start] + text[end:]).replace(changes, "").replace("needs: [birth]", "needs: []")
    text = text.replace("after: [birth, ", "after: [").replace("from: birth/", "from: declaration/")
    path.write_text(text, "utf-8")
    rows = matter_report.check(site, "draft", DAY)
    [row] = [row for row in rows if row["code"] == "matter.nobody-gives"]
    assert (row["facts"]["item"], row["facts"]["kind"]) == ("household", "birth-record")
    assert "birth-declaration" in row["facts"]["nearest"]


def test_a_document_that_may_come_too_late_is_told(site: Path) -> None:
    draft(site, "    needs: [birth]\n", "")
    [row] = matter_report.check(site, "draft", DAY)
    assert (row["code"], row["facts"]["giver"]) == ("matter.given-later", "birth")


def test_what_a_person_is_to_do_is_told_where_it_is_written(site: Path) -> None:
    old = "    irreversible: true\n"
    draft(site, old, f"{old}    by_hand:\n      do: desk.register_birth\n")
    [row] = matter_report.check(site, "draft", DAY)
    assert (row["code"], row["line"]) == ("matter.no-system", line("irreversible: true") + 2)


def test_an_agreement_that_is_missing_is_told(site: Path) -> None:
    draft(site)
    (site / "agreements/police-to-insurance.yaml").unlink()
    [row] = matter_report.check(site, "draft", DAY)
    assert (row["code"], row["line"]) == ("agreement.none", line("insurance:"))


def test_a_matter_that_is_called_otherwise_than_its_file_is_told(site: Path) -> None:
    draft(site).rename(site / "matters/other.yaml")
    [row] = matter_report.check(site, "other", DAY)
    assert (row["code"], row["facts"]["want"]) == ("matter.name", "other")


def test_a_wrong_matter_hides_nothing_of_another(site: Path) -> None:
    draft(site, "lead: service-window", "lead: nobody", name="one")
    draft(site, "retention: 3 years", "retention: 3 yeers", name="two")
    assert sorted(code for code, _ in told(site, "")) == ["", "file.schema", "matter.no-unit"]


def test_working_days_past_the_known_years_are_told_before_a_case_comes(site: Path) -> None:
    draft(site, "legal: 1 month", "legal: 15 working days")
    assert told(site) == [("", 0)]
    assert told(site, day=date(2026, 12, 20)) == [("calendar.no-year", line("legal: 1 month"))]


def test_a_typo_in_the_name_is_answered_with_the_nearest(site: Path) -> None:
    draft(site)
    for typo, meant in (("newbron", "newborn"), ("drafd", "draft")):
        with pytest.raises(Invalid) as refused:
            matter_report.check(site, typo, DAY)
        assert (refused.value.code, refused.value.facts["nearest"]) == ("site.no-matter", meant)


# --- the commands ------------------------------------------------------------------------------


def run(site: Path, *words: str) -> Any:
    return CliRunner().invoke(
        app, ["matter", *words], env={"ZHIDA_SITE": str(site), "COLUMNS": "200"}
    )


def test_the_command_fails_if_something_is_wrong_and_speaks_json(site: Path) -> None:
    path = draft(site, "lead: service-window", "lead: nobody")
    done = run(site, "check", str(path), "--json")
    assert done.exit_code == 1
    assert [row["code"] for row in json.loads(done.stdout)] == ["matter.no-unit"]
    done = run(site, "check", "draft")
    assert f"draft.yaml:{line('lead: service-window')}" in done.stdout
    assert run(site, "check", "newborn").exit_code == 0


def test_a_matter_is_drawn_into_a_file_or_printed(site: Path, tmp_path: Path) -> None:
    draft(site)
    file = tmp_path / "draft.svg"
    assert run(site, "draw", "draft", "-o", str(file)).exit_code == 0
    text = file.read_text("utf-8")
    assert "溧水区示例公安分局" in text
    assert run(site, "draw", "draft").stdout.strip() == text.strip()
