"""Check-digit arithmetic apart from the identifiers that use it."""

from __future__ import annotations

from itertools import cycle
from operator import mul

_MOD_11_2 = "10X98765432"
_MOD_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MOD_31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MOD_31_VALUES = {character: value for value, character in enumerate(_MOD_31)}
_MOD_31_WEIGHTS = tuple(pow(3, position, 31) for position in range(30))
"""Then they come again."""


def iso7064_mod_11_2(digits: str) -> str:
    """Check character of ISO 7064 MOD 11-2: ``0``–``9`` or ``X``.

    GB 11643-1999 writes the same rule with the weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2.

    >>> iso7064_mod_11_2("11010519491231002")
    'X'
    >>> iso7064_mod_11_2("44052418800101001")
    '4'
    """
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    return _MOD_11_2[total]


def iso7064_mod_37_36(text: str) -> str:
    """Check character of ISO 7064 MOD 37,36 (hybrid) over digits and capital letters.

    The example is that of the Global Release Identifier (ISO 7064 in IFPI's GRid standard).

    >>> iso7064_mod_37_36("A12425GABC1234002")
    'M'
    """
    product = 36
    for character in text:
        if character not in _MOD_36:
            raise ValueError("not a character of ISO 7064 MOD 37,36")
        total = (product + _MOD_36.index(character)) % 36 or 36
        product = total * 2 % 37
    return _MOD_36[(37 - product) % 36]


def gb32100_check(body: str) -> str:
    """Check character of GB 32100-2015 over the first 17 characters: Σ cᵢ·3ⁱ modulo 31.

    The alphabet has 31 characters (no I, O, S, V, Z); ``ValueError`` for any other.

    >>> gb32100_check("91350100M000100Y4")
    '3'
    >>> gb32100_check("91330000755918469")
    'E'
    """
    try:
        values = map(_MOD_31_VALUES.__getitem__, body)
        return _MOD_31[-sum(map(mul, values, cycle(_MOD_31_WEIGHTS))) % 31]
    except KeyError:
        raise ValueError("not a character of GB 32100") from None


def iso7064_mod_11_10(digits: str) -> str:
    """Check digit of ISO 7064 MOD 11,10 (hybrid) over digits.

    The examples are the standard's own and the VAT number in the German tax office's specification.

    >>> iso7064_mod_11_10("0794"), iso7064_mod_11_10("13669597")
    ('5', '6')
    """
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def luhn(digits: str) -> str:
    """Check digit of ISO/IEC 7812-1, annex B (Luhn): every second digit from the right doubled.

    >>> luhn("7992739871"), luhn("622588141420743")
    ('3', '0')
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def gb11714_check(body: str) -> str:
    """Check character of GB 11714-1997 over eight digits or capital letters (A = 10 … Z = 35).

    ``X`` stands for ten. ``ValueError`` for any other character.

    >>> gb11714_check("M000100Y"), gb11714_check("75591846")
    ('4', '9')
    """
    if not set(body) <= set(_MOD_36):
        raise ValueError("not a character of GB 11714")
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(w * _MOD_36.index(c) for w, c in zip(weights, body, strict=True))
    return "0123456789X"[-total % 11]
