"""统一社会信用代码, the unified social credit code of an organisation (GB 32100-2015).

18 characters of 31 (no I, O, S, V, Z): registrar, class, 6 division, 9 organisation code
(GB 11714), check. Every registrar of the alphabet is accepted, also A, N and Y, which other
validators refuse although they are in use; registrars and classes that the standard lists are the code list
``gb_32100_class``, and another one is only warned of. The last character is any of the 31, not a
digit or X. O and I typed for 0 and 1 are *not* corrected: the code must be read again.
"""

from __future__ import annotations

import re

from exchange.errors import Problem
from mappings import codes
from mappings.check_digits import gb32100_check
from mappings.identifiers import areas, gb11714, spelling

SCHEME = "GB 32100"
TITLE = "统一社会信用代码"
SOURCE = "GB 32100-2015（含 2016 年第 1 号修改单）"
PERSONAL = False
_ALPHABET = re.compile(r"[0-9ABCDEFGHJKLMNPQRTUWXY]{2}[0-9]{6}[0-9ABCDEFGHJKLMNPQRTUWXY]{10}")


def compact(code: str) -> str:
    """The code without spaces, hyphens and invisible characters, upper-case.

    >>> compact("91350100-m000100y43")
    '91350100M000100Y43'
    """
    return spelling.compact(code, "-")


def validate(code: str) -> str:
    """The clean 18-character code. ``Invalid`` for length, characters or check character.

    >>> validate("91350100M000100Y43")
    '91350100M000100Y43'
    """
    clean = compact(code)
    spelling.check_form(clean, {18}, _ALPHABET, scheme=SCHEME, text=code)
    if gb32100_check(clean[:17]) != clean[17]:
        raise spelling.refuse("wrong-check-digit", SCHEME, code)
    return clean


def is_valid(code: str) -> bool:
    """True when ``validate`` would give a code back.

    >>> is_valid("91330000755918469E"), is_valid("913300007559184690")
    (True, False)
    """
    return spelling.is_accepted(validate, code)


def format(code: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """Grouped for reading: registrar and class, division, organisation code, check.

    >>> format("91350100M000100Y43")
    '91 350100 M000100Y4 3'
    """
    clean = validate(code)
    return f"{clean[:2]} {clean[2:8]} {clean[8:17]} {clean[17]}"


def warnings(code: str) -> tuple[Problem, ...]:
    """What is odd about a valid code. ``Invalid`` as ``validate`` for one that is none.

    ``identifier.class-unknown``: registrar and class are not a pair that the standard lists.
    ``identifier.area-unknown``, ``identifier.inner-check-digit``: positions 9 to 17 are no
    organisation code of GB 11714.

    >>> warnings("91350100M000100Y43")
    ()
    >>> [each.code for each in warnings("91440300192317458F")]
    []
    """
    clean, found = validate(code), []
    if clean[:2] not in codes.scheme("gb_32100_class").codes:
        found.append(spelling.doubt("class-unknown", SCHEME, code))
    if not areas.is_known(clean[2:8]):
        found.append(spelling.doubt("area-unknown", SCHEME, code))
    if not gb11714.is_valid(clean[8:17]):
        found.append(spelling.doubt("inner-check-digit", SCHEME, code))
    return tuple(found)


def organisation_code(code: str) -> str:
    """The nine characters of GB 11714 within, by which older registers know the organisation.

    >>> organisation_code("91350100M000100Y43")
    'M000100Y4'
    """
    return validate(code)[8:17]
