"""出生医学证明编号, the number of a birth certificate: one letter and nine digits.

Same form in the 6th edition and the 7th, which adds a barcode of the same number. It has no check
digit. In known samples the two digits after the letter are the province's GB/T 2260 prefix; no
rule says so, so it rejects nothing and is warned of. The number does not tell its edition: the day
of signing does (``edition``), for blank forms of an old edition may not be signed any more.

Source: 国家卫生健康委公告 2018年第14号 (6th edition); notice on the 7th edition, 2023-03-17; days of
the editions before: Shandong, sd.sina.com.cn 2019-01-03.
"""

from __future__ import annotations

import re
from datetime import date

from exchange.errors import Problem
from mappings.identifiers import areas, spelling

SCHEME = "birth certificate"
TITLE = "出生医学证明编号"
SOURCE = "国家卫生健康委公告 2018 年第 14 号；出生医学证明（第七版）启用通知，2023-03-17"
PERSONAL = True
_EDITIONS = (
    (date(2023, 4, 1), 7),
    (date(2019, 1, 1), 6),
    (date(2014, 1, 1), 5),
    (date(2004, 12, 1), 4),
    (date(2003, 1, 1), 3),
    (date(2000, 1, 1), 2),
    (date(1996, 1, 1), 1),
)
"""Since when each edition may be signed; until the day before the next one."""
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
    spelling.check_form(clean, {10}, _NUMBER, scheme=SCHEME, text=number)
    return clean


def is_valid(number: str) -> bool:
    """True when ``validate`` would give a number back.

    >>> is_valid("X320117001"), is_valid("3320117001")
    (True, False)
    """
    return spelling.is_accepted(validate, number)


def format(number: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """As it is printed on the certificate: letter and digits apart.

    >>> format("x320117001")
    'X 320117001'
    """
    clean = validate(number)
    return f"{clean[0]} {clean[1:]}"


def warnings(number: str) -> tuple[Problem, ...]:
    """``identifier.area-unknown``: the digits after the letter are no province's.

    >>> [each.code for each in warnings("X993170010")]
    ['identifier.area-unknown']
    """
    clean = validate(number)
    if areas.is_province(clean[1:3]):
        return ()
    return (spelling.doubt("area-unknown", SCHEME, number),)


def edition(signed: date) -> int:
    """Which edition a certificate signed on that day must be; 0 before there were any.

    >>> edition(date(2023, 3, 31)), edition(date(2023, 4, 1)), edition(date(1995, 12, 31))
    (6, 7, 0)
    """
    return next((number for first, number in _EDITIONS if signed >= first), 0)
