"""What a database says about one row, in its own numbers → why the row is refused.

Error map (PostgreSQL's SQLSTATE, MySQL's and MariaDB's error numbers, SQLite's extended codes)::

    the key, or another unique value, is there   Rejected  tables.duplicate
    a column without its value                   Rejected  tables.not-null
    another row that must be there, a check      Rejected  tables.constraint
    too long, out of range, no such character    Rejected  tables.value-refused
    a trigger of theirs said no                  Rejected  tables.trigger (its words: the reason)

What the server says may repeat a value, so of its words only a column's name becomes a fact.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Table

from exchange.errors import Rejected

_CODES: dict[str | int, tuple[str, str]] = {
    **dict.fromkeys(("23505", 1062, 1586, 2067, 1555), ("tables.duplicate", "key")),
    **dict.fromkeys(("23502", 1048, 1364, 1299), ("tables.not-null", "empty")),
    **dict.fromkeys(("23503", 1216, 1452, 787), ("tables.constraint", "foreign key")),
    **dict.fromkeys(("23514", 3819, 4025, 275), ("tables.constraint", "check")),
    **dict.fromkeys(("22001", 1406), ("tables.value-refused", "too long")),
    **dict.fromkeys(("22003", 1264, 1690), ("tables.value-refused", "out of range")),
    **dict.fromkeys(("22P05", "22021", 1366), ("tables.value-refused", "character")),
    **dict.fromkeys(("22007", "22008", 1292), ("tables.value-refused", "date")),
    **dict.fromkeys(("22P02", 1265), ("tables.value-refused", "form")),
    **dict.fromkeys(("P0001", 1644), ("tables.trigger", "trigger")),
}
_NAMES = re.compile(r"column (?:`[^`]*`\.)*`([^`]+)`|(?:[Cc]olumn|[Ff]ield) '([^']+)'|: \w+\.(\w+)")


def refusal(theirs: Any, table: Table) -> Rejected | None:
    """Why the row is refused; None for what has nothing to do with the row."""
    told = next((code for code in _numbers(theirs) if code in _CODES), None)
    if told is None:
        return None
    code, reason = _CODES[told]
    column = _column(theirs, table)
    error = Rejected(code, table=table.name, column=column, reason=reason)
    return error.answered(b"", _words(theirs)) if code == "tables.trigger" else error


def _numbers(theirs: Any) -> list[Any]:
    """All that may be the driver's number: three drivers, three places. MySQL's own number says
    more than its SQLSTATE (a wrong character and a wrong date are both 22007).
    """
    arguments = getattr(theirs, "args", ())
    return [
        arguments[0] if arguments and isinstance(arguments[0], int) else None,
        getattr(theirs, "sqlite_errorcode", None),
        getattr(theirs, "sqlstate", None),
    ]


def _column(theirs: Any, table: Table) -> str:
    told = str(getattr(getattr(theirs, "diag", None), "column_name", None) or "")
    if not told and (found := _NAMES.search(_words(theirs))):
        told = next(name for name in found.groups() if name)
    return told if told in table.c else "-"


def _words(theirs: Any) -> str:
    primary = getattr(getattr(theirs, "diag", None), "message_primary", None)
    return str(primary or (getattr(theirs, "args", None) or ("",))[-1])
