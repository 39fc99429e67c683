"""What a JSON Schema alone cannot say of a text: check digits, real calendar days, plain text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from mappings.identifiers import catalogue
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


def is_civil_time(text: str) -> bool:
    """True for a real moment written ``YYYY-MM-DDTHH:MM:SS`` with plain digits, without a zone.

    >>> is_civil_time("2028-02-29T23:59:59"), is_civil_time("2026-02-29T09:00:00")
    (True, False)
    """
    try:
        return len(text) == 19 and datetime.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_clean(name: str) -> Callable[[str], bool]:
    """A test that a text is an identifier of that name, in its clean form.

    >>> [is_clean("gb11714")(each) for each in ("M000100Y4", "M000100Y-4", "M000100Y5")]
    [True, False, False]
    """

    def test(text: str) -> bool:
        known = catalogue.find(name)
        return known.is_valid(text) and known.validate(text) == text

    return test


FORMATS: dict[str, Callable[[str], bool]] = {
    "civil-date": is_civil_date,
    "civil-time": is_civil_time,
    "plain-text": is_plain,
    **{name.replace("_", "-"): is_clean(name) for name in catalogue.NAMES},
}
"""Formats of the shapes: every identifier is one, by its name with hyphens."""
