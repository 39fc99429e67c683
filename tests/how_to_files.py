"""Files that a page under docs/how-to shows: below ``<!-- file: NAME -->``, written as they stand."""

from __future__ import annotations

import re
from pathlib import Path

PAGES = Path(__file__).resolve().parents[1] / "docs" / "how-to"
_FILE = re.compile(r"^<!-- file: (\S+) -->\n```yaml\n(.*?)^```", re.M | re.S)


def write(page: str, folder: Path) -> dict[str, Path]:
    """Every file of the page, below ``folder``; by their names there."""
    return write_page(PAGES / f"{page}.md", folder)


def write_page(page: Path, folder: Path) -> dict[str, Path]:
    """The same of any page."""
    found = dict(_FILE.findall(page.read_text("utf-8")))
    for name, text in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return {name: folder / name for name in found}
