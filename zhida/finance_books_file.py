"""A day's books of a bank as a file of fixed width (对账文件): the lines of ``zhida.finance_books``, their sums and digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from zhida import finance_layout, finance_reconciling
from zhida.finance_layout import BOOKS, Line, Value, day
from zhida.finance_reconciling import Day
from zhida.hub import Hub

_HEAD, _READING, _LOAN, _MESSAGE, _EVENT, _END = BOOKS
_WIDTH = next(each.width for each in _READING.columns if each.name == "id")


def of_day(hub: Hub, bank: str, when: date) -> tuple[str, bytes]:
    """Name and content. Raises what ``finance_reconciling.of_day`` raises; the same day makes the same bytes."""
    told = finance_reconciling.of_day(hub, bank, when.isoformat())
    return f"BOOKS_{bank}_{when:%Y%m%d}.txt", written(told)


def written(told: Day) -> bytes:
    """The file of a day that was read."""
    shown = finance_reconciling.shown(told, with_rows=False)
    count, sums = sum(shown["counts"].values()), shown["sums_fen"]
    head: dict[str, Value] = {"form": "ZHIDA1", "kind": "BOOKS", "bank": told.bank, "count": count}
    head |= {"day": day(shown["day"]), "first": shown.get("first", 0), "last": shown.get("last", 0)}
    rows = [finance_layout.written(line, values) for line, values in _rows(told)]
    end: dict[str, Value] = {f"{name}_fen": each for name, each in sums.items()}
    end |= {"count": count, "books_sha256": shown["digests"]["all"]}
    return finance_layout.closed([finance_layout.written(_HEAD, head), *rows], _END, end)


def _rows(told: Day) -> Iterator[tuple[Line, dict[str, Value]]]:
    """The lines of the books themselves, so that both never differ."""
    for each in told.book.lines:
        kind, *parts = each.split("|")
        yield _ROWS[kind](parts)


def _reading(parts: list[str]) -> tuple[Line, dict[str, Value]]:
    act, *number = parts
    return _READING, {"act": act, "id": _short("|".join(number))}


def _short(number: str) -> str:
    """What a bank has made up too long, or with characters that GBK lacks, is told by its digest.

    >>> _short("K-1"), len(_short("K" * 201)), len(_short("\\u1f6f\\u1f6f"))
    ('K-1', 64, 64)
    """
    told = number.encode(finance_layout.CHARSET, "replace")
    if len(told) <= _WIDTH and told.decode(finance_layout.CHARSET) == number:
        return number
    return hashlib.sha256(number.encode()).hexdigest()


def _loan(parts: list[str]) -> tuple[Line, dict[str, Value]]:
    loan, amount, paid_out, due = parts
    days: dict[str, Value] = {"paid_out_on": day(paid_out), "due_on": day(due)}
    return _LOAN, {"loan": loan, "amount_fen": int(amount), **days}


def _message(parts: list[str]) -> tuple[Line, dict[str, Value]]:
    loan, number, event, on, amount = parts
    told: dict[str, Value] = {"loan": loan, "number": number, "event": event}
    return _MESSAGE, {**told, "on": day(on), "amount_fen": int(amount)}


def _event(parts: list[str]) -> tuple[Line, dict[str, Value]]:
    seq, event, loan = parts
    return _EVENT, {"seq": int(seq), "event": event, "loan": loan}


_ROWS = {"readings": _reading, "loans": _loan, "messages": _message, "events": _event}
