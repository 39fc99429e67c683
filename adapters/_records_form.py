"""How a file with records is laid out, as a site says it: CSV, fixed width, Excel, XML.

A file is read whole or not at all: if one line cannot be read, a column may have slipped, and its
neighbours are not to be believed either. So all mistakes of a file are told at once, with line,
column and the form of the value, and its sender sends it again. (What a *mapping* finds wrong
with one record concerns that record only.)

Every value of a record is text, whatever the file: the same mapping reads CSV and Excel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from exchange.errors import Fact, Invalid, Problem
from mappings.masks import mask

MOST_TOLD = 100
"""Problems of one file that are told one by one; a file in a wrong encoding has one a line."""
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``width`` in bytes."""

    name: str
    width: int = 0
    align: Literal["left", "right"] = "left"
    fill: str = " "
    number: bool = False
    """Its cells are numbers, whatever its name looks like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The options as they hold. Their meaning is told in ``LAYOUT``."""

    columns: tuple[Column, ...] = ()
    header: bool = True
    delimiter: str = ","
    quote: str = '"'
    skip: int = 0
    skip_last: int = 0
    bom: bool = False
    sheet: str = ""
    record: str = "record"
    root: str = "records"

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Layout:
        """From options that have passed ``LAYOUT``.

        >>> Layout.of({"columns": [{"name": "姓名", "width": 20}]}).names
        ('姓名',)
        """
        columns = tuple(Column(**about) for about in told.get("columns", ()))
        return cls(**{**told, "columns": columns})

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the declared columns, in the file's order."""
        return tuple(column.name for column in self.columns)

    def shown(self, number: int, name: str = "") -> str:
        """A column for an error: its declared name, else its number from 1. A name that only the
        file knows may be a value (of a file without its header), so it is never told.
        """
        if name in self.names:
            return name
        return self.names[number - 1] if not name and number <= len(self.names) else str(number)


def wrong(code: str, line: int, column: str, value: Any, **more: Fact) -> Problem:
    """A problem with its place and the form of the value.

    >>> wrong("records.too-long", 3, "姓名", "张小直", width=4).facts["mask"]
    '汉×3'
    """
    return Problem(code, {"line": line, "column": column, "mask": mask(value), **more})


def refuse(problems: Iterable[Problem]) -> None:
    """``Invalid`` with all of them (the first hundred, and how many there are), if there are any."""
    found = list(problems)
    if len(found) > MOST_TOLD:
        more = Problem("records.more", {"count": len(found) - MOST_TOLD})
        raise Invalid.of([*found[:MOST_TOLD], more])
    if found:
        raise Invalid.of(found)


def named(
    rows: Iterable[tuple[int, list[str]]], names: list[str], problems: list[Problem]
) -> Iterator[tuple[int, Record]]:
    """Rows (line, values) as records; one with another count of values is told."""
    for line, values in rows:
        if len(values) == len(names):
            yield line, dict(zip(names, values, strict=True))
        else:
            facts: dict[str, Fact] = {"line": line, "found": len(values), "expected": len(names)}
            problems.append(Problem("records.columns", facts))
