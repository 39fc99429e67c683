"""Every code that an adapter raises has its text and remedy in two languages, and no other has."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import adapters

FOLDER = Path(str(adapters.__file__)).parent
CODE = re.compile(
    r"(?:bank|bank-feed|bulk|certificates|civil|coded|desk|feed|gate-cover|generic|hospital|insurance|large|lists|notification|oa|plan|police|recipient|records|seal|sharing|tax|treasury)\.[a-z0-9]+(?:-[a-z0-9]+)*"
)


def _rows() -> list[dict[str, str]]:
    with (FOLDER / "problems.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _raised() -> set[str]:
    found: set[str] = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if CODE.fullmatch(node.value) else set()
    return found


def test_the_table_and_the_code_name_the_same_problems() -> None:
    listed = [row["code"] for row in _rows()]
    assert set(listed) == _raised()
    assert len(listed) == len(set(listed))


def test_every_row_is_complete_and_its_facts_are_the_same_in_both_languages() -> None:
    for row in _rows():
        assert all(row.values()), row["code"]
        zh, en = (set(re.findall(r"{(\w+)}", row[name])) for name in ("zh", "en"))
        assert zh == en, row["code"]
