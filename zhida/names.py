"""A helping hand for names: what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, or ``-``.

    >>> nearest("newbron", ["newborn", "grants"])
    'newborn'
    """
    return next(iter(difflib.get_close_matches(name, list(known), 1, 0.5)), "-")
