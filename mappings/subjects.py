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
from mappings.check_digits import gb32100_check, iso7064_mod_11_2
from mappings.identifiers import gb11643, gb32100, spelling

RESIDENT, ORGANISATION, OTHER = "gb11643", "gb32100", "other"
_IDENTITY = ("/id_number", "/citizen_id", "/passport")
"""Endings of fields that hold the number of an identity document, of whichever kind."""
_LONG, _SHORT = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}"), re.compile(r"[0-9]{15}")
_RESIDENT = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OTHER = re.compile(r"[0-9A-Z()-]{5,40}")


def named(fields: Mapping[str, Scalar]) -> Iterator[Named]:
    """Every number that names somebody, and where.

    This is asked of every field of every document, so most are passed over by their length: a document's
    fields are clean, for its shape has been held against them.

    >>> found = named({"/mother/id_number": "11010519491231002X", "/weight_g": 3200})
    >>> [(each.scheme, each.path) for each in found]
    [('gb11643', '/mother/id_number')]
    >>> [each.scheme for each in named({"/father/id_number": "E12345678", "/note": "E12345678"})]
    ['other']
    """
    for path, value in fields.items():
        if isinstance(value, str) and len(value) < 60:
            is_identity = path.endswith(_IDENTITY)
            if is_identity or len(value) == 18:
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
    clean = spelling.compact(text)
    proven = [*_proven(clean)]
    if is_identity and _SHORT.fullmatch(clean) and gb11643.is_valid(clean):  # before 1999
        proven.append((RESIDENT, gb11643.validate(clean)))
    yield from proven
    if is_identity and not proven and _OTHER.fullmatch(clean):
        yield OTHER, clean


def _proven(clean: str) -> Iterator[tuple[str, str]]:
    """The check digit first: nearly nothing passes it that is no number, and the rest takes longer."""
    if len(clean) != 18 or not _LONG.fullmatch(clean):
        return
    is_resident = _RESIDENT.fullmatch(clean) and iso7064_mod_11_2(clean[:17]) == clean[17]
    if is_resident and gb11643.is_valid(clean):
        yield RESIDENT, clean
    if gb32100_check(clean[:17]) == clean[17] and gb32100.is_valid(clean):
        yield ORGANISATION, clean
