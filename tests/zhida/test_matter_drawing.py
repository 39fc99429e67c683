"""The picture of a matter: every item, who does it, what can't be undone, until when."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from matters import matter
from zhida import matter_drawing

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def picture() -> ET.Element:
    newborn = matter.load(ROOT / "matters/newborn/matter.yaml")
    return ET.fromstring(matter_drawing.drawn(newborn, {"public-security": "公安分局"}))


def texts(picture: ET.Element, kind: str) -> list[str]:
    return [t.text or "" for t in picture.iter(f"{SVG}text") if t.get("class") == kind]


def test_each_item_stands_in_its_box_with_its_unit_and_its_law(
    picture: ET.Element,
) -> None:
    newborn = matter.load(ROOT / "matters/newborn/matter.yaml")
    names = texts(picture, "name")
    titles = [i.title for i in newborn.items.values() if not i.stands_for]
    assert len(names) == len(titles)
    for name, title in zip(names, titles, strict=True):
        assert title.startswith(name.removesuffix("…"))
    assert "公安分局" in texts(picture, "small")
    assert "限 1 个月（户口登记条例第七条）" in texts(picture, "legal")


def test_what_cannot_be_undone_is_marked_and_nothing_else(picture: ET.Element) -> None:
    newborn = matter.load(ROOT / "matters/newborn/matter.yaml")
    for_ever = sum(i.irreversible for i in newborn.items.values() if not i.stands_for)
    marked = [r for r in picture.iter(f"{SVG}rect") if "for-ever" in r.get("class", "")]
    assert len(marked) == for_ever + 1, "and one in the legend"
    assert texts(picture, "mark") == ["不可撤销"] * for_ever


def test_what_may_go_to_a_person_says_so_in_its_own_box(picture: ET.Element) -> None:
    newborn = matter.load(ROOT / "matters/newborn/matter.yaml")
    people = [i for i in newborn.items.values() if i.lanes.by_hand and not i.stands_for]
    assert texts(picture, "small").count("可转人工") == len(people) > 0


def test_solid_lines_are_needs_and_dashed_ones_only_come_after(
    picture: ET.Element,
) -> None:
    arriving = [p.get("class") for p in picture.iter(f"{SVG}path") if p.get("marker-end")]
    assert "line" in arriving
    assert "line after" in arriving


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", 'a"b&c', "]]>"])
def test_whatever_a_title_holds_is_text(
    title: str, tmp_path: Path, written: Callable[[str], Path]
) -> None:
    found = matter.load(written(title))
    picture = ET.fromstring(matter_drawing.drawn(found, {"tax": title}))
    assert title in texts(picture, "small")
    assert any((t.text or "").endswith(title) for t in picture.iter(f"{SVG}title"))


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(title: str) -> Path:
        quoted = title.replace("\\", "\\\\").replace('"', '\\"')
        path = tmp_path / "small.yaml"
        path.write_text(
            f'matter: small\ntitle: "{quoted}"\nlead: tax\npurpose: p\nretention: 3 years\n'
            'opens_on: [{adapter: oa, unit: tax, stream: "f", gives: form}]\n'
            f'identity: [form/n]\nitems:\n  one: {{title: "{quoted}", unit: tax, do: oa.reply}}\n',
            "utf-8",
        )
        return path

    return write


def test_a_long_title_is_cut_in_the_box_and_whole_in_its_tip(
    written: Callable[[str], Path],
) -> None:
    title = "城乡居民基本医疗保险参保登记与缴费核定"
    picture = ET.fromstring(matter_drawing.drawn(matter.load(written(title)), {}))
    [name] = texts(picture, "name")
    assert name.endswith("…")
    assert title.startswith(name[:-1])
    tips = [t.text or "" for t in picture.iter(f"{SVG}title")]
    assert any(title in tip for tip in tips[1:])


def test_examples() -> None:
    assert doctest.testmod(matter_drawing).failed == 0
