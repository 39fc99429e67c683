"""Whether a condition holds, does not, or nobody can tell yet: what is not stated is never taken for a no."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from matters import conditions
from matters.conditions import Condition, Fields

Word = Literal["yes", "no", "unknown"]


def weigh(when: Condition | None, fields: Fields) -> tuple[Word, tuple[str, ...]]:
    """The word, and of what is unknown the fields that somebody would have to state. None always holds.

    >>> weigh({"equal": {"/project/shelter": True}}, {"/project/shelter": False})
    ('no', ())
    >>> weigh({"equal": {"/project/shelter": True}}, {})
    ('unknown', ('/project/shelter',))
    """
    if when is None or conditions.holds(when, fields):
        return "yes", ()
    missing = tuple(dict.fromkeys(_open(when, fields)))
    return ("unknown" if missing else "no"), missing


def _open(when: Condition, fields: Fields) -> Iterator[str]:
    """What is not stated, in the parts on which it still depends: a part of ``all`` that is surely no
    settles the whole.
    """
    [(word, about)] = when.items()
    if word in ("present", "absent"):
        return
    if word == "not":
        yield from _open(about, fields)
    elif word in ("all", "any"):
        parts = [part for part in about if not conditions.holds(part, fields)]
        told = [list(_open(part, fields)) for part in parts]
        if word == "any" or all(told):
            yield from (path for each in told for path in each)
    else:
        yield from (path for path in conditions.paths(when) if path not in fields)
