"""The site itself, as ``make site`` makes it, read in a real Chromium from a folder: no server, no network."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.zhida.pages import chromium
from tests.zhida.pages.chromium import Tab

ROOT = Path(__file__).resolve().parents[3]
RESULTS = "Array.from(document.querySelectorAll('ul.search li a')).map(a => a.pathname + a.hash)"
pytestmark = [pytest.mark.peer("chromium"), pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def site() -> Path:
    """Built with warnings as errors; by the lock, in an environment of its own."""
    done = subprocess.run(["make", "site"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "var/site/html"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with chromium.opened(tmp_path_factory.mktemp("chromium")) as found:
        found.window(1280, 900)
        yield found
        assert found.problems == []


def found(tab: Tab, site: Path, query: str) -> list[str]:
    """Pages that the search finds, best first."""
    tab.go(f"file://{site}/search.html?q={quote(query)}")
    tab.until("/搜索完|没有/.test(document.querySelector('.search-summary')?.innerText || '')")
    return [str(place).partition("/html/")[2] for place in tab.run(RESULTS)]


def test_what_is_broken_breaks_the_building(site: Path, tmp_path: Path) -> None:
    """A link, an anchor, a drawing, an orphan; by the same settings."""
    pages = {
        "README": "- [a](a.md)",
        "a": "[b](README.md#gone) [c](none.md) ![p](no.svg)",
        "alone": "",
    }
    for name, text in pages.items():
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\n{text}\n", "utf-8")
    words = ["-q", "-W", "--keep-going", "-c", ROOT / "docs/web", tmp_path, tmp_path / "out"]
    program = ROOT / "var/site/venv/bin/sphinx-build"
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    for told in ("'gone'", "'none.md'", "no.svg", "alone.md: WARNING: document isn't included"):
        assert told in done.stderr, done.stderr


def test_it_needs_nothing_from_the_network(site: Path) -> None:
    for page in site.rglob("*.html"):
        asked = re.findall(
            r"<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=\"([^\"]+)", page.read_text("utf-8")
        )
        assert not [place for place in asked if re.match(r"(https?:)?//", place)], page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\W*https?:", sheet.read_text("utf-8")), sheet


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("出生登记", "matters/newborn.html"),
        ("事项停在待人工", "how-to/parked.html"),
        ("吊销列表", "how-to/keys.html"),
        ("证书到期怎么办", "how-to/keys.html"),
        ("前置机库表", "how-to/files-tables-gate.html"),
        ("效果键", "concepts.html"),
        ("zhida prune", "how-to/upgrade.html"),
    ],
)
def test_what_is_asked_is_found(tab: Tab, site: Path, query: str, page: str) -> None:
    assert page in [place.partition("#")[0] for place in found(tab, site, query)[:8]]


def test_a_code_is_found_at_its_row(tab: Tab, site: Path) -> None:
    assert found(tab, site, "wire.refused")[0] == "reference/problems.html#wire-refused"
    tab.go(f"file://{site}/reference/problems.html#wire-refused")
    assert tab.run("document.getElementById('wire-refused').innerText") == "wire.refused"


def test_what_is_nowhere_is_not_found(tab: Tab, site: Path) -> None:
    assert found(tab, site, "量子纠缠饕餮") == []


def test_it_looks_as_it_should(tab: Tab, site: Path, tmp_path: Path) -> None:
    """The drawings are seen, nothing hangs over on a narrow screen; pictures for who wants to look (``ZHIDA_PICTURES``)."""
    folder = Path(os.environ.get("ZHIDA_PICTURES", tmp_path))
    for name, width in (
        ("index", 1280),
        ("concepts", 1280),
        ("concepts", 390),
        ("how-to/README", 1280),
    ):
        tab.window(width, 900)
        tab.go(f"file://{site}/{name}.html")
        assert tab.run("Array.from(document.images).every(image => image.naturalWidth > 0)")
        assert tab.run("document.documentElement.scrollWidth <= window.innerWidth")
        tab.picture(folder / f"{name.replace('/', '-')}-{width}.png")
