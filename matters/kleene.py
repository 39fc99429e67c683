"""Yes, no and unknown (Kleene's strong logic): what is not known is never taken for a no."""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None
"""None: unknown."""


def every(parts: Iterable[Truth]) -> Truth:
    """No if one part is no, else unknown if one is.

    >>> every([True, None]), every([None, False]), every([])
    (None, False, True)
    """
    found = set(parts)
    return False if False in found else None if None in found else True


def some(parts: Iterable[Truth]) -> Truth:
    """Yes if one part is yes, else unknown if one is.

    >>> some([False, None]), some([None, True]), some([])
    (None, True, False)
    """
    return opposite(every(opposite(part) for part in parts))


def opposite(part: Truth) -> Truth:
    """The unknown stays so.

    >>> opposite(True), opposite(None)
    (False, None)
    """
    return None if part is None else not part
