"""What the bank demands of an opening, and the numbers that it gives out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox import resident_id

_FORMS: Mapping[str, Callable[[str], bool]] = {
    "YURREF": lambda v: re.fullmatch("[A-Z0-9]{1,30}", v) is not None,
    "CRDNBR": lambda v: re.fullmatch("[A-Z0-9]{9}", v) is not None,
    "CLTNAM": lambda v: 0 < len(v.encode("gbk")) <= 62,
    "CLTIDT": lambda v: v == "01",
    "CLTIDN": resident_id.is_valid,
    "AGTNAM": lambda v: 0 < len(v.encode("gbk")) <= 62,
    "AGTIDN": resident_id.is_valid,
    "AGTTEL": lambda v: re.fullmatch("[+]?[0-9-]{6,20}", v) is not None,
    "AGTREL": lambda v: v in {"51", "52"},
}


def complaints(asked: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong, as the bank words it; the first is what it answers."""
    yield from (f"{n}不符合要求" for n, ok in _FORMS.items() if not ok(str(asked.get(n, ""))))
    yield from (f"{name}不是开户要素" for name in asked if name not in _FORMS)


def account_number(number: int) -> str:
    """Nineteen digits that end with a Luhn digit (ISO/IEC 7812-1).

    >>> account_number(1)
    '6217000000000000012'
    """
    first = f"621700{number:012}"
    total = 0
    for place, digit in enumerate(reversed(first)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return first + str(-total % 10)
