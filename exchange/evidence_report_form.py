"""How the report writes instants, tables and what others wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import TypeVar, cast

from exchange import times
from exchange.evidence_format import is_printable

_T = TypeVar("_T")


def moment(instant: datetime) -> str:
    """An instant on the clock of China.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 1, 4, 16, 30, tzinfo=UTC))
    '2026-01-05 00:30:00'
    """
    return times.in_china(instant).strftime("%Y-%m-%d %H:%M:%S")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """In Markdown, of texts that went through ``harmless``."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def harmless(told: _T, text: Callable[[str], str]) -> _T:
    """What a bundle says, with every text in it (keys too) put through ``text``: ``cell`` for the report,
    ``printable`` for a terminal. Whoever shows it begins with this, so no field can be forgotten.
    """
    return cast("_T", _harmless(told, text))


def _harmless(told: object, text: Callable[[str], str]) -> object:
    if isinstance(told, str):
        return text(told)
    if isinstance(told, Mapping):
        return {_harmless(name, text): _harmless(value, text) for name, value in told.items()}
    if isinstance(told, (list, tuple)):
        return type(told)(_harmless(each, text) for each in told)
    if is_dataclass(told) and not isinstance(told, type):
        own = {each.name: getattr(told, each.name) for each in fields(told)}
        return replace(told, **{name: _harmless(value, text) for name, value in own.items()})
    return told


_MARKUP = str.maketrans({each: f"&#{ord(each)};" for each in "|<[`"})


def cell(text: str) -> str:
    """Nothing in it can end a cell or a code span, begin a line, a comment or a picture.

    >>> cell("a|b\\n## c <!--")
    'a&#124;b ## c &#60;!--'
    """
    return printable(" ".join(text.split())).translate(_MARKUP)


def printable(text: str) -> str:
    """Text without control characters: what is shown can't move the reader's cursor.

    >>> printable("a\x1b[2Jb")
    'a\ufffd[2Jb'
    """
    return "".join(each if is_printable(each) else "\ufffd" for each in text)
