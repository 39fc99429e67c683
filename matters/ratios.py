"""Ratios as people write them (5.5%, 0.0005): exact fractions of powers of ten."""

from __future__ import annotations

import re
from decimal import Decimal

from exchange.errors import Invalid
from matters.criteria import Ratio

_FORM = re.compile(r"(-?[0-9]{1,8}(?:\.[0-9]{1,6})?)\s?(%|‰)?")
PLACES = 6
"""Denominators end at a million: money times a ratio then fits into 128 bits."""
_UNITS = {None: 1, "%": 100, "‰": 1000}


def parse(text: str) -> Ratio:
    """``Invalid`` where it is no ratio.

    >>> parse("5.5%"), parse("0.0005"), parse("0.5‰"), parse("60%")
    (Ratio(numerator=55, denominator=1000), Ratio(numerator=5, denominator=10000), \
Ratio(numerator=5, denominator=10000), Ratio(numerator=6, denominator=10))
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise _refused(text)
    number = (Decimal(found[1]) / _UNITS[found[2]]).normalize()
    places = max(0, -int(number.as_tuple().exponent))
    if places > PLACES:
        raise _refused(text)
    return Ratio(int(number.scaleb(places)), 10**places)


def _refused(text: str) -> Invalid:
    return Invalid("policy.ratio", text=text[:30])


def write(ratio: Ratio) -> str:
    """In percent.

    >>> write(parse("0.055")), write(parse("2"))
    ('5.5%', '200%')
    """
    percent = Decimal(ratio.numerator) * 100 / Decimal(ratio.denominator)
    return f"{percent.normalize():f}%"
