"""Tags as data: read with every mistake at once, in the policies' own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import grants, tag_file
from matters.facts import Fact

FACTS = {
    "hi_tech": Fact("hi_tech", "高企", "flag", "science"),
    "revenue_y1": Fact("revenue_y1", "营收", "money", "statistics"),
    "size": Fact("size", "规模", "code", "statistics", {"small": "小型"}),
}


def write(place: Path, text: str) -> Path:
    file = place / "tags.yaml"
    file.write_text(f"tags:\n{text}", "utf-8")
    return file


def test_our_own_tags_are_made_of_facts_that_there_are() -> None:
    tags = tag_file.load(tag_file.SHIPPED, grants.vocabulary().facts)
    assert len(tags) >= 15
    assert all(tag.tests and tag.title for tag in tags.values())


def test_a_site_adds_tags_and_replaces_ours(tmp_path: Path) -> None:
    facts = grants.vocabulary().facts
    write(tmp_path, "  local: {title: 邻区, when: {fact: district, is: '320115'}}\n  own: {title: 自有, when: {fact: hi_tech, is: true}}\n")  # fmt: skip
    found = tag_file.of_site(tmp_path, facts)
    assert found["local"].tests[0].wanted == ("320115",)
    assert {"own", "small_or_micro"} <= set(found)
    assert tag_file.of_site(tmp_path / "none", facts)["local"].tests[0].wanted == ("320114",)


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "  a: {title: 甲, when: {fact: hi_tec, is: true}}\n"
        "  b: {title: 乙, when: {fact: revenue_y1, is: true}}\n"
        "  c: {title: 丙, when: {fact: size, is: tiny}}\n"
        "  hi_tech: {title: 丁, when: {fact: hi_tech, is: true}}\n",
    )
    with pytest.raises(Invalid) as refused:
        tag_file.load(file, FACTS)
    told = [(each.code, each.facts["line"]) for each in refused.value.problems]
    assert told == [
        ("policy.unknown-fact", 2),
        ("policy.kind", 3),
        ("policy.unknown-code", 4),
        ("tag.name-of-a-fact", 5),
    ]
    assert refused.value.problems[0].facts["nearest"] == "hi_tech"


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    file = write(tmp_path, "  a: {titel: 甲, title: 甲, when: {fact: hi_tech, is: true}}\n")
    with pytest.raises(Invalid, match="unknown-key.*nearest=title"):
        tag_file.load(file, FACTS)
