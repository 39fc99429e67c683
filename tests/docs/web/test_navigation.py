"""Every page is in the site's navigation once, and leads to nothing that the site has not."""

from __future__ import annotations

import doctest
import re
from collections import Counter
from pathlib import Path

from docs.web import navigation

DOCS = Path(__file__).resolve().parents[3] / "docs"
_IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
_LINK = re.compile(r"\]\(([^)\s#]+)")
_FENCE = re.compile(r"^```.*?^```", re.M | re.S)


def pages(folder: Path) -> dict[str, str]:
    """Every page, without its snippets."""
    return {
        str(file.relative_to(folder).with_suffix("")): _FENCE.sub("", file.read_text("utf-8"))
        for file in folder.rglob("*.md")
    }


def faults(folder: Path) -> list[str]:
    """Pages that no index places, that several do, and places where no page is."""
    counts = Counter(target for _, target in navigation.places(folder))
    known = set(pages(folder))
    found = [f"nowhere: {page}" for page in known - set(counts) - {"README"}]
    found += [f"twice: {page}" for page, count in counts.items() if count > 1]
    return sorted(found + [f"missing: {page}" for page in set(counts) - known])


def test_its_examples() -> None:
    assert doctest.testmod(navigation) == (0, 4)


def test_every_page_is_placed_once() -> None:
    assert faults(DOCS) == []


def test_a_page_without_its_place_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "how-to").mkdir()
    (tmp_path / "README.md").write_text(
        "- [a](how-to/README.md)\n- [b](gone.md)\n- [c](twice.md)\n"
    )
    (tmp_path / "how-to/README.md").write_text("## x\n\n- [c](../twice.md)\n\nSee [d](alone.md).\n")
    for name in ("twice.md", "how-to/alone.md"):
        (tmp_path / name).write_text("# x\n")
    assert faults(tmp_path) == ["missing: gone", "nowhere: how-to/alone", "twice: twice"]


def test_an_index_page_gets_its_trees() -> None:
    told = navigation.toctrees(
        "README", "## 教程\n\n- [a](tutorial.md)\n\n## 查\n\n- [b](site.md)\n"
    )
    assert told.count("{toctree}") == 2
    assert ":caption: 教程\n\ntutorial\n```" in told


def test_no_page_leads_out_of_the_site() -> None:
    """What lies beside docs/ is named, not linked to: the site has not got it."""
    for page, text in pages(DOCS).items():
        for target in _LINK.findall(text):
            inside = re.match(r"[a-z]+:", target) or ".." not in navigation.below(page, target)
            assert inside and not target.startswith("/"), f"{page}: {target}"


def test_every_drawing_is_here_and_draws_on_nothing_outside() -> None:
    found = [
        (page, target) for page, text in pages(DOCS).items() for target in _IMAGE.findall(text)
    ]
    assert found
    for page, target in found:
        drawing = (DOCS / page).parent / target
        assert drawing.is_file(), f"{page}: {target}"
        assert not re.search(r"(href|src|url)\W+https?:", drawing.read_text("utf-8")), drawing
