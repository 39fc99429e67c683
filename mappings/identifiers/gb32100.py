"""统一社会信用代码, the unified social credit code of an organisation (GB 32100-2015).

18 characters of 31 (no I, O, S, V, Z): registrar, class, 6 division, 9 organisation code
(GB 11714), check. Every registrar of the alphabet is accepted, also A, N and Y, which other
validators refuse although they are in use. O and I typed for 0 and 1 are *not* corrected: two
codes that differ only there both exist.
"""

from __future__ import annotations

import re

from exchange.errors import Invalid
from mappings.check_digits import gb32100_check
from mappings.identifiers import spelling

SCHEME = "GB 32100"
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
    if len(clean) != 18:
        raise spelling.refuse("wrong-length", SCHEME, code)
    if not _ALPHABET.fullmatch(clean):
        raise spelling.refuse("wrong-characters", SCHEME, code)
    if gb32100_check(clean[:17]) != clean[17]:
        raise spelling.refuse("wrong-check-digit", SCHEME, code)
    return clean


def is_valid(code: str) -> bool:
    """True when ``validate`` would give a code back.

    >>> is_valid("91330000755918469E"), is_valid("913300007559184690")
    (True, False)
    """
    try:
        validate(code)
    except Invalid:
        return False
    return True


def format(code: str) -> str:  # noqa: A001 - the same verb in every identifier module
    """Grouped for reading: registrar and class, division, organisation code, check.

    >>> format("91350100M000100Y43")
    '91 350100 M000100Y4 3'
    """
    clean = validate(code)
    return f"{clean[:2]} {clean[2:8]} {clean[8:17]} {clean[17]}"
