"""The site's navigation is what the index pages link to: nobody writes it a second time.

On an index page, the first link of a list item or of a row of a table places the page it leads to, under the
heading above. An extension of Sphinx; everything but ``setup`` and ``_add`` is pure and needs nothing installed.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

LISTS = ("reference/adapters", "reference/wires", "reference/mappings")
"""Index pages beside every ``README``."""
_LINK = re.compile(r"\]\(([^)#\s]+)\.md(?:#[^)\s]*)?\)")
_FENCE = re.compile(r"^```.*?^```", re.M | re.S)


def is_index(page: str) -> bool:
    """Whether a page (its path below docs/, without the suffix) places others.

    >>> is_index("how-to/README"), is_index("reference/wires"), is_index("how-to/keys")
    (True, True, False)
    """
    return PurePosixPath(page).name == "README" or page in LISTS


def placed(page: str, text: str) -> dict[str, list[str]]:
    """Headings of an index page, and the pages under each, each once.

    >>> placed("README", "## 教程\\n\\n- [一](a.md)，见 [二](b.md)\\n- [三](how-to/c.md#x)\\n- [又](a.md)\\n")
    {'教程': ['a', 'how-to/c']}
    >>> placed("adr/README", "| [1](0001.md) | x |\\n| [外](https://x.example/y.md) |\\n")
    {'': ['0001']}
    """
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for heading, target in _entries(text):
        if target not in seen and "://" not in target:
            found.setdefault(heading, []).append(target)
            seen.add(target)
    return found


def _entries(text: str) -> Iterator[tuple[str, str]]:
    heading = ""
    for line in _FENCE.sub("", text).splitlines():
        if line.startswith("## "):
            heading = line[3:].strip()
        link = _LINK.search(line)
        if link and line.startswith(("- ", "| ")):
            yield heading, link[1]


def below(page: str, target: str) -> str:
    """The page that a link on a page leads to.

    >>> below("how-to/README", "keys"), below("how-to/README", "../security")
    ('how-to/keys', 'security')
    """
    parts: list[str] = []
    for part in (PurePosixPath(page).parent / target).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def places(folder: Path) -> list[tuple[str, str]]:
    """Every page that an index page below a folder places, with the index page."""
    pages = sorted(str(file.relative_to(folder).with_suffix("")) for file in folder.rglob("*.md"))
    return [
        (page, below(page, target))
        for page in filter(is_index, pages)
        for targets in placed(page, (folder / f"{page}.md").read_text("utf-8")).values()
        for target in targets
    ]


def toctrees(page: str, text: str) -> str:
    """What Sphinx reads at the end of an index page; one tree for each heading."""
    trees = (
        "\n".join(["```{toctree}", ":hidden:", *_caption(heading), "", *targets, "```", ""])
        for heading, targets in placed(page, text).items()
    )
    return "\n\n" + "\n".join(trees)


def _caption(heading: str) -> list[str]:
    return [f":caption: {heading}"] if heading else []


def _add(_app: Any, page: str, content: list[str]) -> None:
    if is_index(page):
        content[0] += toctrees(page, content[0])


def _front(app: Any, error: Exception | None) -> None:
    """A web server looks for ``index.html``; plain git hosting shows ``README.md``."""
    if error is None:
        shutil.copyfile(Path(app.outdir) / "README.html", Path(app.outdir) / "index.html")


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", _add)
    app.connect("build-finished", _front)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
