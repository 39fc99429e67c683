"""Whether a text tells a number that points to somebody: of a telephone, or of an identity card.

People write such numbers in groups, with a country code, or with the digits of a Chinese keyboard.
Neighbouring groups are looked at together, however they are told apart; a group of one digit is
none, so that days and times beside each other make no number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from mappings.identifiers import gb11643

_GROUP = "[0-9]{2,}[Xx]?"
_BETWEEN = "[\\s\\-‐-―−.·•/()+]{1,3}"
_ROW = re.compile(f"(?<![0-9]){_GROUP}(?:{_BETWEEN}{_GROUP})*(?![0-9])")
_PHONE = re.compile(
    "(?:(?:00)?86)?1[3-9][0-9]{9}"  # 工业和信息化部: numbers of mobile telephones
    "|(?:0|(?:00)?860?)(?:(?:10|2[0-9])[0-9]{8}|[3-9][0-9]{2}[0-9]{7,8})"  # area code and number
)
_IDENTITY = (15, 18)


def tells_a_number(text: str) -> bool:
    """True for a mobile number, a fixed line with its area code, and an identity number, also the
    15-digit one of before 1999.

    >>> tells_a_number("138-0013-8000"), tells_a_number("110105 19491231 002x")
    (True, True)
    >>> tells_a_number("2026-01-15 2026-01-19 9:00"), tells_a_number("第 20260108000012 号")
    (False, False)
    """
    plain = unicodedata.normalize("NFKC", text)
    shown = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    return any(
        _PHONE.fullmatch(number) or (len(number) in _IDENTITY and gb11643.is_valid(number))
        for row in _ROW.findall(shown)
        for number in _joined(re.split(_BETWEEN, row))
    )


def _joined(groups: list[str]) -> Iterator[str]:
    """Every run of neighbours as one number."""
    for first in range(len(groups)):
        for last in range(first, len(groups)):
            yield "".join(groups[first : last + 1]).upper()
