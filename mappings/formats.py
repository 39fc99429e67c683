"""What a JSON Schema alone cannot say of a text: check digits, real calendar days, plain text."""

from __future__ import annotations

from datetime import date

from mappings.identifiers import birth_certificate, gb11643, gb32100
from mappings.plain_text import is_plain


def is_civil_date(text: str) -> bool:
    """True for a real day written ``YYYY-MM-DD`` with plain digits.

    >>> is_civil_date("2000-02-29"), is_civil_date("1900-02-29"), is_civil_date("2026-1-5")
    (True, False, False)
    """
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


FORMATS = {
    "civil-date": is_civil_date,
    "plain-text": is_plain,
    "gb11643": lambda text: gb11643.is_valid(text) and gb11643.validate(text) == text,
    "gb32100": lambda text: gb32100.is_valid(text) and gb32100.validate(text) == text,
    "birth-certificate": lambda text: (
        birth_certificate.is_valid(text) and birth_certificate.validate(text) == text
    ),
}
"""Formats of the shapes. An identifier in a record is always in its clean form."""
