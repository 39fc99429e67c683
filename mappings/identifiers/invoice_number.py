"""发票号码, the number of a VAT invoice: eight digits beside a code, or twenty alone (数电票).

The twenty of an all-electronic invoice: two of the year, two of the tax region (province, or a city
with a plan of its own), one of the channel, fifteen of the sequence. An invoice of eight digits is
known only together with its code: ``pair`` checks the two.

Source: announcements on all-electronic invoices, as told in public copies (positions 1 to 5).
"""

from __future__ import annotations

import re

from exchange.errors import Problem
from mappings.identifiers import areas, invoice_code, spelling

SCHEME = "invoice number"
TITLE = "发票号码"
SOURCE = "增值税发票 8 位（另有发票代码）；数电票 20 位（无发票代码），公开文档"
PERSONAL = False
_NUMBER = re.compile(r"[0-9]+")
_FIRST_YEAR = "21"
"""All-electronic invoices began in December 2021."""


def compact(number: str) -> str:
    """The number without spaces and invisible characters, plain digits.

    >>> compact("2532 2000 0000 1234 5678")
    '25322000000012345678'
    """
    return spelling.compact(number)


def validate(number: str) -> str:
    """The clean number of eight or twenty digits. ``Invalid`` for length or characters.

    >>> validate("00012345")
    '00012345'
    """
    clean = compact(number)
    spelling.check_form(clean, {8, 20}, _NUMBER, scheme=SCHEME, text=number)
    return clean


def is_valid(number: str) -> bool:
    """True when ``validate`` would give a number back.

    >>> is_valid("00012345"), is_valid("12345")
    (True, False)
    """
    return spelling.is_accepted(validate, number)


def format(number: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """As it is printed: the digits themselves."""
    return validate(number)


def warnings(number: str) -> tuple[Problem, ...]:
    """``identifier.year-unlikely``, ``identifier.area-unknown``; of twenty digits only.

    >>> [each.code for each in warnings("19992000000012345678")]
    ['identifier.year-unlikely', 'identifier.area-unknown']
    """
    clean, found = validate(number), []
    if len(clean) == 8:
        return ()
    if clean[:2] < _FIRST_YEAR:
        found.append(spelling.doubt("year-unlikely", SCHEME, number))
    if not areas.is_province(clean[2:4]):
        found.append(spelling.doubt("area-unknown", SCHEME, number))
    return tuple(found)


def pair(code: str, number: str) -> tuple[str, str]:
    """Code and number of one invoice, clean; the code is empty for twenty digits.

    ``Invalid``: ``identifier.code-missing``, ``identifier.code-too-many``, or as each ``validate``.

    >>> pair("3200171130", "00012345"), pair("", "25322000000012345678")
    (('3200171130', '00012345'), ('', '25322000000012345678'))
    """
    clean = validate(number)
    stated = compact(code)
    if len(clean) == 20 and stated:
        raise spelling.refuse("code-too-many", SCHEME, number)
    if len(clean) == 8 and not stated:
        raise spelling.refuse("code-missing", SCHEME, number)
    return (invoice_code.validate(code) if stated else ""), clean
