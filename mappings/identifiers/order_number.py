"""Numbers of orders, contracts and invoices (订单、合同、发票编号) as people write them: when do two mean the same one?

Nobody checks them against a standard, so there is nothing to validate: only other spellings are undone.
"""

from __future__ import annotations

import unicodedata

from mappings.identifiers import spelling

_INVISIBLE = ("Cf", "Cc")
"""Unicode's categories of what is not seen."""
_MINUS = "\u2212"


def compact(number: str) -> str:
    """A number as it counts: full-width forms, small letters, white space, dashes and filling zeros undone.

    What stays: dashes and slashes themselves (``PO-1`` is not ``PO1``), zeros within, letters of another
    alphabet that look alike.

    >>> compact("ｐｏ\u2013２０２６ / 007"), compact("000450"), compact("A-007"), compact("0")
    ('PO-2026/007', '450', 'A-007', '0')
    """
    found = spelling.compact(number)
    seen = (each for each in found if unicodedata.category(each) not in _INVISIBLE)
    told = "".join(
        "-" if unicodedata.category(each) == "Pd" or each == _MINUS else each for each in seen
    )
    return told.lstrip("0") or "0" if told.isascii() and told.isdigit() else told


def is_same(one: str, other: str) -> bool:
    """Do both mean the same order, whoever has written them?

    >>> is_same("ＰＯ－1", "po-1"), is_same("PO-1", "PO-01")
    (True, False)
    """
    return compact(one) == compact(other)
