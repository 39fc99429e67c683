"""Rows whose key begins so, by the index: a pattern (``LIKE … ESCAPE``) reads the whole table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_


def begins(column: ColumnElement[Any], beginning: str) -> ColumnElement[bool]:
    """The condition; of an empty ``beginning`` nothing is asked.

    For our own ids and effect keys (digits and small letters): these every collation sorts alike,
    so what begins so lies between ``beginning`` and the next text of its length.
    """
    same = column.startswith(beginning, autoescape=True)
    return and_(column >= beginning, column < after(beginning), same) if beginning else same


def after(beginning: str) -> str:
    """The first text after all that begin so.

    >>> after("3f"), after("39")
    ('3g', '3:')
    """
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)
