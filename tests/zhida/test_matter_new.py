"""A new matter out of what the site's systems can do: the order follows from the documents."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from matters import matter
from zhida import matter_new, matter_report
from zhida.cli import app

ROOT = Path(__file__).resolve().parents[2]
ITEMS = {
    "birth": "his.birth_record",
    "household": "police.register_birth",
    "insurance": "insurance.enrol",
    "reply": "oa.reply",
}
SAID = (
    "--opens", "oa:form:615", "--set", "title=新生儿落户", "--set", "lead=service-window",
    "--set", "identity=/certificate/number", "--set", "purpose=newborn-registration",
)  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Path:
    found = tmp_path / "site"
    shutil.copytree(ROOT / "sandbox/site", found)
    return found


def run(site: Path, *words: str, answers: str = "") -> Any:
    env = {"ZHIDA_SITE": str(site), "COLUMNS": "200"}
    return CliRunner().invoke(app, ["matter", "new", *words], env=env, input=answers)


def chosen(items: dict[str, str] = ITEMS) -> list[str]:
    return [word for name, do in items.items() for word in ("--item", f"{name}={do}")]


def problems(done: Any) -> set[tuple[str, str]]:
    error = done.exception
    return {(each.code, str(each.facts.get("option", ""))) for each in error.problems}


def test_what_is_written_passes_the_check_as_it_stands(site: Path) -> None:
    done = run(site, "落户", *SAID, *chosen(), "--no-ask", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["file"] == "matters/落户.yaml"
    [row] = matter_report.check(site, "落户", date(2026, 3, 2))
    assert row["ok"], row


def test_the_order_follows_from_who_gives_what(site: Path) -> None:
    """The items may be named in any order."""
    run(site, "new", *SAID, *chosen(dict(reversed(ITEMS.items()))), "--no-ask")
    made = matter.load(site / "matters/new.yaml")
    waits = {name: (item.needs, item.after) for name, item in made.items.items()}
    assert waits == {
        "birth": ((), ()),
        "household": (("birth",), ()),
        "insurance": (("household",), ()),
        "reply": ((), ("insurance", "household", "birth")),
    }
    assert made.items["household"].irreversible
    assert made.identity == ("birth-declaration/certificate/number",)


def test_an_order_of_ones_own_is_added(site: Path) -> None:
    words = ["--needs", "insurance=birth", "--after", "household=birth"]
    run(site, "new", *SAID, *chosen(), *words, "--no-ask")
    items = matter.load(site / "matters/new.yaml").items
    assert items["insurance"].needs == ("household", "birth")
    assert items["household"].after == ("birth",)


def test_every_choice_is_explained_above_or_beside_it(site: Path) -> None:
    run(site, "new", *SAID, *chosen(), "--no-ask")
    text = (site / "matters/new.yaml").read_text("utf-8")
    for told in (
        "牵头单位",
        "共享协议",
        "网络数据安全管理条例第十二条",
        "within:",
        "不可撤销",
        "需要 birth-record",
    ):
        assert told in text


def test_everything_that_is_missing_is_told_at_once(site: Path) -> None:
    done = run(site, "new", "--no-ask")
    assert problems(done) == {
        ("matter.needs-option", each)
        for each in ("opens", "set title=…", "set lead=…", "set identity=…", "item")
    }


def test_everything_that_does_not_exist_is_told_with_the_nearest(site: Path) -> None:
    words = [
        "--opens", "oa:form:616", "--set", "title=甲", "--set", "lead=service-windw",
        "--set", "identity=/x", "--item", "a=police.register_brth", "--needs", "a=b", "--no-ask",
    ]  # fmt: skip
    done = run(site, "new", *words)
    near = {each.facts["value"]: each.facts["nearest"] for each in done.exception.problems}
    assert near == {
        "oa:form:616": "oa:form:615",
        "service-windw": "service-window",
        "police.register_brth": "police.register_birth",
        "b": "a",
    }
    done = run(site, "new", "--set", "titel=x", "--no-ask")
    assert done.exception.facts["nearest"] == "title"
    assert not (site / "matters/new.yaml").exists()


def test_an_identity_is_a_field_that_every_document_has(site: Path) -> None:
    words = [*SAID[:-4], "--set", "identity=/certificate/numbr", *chosen(), "--no-ask"]
    done = run(site, "new", *words)
    assert problems(done) == {("matter.no-choice", "set identity")}
    assert done.exception.facts["nearest"] == "/certificate/number"


def test_a_circle_is_refused_and_nothing_written(site: Path) -> None:
    done = run(site, "new", *SAID, *chosen(), "--needs", "birth=insurance", "--no-ask")
    assert done.exception.code == "matter.circle"
    assert not (site / "matters/new.yaml").exists()


def test_a_matter_that_is_there_is_not_overwritten(site: Path) -> None:
    done = run(site, "newborn", *SAID, *chosen(), "--no-ask")
    assert done.exception.code == "matter.exists"


@pytest.mark.parametrize("name", ["../x", ".x", "a/b", ""])
def test_a_name_that_leads_elsewhere_is_refused(site: Path, name: str) -> None:
    done = run(site, name, *SAID, *chosen(), "--no-ask")
    assert done.exception.code == "system.name"


def test_it_asks_for_what_was_not_said_until_the_answer_exists(site: Path) -> None:
    answers = "\n".join(
        [
            "新生儿落户", "service-windw", "service-window", "oa:form:615", "/certificate/number",
            "his.birth_record", "birth", "police.register_brth", "police.register_birth", "", "",
        ]
    )  # fmt: skip
    done = run(site, "asked", "--ask", answers=answers + "\n")
    assert done.exit_code == 0, done.output
    assert "没有 service-windw，可用：service-window" in done.output
    made = matter.load(site / "matters/asked.yaml")
    assert list(made.items) == ["birth", "register_birth"]
    assert made.items["register_birth"].needs == ("birth",)


def test_corrections_are_no_items() -> None:
    from zhida import site as sites

    told = matter_new.operations(sites.load(ROOT / "sandbox/site"))
    assert "police.register_birth" in told
    assert not {"police.amend_birth", "police.revoke_birth"} & set(told)
