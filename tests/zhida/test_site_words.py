"""Titles before names: units in sentences, purposes, policies; what is unknown keeps its name."""

from __future__ import annotations

import doctest
import os
from pathlib import Path
from typing import Any

from exchange.problems import catalogue
from matters import grants
from zhida import site_words

EXPIRED = {
    "agreement": "hospital-to-police", "until": "2026-11-29", "provider": "hospital",
    "receiver": "public-security", "document": "birth-record", "purpose": "newborn-registration",
}  # fmt: skip


def test_a_sentence_names_units_by_title_with_the_name_behind(town: Any) -> None:
    what, remedy = site_words.describe(town.hub.site, "agreement.expired", EXPIRED)
    police = f"{town.hub.site.units['public-security'].title}（public-security）"
    hospital = f"{town.hub.site.units['hospital'].title}（hospital）"
    assert f"不再向 {police} 提供" in what
    assert f"由 {hospital} 与 {police} 续签" in remedy
    english = site_words.describe(town.hub.site, "agreement.none", EXPIRED, "en")[0]
    assert "(hospital)" in english and "出生记录 (birth-record)" in english


def test_a_unit_that_the_site_does_not_know_keeps_its_name(town: Any) -> None:
    what, _ = site_words.describe(town.hub.site, "agreement.expired", EXPIRED | {"receiver": "x"})
    assert "不再向 x 提供" in what


def test_facts_that_name_units_are_those_of_our_texts() -> None:
    texts = "".join("".join(row.values()) for row in catalogue().values())
    assert [name for name in site_words.UNITS if f"{{{name}}}" not in texts] == ["department"]


def test_what_for_is_our_word_or_the_site_s_only_matter_of_that_purpose(town: Any) -> None:
    assert site_words.purpose("newborn-registration", town.hub.site) == "新生儿出生一件事"
    assert site_words.purpose("meals", town.hub.site) == "meals"


def test_every_purpose_and_department_that_is_shipped_has_a_word() -> None:
    shipped = Path(grants.__file__).parent
    said = {
        line.split(":", 1)[1].split("#")[0].strip()
        for file in shipped.glob("*/matter.yaml")
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("purpose:")
    }
    assert [each for each in said if site_words.purpose(each) == each] == []
    known = site_words.departments(Path("nowhere"))
    vocabulary = grants.load(None)
    holders = {each.department for each in vocabulary.policies.values()}
    holders |= {each.holder for each in grants.vocabulary().facts.values()}
    assert holders <= known.keys()


def test_a_policy_s_title_is_read_from_its_file_and_again_when_it_changes(
    town: Any, tmp_path: Path
) -> None:
    from dataclasses import replace

    site = replace(town.hub.site, folder=tmp_path)
    assert site_words.policy(site, "disabled-employment") == "超比例安排残疾人就业奖励"
    assert site_words.policy(site, "gone") == "gone"
    file = tmp_path / "policies" / "own.yaml"
    file.parent.mkdir()
    file.write_text("title: 甲\n", "utf-8")
    assert site_words.policy(site, "own") == "甲"
    file.write_text("title: 乙\n", "utf-8")
    os.utime(file, ns=(1, 1))
    assert site_words.policy(site, "own") == "乙"
    file.write_text("- [", "utf-8")
    assert site_words.policy(site, "own") == "own"


def test_who_has_only_a_folder_has_titles_if_it_can_be_read(town: Any, tmp_path: Path) -> None:
    folder = town.hub.site.folder
    assert site_words.units_of(folder) == site_words.units(town.hub.site)
    (tmp_path / "units").mkdir()
    (tmp_path / "units" / "a.yaml").write_text("unit: [", "utf-8")
    assert site_words.units_of(tmp_path) == {}


def test_doctests() -> None:
    assert doctest.testmod(site_words).failed == 0
