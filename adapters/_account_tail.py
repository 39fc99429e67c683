"""The last four characters of an account's number: what people compare, and all that leaves an adapter."""

from __future__ import annotations

TAIL = 4


def tail(number: object) -> str:
    """Empty for what is no whole number of an account: masked, too short, in full-width digits.

    >>> tail(" 6217000000000001234 "), tail("****1234"), tail("1234"), tail("６２１７０００１")
    ('1234', '', '', '')
    """
    told = str(number or "").strip().replace("-", "")
    return told[-TAIL:] if told.isascii() and told.isalnum() and len(told) > TAIL else ""
