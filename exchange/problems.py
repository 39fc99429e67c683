"""The text and the remedy of each problem code, in Chinese and English.

Each package lists its codes in ``problems.csv`` beside its modules, with the columns
``code, zh, en, remedy_zh, remedy_en``; ``{name}`` stands for a fact of that name.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

from exchange.errors import Fact

PACKAGES = ("crypto", "exchange", "mappings", "connectors", "adapters", "matters", "zhida")


class _Facts(dict[str, Fact]):
    def __missing__(self, key: str) -> str:
        return "?"


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All known codes with their texts, by code."""
    found: dict[str, Mapping[str, str]] = {}
    for package in PACKAGES:
        file = resources.files(package) / "problems.csv"
        if file.is_file():
            rows = csv.DictReader(file.read_text("utf-8").splitlines())
            found.update({row["code"]: row for row in rows})
    return found


def describe(code: str, facts: Mapping[str, Fact], language: str = "zh") -> tuple[str, str]:
    """What happened and what to do about it, for a person.

    >>> describe("no-such-code", {})
    ('no-such-code', '')
    """
    row = catalogue().get(code)
    if row is None:
        return code, ""
    known = _Facts(facts)
    return row[language].format_map(known), row[f"remedy_{language}"].format_map(known)
