"""Whom a record is about: found by the numbers in it, not by what a shape says of them.

Whoever is named by a number that proves itself (check digits of GB 11643, GB 32100) is found in any
kind of document, also in one that a site brings. Passports and the like prove nothing, so they are
found only where a field is named as an identity's number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from exchange.errors import Invalid
from exchange.ports import Scalar
from exchange.subject import Named
from mappings.identifiers import gb11643, gb32100, spelling

RESIDENT, ORGANISATION, OTHER = "gb11643", "gb32100", "other"
_NAMES = frozenset({"id_number", "citizen_id", "passport"})
"""Fields that hold the number of an identity document, of whichever kind."""
_FORM = re.compile(r"[0-9A-Z]{18}|[0-9]{15}")
_OTHER = re.compile(r"[0-9A-Z()-]{5,40}")


def named(fields: Mapping[str, Scalar]) -> Iterator[Named]:
    """Every number that names somebody, and where.

    >>> found = named({"/mother/id_number": "11010519491231002X", "/weight_g": 3200})
    >>> [(each.scheme, each.path) for each in found]
    [('gb11643', '/mother/id_number')]
    >>> [each.scheme for each in named({"/father/id_number": "E12345678", "/note": "E12345678"})]
    ['other']
    """
    for path, value in fields.items():
        if isinstance(value, str) and len(value) < 60:
            is_identity = path.rpartition("/")[2] in _NAMES
            for scheme, number in _schemes(value, is_identity=is_identity):
                yield Named(scheme, number, path)


def asked(number: str) -> list[tuple[str, str]]:
    """Scheme and clean number of what somebody asks for. ``Invalid("person.number")`` for no number.

    >>> asked("110105 19491231 002x")
    [('gb11643', '11010519491231002X')]
    >>> asked("e12345678")
    [('other', 'E12345678')]
    """
    found = list(_schemes(number, is_identity=True))
    if not found or (len(spelling.compact(number)) == 18 and found[0][0] == OTHER):
        raise Invalid("person.number")
    return found


def _schemes(text: str, *, is_identity: bool) -> Iterator[tuple[str, str]]:
    """A number of 18 digits may prove itself as both; then it is found as both."""
    clean, proven = spelling.compact(text), False
    if _FORM.fullmatch(clean):
        for scheme, kind in ((RESIDENT, gb11643), (ORGANISATION, gb32100)):
            if (len(clean) == 18 or is_identity) and kind.is_valid(clean):
                proven = True
                yield scheme, kind.validate(clean)
    if is_identity and not proven and _OTHER.fullmatch(clean):
        yield OTHER, clean
