"""银行卡号, the number of a bank card (ISO/IEC 7812-1): 12 to 19 digits, the last one by Luhn.

Cards only. Account numbers of companies, and of passbooks, have no check digit that banks share:
they are not validated here, and a refusal says nothing about them.
"""

from __future__ import annotations

import re

from exchange.errors import Problem
from mappings.check_digits import luhn
from mappings.identifiers import spelling

SCHEME = "ISO/IEC 7812"
TITLE = "银行卡号"
SOURCE = "ISO/IEC 7812-1；对公账号、存折账号没有共同的校验位，不适用"
PERSONAL = True
_NUMBER = re.compile(r"[0-9]+")


def compact(number: str) -> str:
    """The number without spaces, hyphens and invisible characters, plain digits.

    >>> compact("6225 8814-1420 7430")
    '6225881414207430'
    """
    return spelling.compact(number, "-")


def validate(number: str) -> str:
    """The clean number. ``Invalid`` for length, characters or check digit.

    >>> validate("6225 8814 1420 7430")
    '6225881414207430'
    """
    clean = compact(number)
    spelling.check_form(clean, range(12, 20), _NUMBER, scheme=SCHEME, text=number)
    if luhn(clean[:-1]) != clean[-1]:
        raise spelling.refuse("wrong-check-digit", SCHEME, number)
    return clean


def is_valid(number: str) -> bool:
    """True when ``validate`` would give a number back.

    >>> is_valid("6225881414207430"), is_valid("6225881414207431")
    (True, False)
    """
    return spelling.is_accepted(validate, number)


def format(number: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """In groups of four, as it is embossed.

    >>> format("6225881414207430")
    '6225 8814 1420 7430'
    """
    clean = validate(number)
    return " ".join(clean[at : at + 4] for at in range(0, len(clean), 4))


def warnings(number: str) -> tuple[Problem, ...]:
    """Nothing is odd about a valid one. ``Invalid`` as ``validate`` for one that is none."""
    validate(number)
    return ()
