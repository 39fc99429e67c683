"""公民身份号码 (GB 11643-1999), by the issuer: made and checked here without the hub's code.

>>> check_digit("11010519491231002")
'X'
>>> is_valid("11010519491231002X"), is_valid("110105194912310021")
(True, False)
"""

from __future__ import annotations

from sandbox.moments import is_date


def check_digit(first17: str) -> str:
    """The 18th character: ISO 7064 MOD 11-2 over the first 17 digits."""
    total = 0
    for digit in first17:
        total = (total + int(digit)) * 2 % 11
    return "0123456789X"[(12 - total) % 11]


def compose(division: str, birth_date: str, sequence: int) -> str:
    """A whole number; ``birth_date`` yyyyMMdd; odd sequences are male, even female.

    >>> compose("320117", "20260105", 1)
    '320117202601050015'
    """
    first17 = f"{division}{birth_date}{sequence:03}"
    return first17 + check_digit(first17)


def is_valid(number: str) -> bool:
    """18 characters, a real day of birth, and the right check digit."""
    digits = number[:17]
    shaped = len(number) == 18 and digits.isascii() and digits.isdecimal()
    return shaped and is_date(digits[6:14], "%Y%m%d") and check_digit(digits) == number[17]
