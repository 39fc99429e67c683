"""统一社会信用代码 (GB 32100-2015), by the issuer: made and checked here without the hub's code.

>>> is_valid("91330000755918469E"), is_valid("91330000755918469F")
(True, False)
>>> compose("320117", 1)
'91320117MA0000015D'
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Without I, O, S, V and Z."""
_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def compose(division: str, sequence: int) -> str:
    """The code of an enterprise (91) of this division; ``sequence`` 0 to 999999."""
    body = f"MA{sequence:06}"
    total = sum(
        _ORGANISATION.index(letter) * weight
        for letter, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    organisation = body + "0123456789X0"[11 - total % 11]
    first17 = f"91{division}{organisation}"
    return first17 + check_character(first17)


def check_character(first17: str) -> str:
    """The 18th: weights 3^i modulo 31."""
    total = sum(ALPHABET.index(each) * pow(3, place, 31) for place, each in enumerate(first17))
    return ALPHABET[(31 - total % 31) % 31]


def is_valid(code: str) -> bool:
    """18 characters of the alphabet and the right check character."""
    known = len(code) == 18 and all(each in ALPHABET for each in code)
    return known and check_character(code[:17]) == code[17]
