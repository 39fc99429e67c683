"""How the report writes instants, tables and what others wrote."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from exchange import times
from exchange.evidence_format import is_printable


def moment(instant: datetime) -> str:
    """An instant on the clock of China.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 1, 4, 16, 30, tzinfo=UTC))
    '2026-01-05 00:30:00'
    """
    return instant.astimezone(times.CHINA).strftime("%Y-%m-%d %H:%M:%S")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """In Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell(each) for each in row) + " |" for row in rows]
    return "\n".join(lines)


def cell(value: object) -> str:
    """Nothing in a record can end a cell or begin a line."""
    return printable(" ".join(str(value).split())).replace("|", "\\|")


def printable(text: str) -> str:
    """Text without control characters: what is shown can't move the reader's cursor.

    >>> printable("a\x1b[2Jb")
    'a\ufffd[2Jb'
    """
    return "".join(each if is_printable(each) else "\ufffd" for each in text)
