"""The reason codes of order finance (R01 … R99), read from their table with every mistake and its line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exchange.errors import Fact, Invalid, Problem
from mappings.plain_text import is_plain
from matters import file_text
from matters.finance_parts import DOWN

FOLDER = Path("matters") / "order-finance"
SHIPPED = Path(__file__).with_name("order-finance") / "reasons.csv"
HEADINGS = ("code", "zh", "en", "severity", "basis")
SEVERITIES = ("hard", "manual", "retry")
"""Against it; for a person to look at; ask again later."""
_CODE = r"R[0-9]{2}"


@dataclass(frozen=True, slots=True)
class Reason:
    """One code."""

    code: str
    zh: str
    en: str
    severity: str
    basis: str
    """公开 or 推定, and from what; in Chinese."""


def of_site(site: Path) -> Mapping[str, Reason]:
    """The site's own, or else the shipped ones, by code."""
    own = site / FOLDER / SHIPPED.name
    return load(own if own.is_file() else SHIPPED)


def load(path: Path) -> Mapping[str, Reason]:
    """``Invalid`` tells every mistake."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Invalid("file.missing", file=path.name) from None
    lines = file_text.decode(data, path.name).removeprefix("\ufeff").splitlines()
    rows = list(csv.reader(lines))
    problems = list(_mistakes(rows, path.name))
    if problems:
        raise Invalid.of(problems)
    return {row[0]: Reason(*row) for row in rows[1:]}


def _mistakes(rows: list[list[str]], name: str) -> Iterator[Problem]:
    if not rows or tuple(rows[0]) != HEADINGS:
        yield Problem("reasons.headings", {"file": name, "line": 1, "wanted": ",".join(HEADINGS)})
        return
    seen: set[str] = set()
    for line, row in enumerate(rows[1:], 2):
        facts: dict[str, Fact] = {"file": name, "line": line}
        if wrong := _wrong(row):
            yield Problem("reasons.row", {**facts, "column": wrong})
        elif row[0] in seen:
            yield Problem("reasons.twice", {**facts, "code": row[0]})
        seen.update(row[:1])
    if DOWN not in seen:
        yield Problem("reasons.no-down", {"file": name, "line": len(rows), "code": DOWN})


def _wrong(row: list[str]) -> str:
    """The first column that is not as it should be; empty if all are."""
    if len(row) != len(HEADINGS):
        return HEADINGS[min(len(row), len(HEADINGS) - 1)]
    told = dict(zip(HEADINGS, row, strict=True))
    right = {
        "code": re.fullmatch(_CODE, told["code"]) is not None,
        "severity": told["severity"] in SEVERITIES,
        "basis": told["basis"].startswith(("公开：", "推定：")),
    }
    return next(
        (
            key
            for key, text in told.items()
            if not (text and is_plain(text) and right.get(key, True))
        ),
        "",
    )
