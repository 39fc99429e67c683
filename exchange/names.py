"""A helping hand for names: what was probably meant, or what there is to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

NEAR = 0.6
"""A name less alike than this is no help: it sends the reader astray."""
MOST = 12
LONGEST = 40
NONE = "-"


def similar(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, in any case of letters, or ``-``.

    >>> similar("newbron", ["newborn"]), similar("ID", ["id"]), similar("optional", ["join"])
    ('newborn', 'id', '-')
    """
    by_fold = {each.casefold(): each for each in sorted(known, reverse=True)}
    found = get_close_matches(name.casefold(), by_fold, 1, NEAR)
    return by_fold[found[0]] if found else NONE


def nearest(name: str, known: Iterable[str]) -> str:
    """The same; where no name is near, all that there are (the first dozen), or ``-``.

    So a problem's text says what can be written there, whether or not somebody guesses.

    >>> nearest("newbron", ["newborn", "grants"]), nearest("x", ["join", "from"]), nearest("x", [])
    ('newborn', 'from | join', '-')
    """
    listed = sorted(set(known))
    found = similar(name, listed)
    if found != NONE or not listed:
        return found
    shown = " | ".join(each[:LONGEST] for each in listed[:MOST])
    return f"{shown} | …" if len(listed) > MOST else shown
