"""公民身份号码, the citizen identity number (GB 11643-1999), and what looks exactly like it.

18 characters: 6 area, 8 birth date, 3 sequence (odd = male), 1 check. Residence permits of
people from Hong Kong, Macao and Taiwan begin with 810000, 820000, 830000, the permanent residence
card of foreigners (since 2023-12-01) with 9, the province and the numeric code of the nationality;
both have the same structure and check character. The area code never rejects: numbers keep the
area of their first issue, also an abolished one, and a list of all areas of all years does not
exist. A 15-digit number (before 1999) gets the century 19 and its check character.

Source: GB 11643-1999; 国发〔1999〕15号; 港澳台居民居住证申领发放办法 (国办发〔2018〕81号);
National Immigration Administration, machine-readable rules of the 2023 card, sections 2 and 3.
"""

from __future__ import annotations

import re
from datetime import date

from exchange.errors import Problem
from mappings.check_digits import iso7064_mod_11_2
from mappings.identifiers import areas, spelling

SCHEME = "GB 11643"
TITLE = "公民身份号码"
SOURCE = "GB 11643-1999；港澳台居民居住证、2023 版外国人永久居留身份证同构"
PERSONAL = True
_LONG = re.compile(r"[1-9][0-9]{16}[0-9X]")
_SHORT = re.compile(r"[1-9][0-9]{14}")
_PERMITS = {"81": "hong-kong", "82": "macao", "83": "taiwan"}


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
    spelling.check_form(clean, {18}, _LONG, scheme=SCHEME, text=number)
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
    return spelling.is_accepted(validate, number)


def format(number: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """Grouped for reading aloud: area, date, sequence and check.

    >>> format("11010519491231002X")
    '110105 19491231 002X'
    """
    clean = validate(number)
    return f"{clean[:6]} {clean[6:14]} {clean[14:]}"


def warnings(number: str) -> tuple[Problem, ...]:
    """What is odd about a valid number. ``Invalid`` as ``validate`` for one that is none.

    ``identifier.fifteen-digits``: completed by rule, the person may have been given another one.
    ``identifier.permit-area``: 81, 82, 83 without the four zeros of a residence permit.
    ``identifier.area-unknown``: a province that does not exist, a district that Nanjing never had.

    >>> [each.code for each in warnings("130503670401001")]
    ['identifier.fifteen-digits']
    """
    clean, found = validate(number), []
    if len(compact(number)) == 15:
        found.append(spelling.doubt("fifteen-digits", SCHEME, number))
    if clean[:2] in _PERMITS:
        if clean[2:6] != "0000":
            found.append(spelling.doubt("permit-area", SCHEME, number))
    elif not _is_area(clean):
        found.append(spelling.doubt("area-unknown", SCHEME, number))
    return tuple(found)


def holder(number: str) -> str:
    """Whose number it is by its form: ``citizen``, ``hong-kong``, ``macao``, ``taiwan``, ``foreign``.

    >>> holder("11010519491231002X"), holder("810000199408230021")
    ('citizen', 'hong-kong')
    """
    clean = validate(number)
    return "foreign" if clean[0] == "9" else _PERMITS.get(clean[:2], "citizen")


def shorten(number: str) -> str:
    """The 15 digits that the number had before 1999: to find a person in old files.

    ``Invalid("identifier.never-fifteen")`` for a birth outside the years 1900 to 1999: the two
    digits of the year would be those of somebody else.

    >>> shorten("130503196704010016")
    '130503670401001'
    """
    clean = validate(number)
    if clean[6:8] != "19" or holder(clean) != "citizen":
        raise spelling.refuse("never-fifteen", SCHEME, number)
    return clean[:6] + clean[8:17]


def _is_area(clean: str) -> bool:
    return areas.is_province(clean[1:3]) if clean[0] == "9" else areas.is_known(clean[:6])


def _lengthen(short: str) -> str:
    body = f"{short[:6]}19{short[6:]}"
    return body + iso7064_mod_11_2(body)


def _is_real_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
