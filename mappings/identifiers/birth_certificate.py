"""出生医学证明编号, the number of a birth certificate: one letter and nine digits.

Same form in the 6th edition and the 7th (since 2023-04-01). It has no check digit. In known
samples the two digits after the letter are the province's GB/T 2260 prefix; no rule says so,
so it rejects nothing.
"""

from __future__ import annotations

import re

from exchange.errors import Invalid
from mappings.identifiers import spelling

SCHEME = "birth certificate"
_NUMBER = re.compile(r"[A-Z][0-9]{9}")


def compact(number: str) -> str:
    """The number without spaces and invisible characters, upper-case.

    >>> compact("x320 117 001")
    'X320117001'
    """
    return spelling.compact(number)


def validate(number: str) -> str:
    """The clean number. ``Invalid`` for length or characters.

    >>> validate("Ｘ320117001")
    'X320117001'
    """
    clean = compact(number)
    if len(clean) != 10:
        raise spelling.refuse("wrong-length", SCHEME, number)
    if not _NUMBER.fullmatch(clean):
        raise spelling.refuse("wrong-characters", SCHEME, number)
    return clean


def is_valid(number: str) -> bool:
    """True when ``validate`` would give a number back.

    >>> is_valid("X320117001"), is_valid("3320117001")
    (True, False)
    """
    try:
        validate(number)
    except Invalid:
        return False
    return True


def format(number: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """As it is printed on the certificate: letter and digits apart.

    >>> format("x320117001")
    'X 320117001'
    """
    clean = validate(number)
    return f"{clean[0]} {clean[1:]}"
