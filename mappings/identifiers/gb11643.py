"""公民身份号码, the citizen identity number (GB 11643-1999), and what looks exactly like it.

18 characters: 6 area, 8 birth date, 3 sequence (odd = male), 1 check. Residence permits of
people from Hong Kong, Macao and Taiwan begin with 81, 82, 83 and have the same structure.
The area code never rejects: numbers keep the area of their first issue, also an abolished one,
and a list of all areas of all years does not exist. A 15-digit number (before 1999) gets the
century 19 and its check character.
"""

from __future__ import annotations

import re
from datetime import date

from exchange.errors import Invalid
from mappings.check_digits import iso7064_mod_11_2
from mappings.identifiers import spelling

SCHEME = "GB 11643"
_LONG = re.compile(r"[1-9][0-9]{16}[0-9X]")
_SHORT = re.compile(r"[1-9][0-9]{14}")


def compact(number: str) -> str:
    """The number without spaces and invisible characters, plain digits, upper-case X.

    >>> compact("110105 19491231 002x")
    '11010519491231002X'
    """
    return spelling.compact(number)


def validate(number: str) -> str:
    """The clean 18-character number. ``Invalid`` for length, characters, date or check digit.

    >>> validate("440524188001010014")
    '440524188001010014'
    >>> validate("130503670401001")
    '130503196704010016'
    """
    clean = compact(number)
    if len(clean) == 15 and _SHORT.fullmatch(clean):
        clean = _lengthen(clean)
    if len(clean) != 18:
        raise spelling.refuse("wrong-length", SCHEME, number)
    if not _LONG.fullmatch(clean):
        raise spelling.refuse("wrong-characters", SCHEME, number)
    if not _is_real_day(clean[6:14]):
        raise spelling.refuse("wrong-date", SCHEME, number)
    if iso7064_mod_11_2(clean[:17]) != clean[17]:
        raise spelling.refuse("wrong-check-digit", SCHEME, number)
    return clean


def is_valid(number: str) -> bool:
    """True when ``validate`` would give a number back.

    >>> is_valid("11010519491231002X"), is_valid("110105194912310021")
    (True, False)
    """
    try:
        validate(number)
    except Invalid:
        return False
    return True


def format(number: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """Grouped for reading aloud: area, date, sequence and check.

    >>> format("11010519491231002X")
    '110105 19491231 002X'
    """
    clean = validate(number)
    return f"{clean[:6]} {clean[6:14]} {clean[14:]}"


def _lengthen(short: str) -> str:
    body = f"{short[:6]}19{short[6:]}"
    return body + iso7064_mod_11_2(body)


def _is_real_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
