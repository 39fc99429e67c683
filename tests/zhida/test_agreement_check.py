"""A field that an agreement gives is used by its receiver, or ``zhida check`` tells it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from exchange.errors import Invalid, Problem
from sandbox import site_layers
from tests import how_to_files
from zhida import agreement_check, serve_rights, site

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 28)
POLICE, INSURANCE = "agreements/hospital-to-police.yaml", "agreements/window-to-insurance.yaml"
OWN = "agreements/street-to-civil-affairs.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example's site with the tutorial's files: one adapter in code, one described."""
    found = tmp_path / "site"
    shutil.copytree(ROOT / "sandbox/site", found)
    how_to_files.write_page(ROOT / "docs/tutorial.md", found)
    edit(found / "site.yaml", "[newborn]", "[newborn, elderly-allowance]")
    return found


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new, 1), "utf-8")


def told(folder: Path, day: date = DAY) -> list[Problem]:
    try:
        agreement_check.check(site.load(folder), day)
    except Invalid as error:
        return list(error.problems)
    return []


def test_the_example_and_the_tutorial_give_what_is_used(folder: Path) -> None:
    assert told(folder) == []


@pytest.mark.parametrize(
    ("file", "new", "path", "reason"),
    [
        (POLICE, "fields:\n  - /child/weight_g", "/child/weight_g", "not-needed"),
        (POLICE, "fields:\n  - /child/wieght_g", "/child/wieght_g", "-"),
        (INSURANCE, "fields: [/applicant/phone, ", "/applicant/phone", "not-needed"),
    ],
)
def test_a_field_that_is_ignored_or_unknown_is_told(
    folder: Path, file: str, new: str, path: str, reason: str
) -> None:
    edit(
        folder / file,
        "fields:\n" if "\n" in new else "fields: [",
        new + ("\n" if "\n" in new else ""),
    )
    [problem] = told(folder)
    assert problem.code == "site.unused-field"
    assert (problem.facts["path"], problem.facts["reason"]) == (path, reason)
    assert problem.facts["agreement"] == Path(file).stem


def test_what_reaches_the_receiver_another_way_too_is_of_use(folder: Path) -> None:
    edit(folder / INSURANCE, "fields: [", "fields: [/certificate/number, ")
    assert told(folder) == []


@pytest.mark.parametrize("lay", [site_layers.whole, site_layers.by_hand])
def test_the_nine_items_give_what_is_used_with_every_system_and_by_hand(
    tmp_path: Path, lay: Callable[[Path], None]
) -> None:
    folder = tmp_path / "site"
    shutil.copytree(ROOT / "sandbox/site", folder)
    (folder / "matters").mkdir(exist_ok=True)
    (folder / "matters" / "newborn.yaml").write_text("", "utf-8")
    lay(folder)
    (folder / "matters" / "newborn.yaml").unlink(missing_ok=True)
    assert [(p.facts["agreement"], p.facts["path"]) for p in told(folder)] == []
    edit(
        folder / "agreements/hospital-to-police.yaml", "fields:\n", "fields:\n  - /child/weight_g\n"
    )
    assert [p.facts["path"] for p in told(folder)] == ["/child/weight_g"]


def test_a_star_gives_everything_below_it(folder: Path) -> None:
    edit(folder / POLICE, "  - /mother/name\n", "  - /mother/*\n")
    assert [(p.facts["path"], p.facts["reason"]) for p in told(folder)] == [
        ("/mother/nationality", "not-needed")
    ]


def test_a_query_is_given_what_identifies_and_nothing_else(folder: Path) -> None:
    edit(
        folder / "agreements/window-to-hospital.yaml",
        "[/certificate/number]",
        "[/certificate/number, /child/name]",
    )
    [problem] = told(folder)
    assert (problem.facts["path"], problem.facts["mapping"]) == ("/child/name", "identity")


def test_a_described_system_is_asked_too_and_a_probe_counts(folder: Path) -> None:
    mapping = folder / "mappings/allowance_application_ylbt.yaml"
    text = mapping.read_text("utf-8")
    rule = next(line for line in text.splitlines() if "/application/kind}" in line)
    edit(mapping, rule + "\n", "")
    edit(mapping, "ignore:\n", "ignore:\n  - {fields: [/application/kind], reason: not-needed}\n")
    [problem] = told(folder)
    assert (problem.facts["path"], problem.facts["mapping"]) == (
        "/kind",
        "allowance_application_ylbt",
    )
    edit(mapping, "/application/kind], reason: not-needed", "/application/kind], reason: checked")
    assert told(folder) == []


def test_an_agreement_that_has_ended_gives_nothing(folder: Path) -> None:
    edit(folder / POLICE, "fields:\n", "fields:\n  - /child/weight_g\n")
    assert told(folder, date(2029, 1, 1)) == []
    assert len(told(folder, date(2020, 1, 1))) == 1


def test_where_one_receiving_operation_does_not_say_what_it_uses_nothing_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapters import public_security

    edit(folder / POLICE, "fields:\n", "fields:\n  - /child/weight_g\n")
    monkeypatch.delattr(public_security, "requests")
    assert told(folder) == []


def test_what_is_wrong_itself_is_told_with_itself(folder: Path) -> None:
    (folder / "mappings/allowance_application_ylbt.yaml").write_text("mapping: x\n", "utf-8")
    edit(folder / OWN, "fields: [", "fields: [/consent, ")
    assert told(folder) == []


@pytest.mark.parametrize("key", ["notice", "consent"])
def test_data_of_children_travel_only_where_guardians_were_told_or_have_agreed(
    folder: Path, key: str
) -> None:
    file = folder / POLICE
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(each for each in lines if not each.startswith("notice:")), "utf-8")
    (problem,) = told(folder)
    assert problem.code == "site.no-notice"
    assert problem.facts == {"agreement": "hospital-to-police", "document": "birth-record"}
    edit(file, "basis:", f"{key}: 受理时交监护人\nbasis:")
    assert told(folder) == []


def test_data_of_others_need_neither(folder: Path) -> None:
    """Of the tutorial: grown-up people's, under a duty by statute."""
    assert "notice" not in (folder / OWN).read_text("utf-8")
    assert told(folder) == []


def test_what_a_unit_s_program_is_shown_whole_may_be_given_beyond_its_items(folder: Path) -> None:
    """A portal sees the decision at the endpoint; the window's form of the same unit uses less of it."""
    shown = """agreement: shown
provider: service-window
receiver: public-security
document: birth-record
purpose: newborn-registration
basis: 示例
notice: 示例
fields: [/child/weight_g]
valid_from: "2026-01-01"
valid_until: "2030-12-31"
"""
    (folder / "agreements/shown.yaml").write_text(shown, "utf-8")
    serve = """connection: hub_door
clients:
  portal: {title: 门户, unit: UNIT, common_name: portal.example, may: [apply]}
"""
    SHOWS = {**serve_rights.SHOWS, "apply": frozenset({"birth-record"})}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agreement_check, "SHOWS", SHOWS)
        for unit, count in (("service-window", 1), ("public-security", 0)):
            (folder / "serve.yaml").write_text(serve.replace("UNIT", unit), "utf-8")
            found = [each.facts["agreement"] for each in told(folder)]
            assert found == ["shown"] * count
