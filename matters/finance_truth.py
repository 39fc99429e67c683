"""Whether a condition holds of what is stated: yes, no, or unknown (None), also behind a ``not``.

``matters.conditions`` asks of papers that have come whether something is there; of a firm whose bank
waits for facts that is not enough: what nobody has stated makes neither a condition nor its opposite
true. So ``present`` and ``absent`` have no place in these conditions (``finance_schema``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matters import conditions, kleene
from matters.conditions import Condition, Fields
from matters.kleene import Truth


def truth(said: Condition, fields: Fields) -> Truth:
    """Is it so?

    >>> truth({"not": {"equal": {"/a/b": 1}}}, {}) is None
    True
    >>> truth({"any": [{"equal": {"/a/b": 1}}, {"equal": {"/a/c": 1}}]}, {"/a/c": 1})
    True
    """
    [(word, about)] = said.items()
    if word in ("all", "any"):
        join = kleene.every if word == "all" else kleene.some
        return join([truth(part, fields) for part in about])
    if word == "not":
        return kleene.opposite(truth(about, fields))
    if word == "same":
        return _same(about, fields)
    return kleene.every([_one(word, path, wanted, fields) for path, wanted in about.items()])


def lacks(said: Condition, fields: Fields) -> Iterator[str]:
    """If it is unknown, what it looks at and nobody has stated.

    >>> list(lacks({"all": [{"equal": {"/a/b": 1}}, {"equal": {"/a/c": 1}}]}, {"/a/b": 1}))
    ['/a/c']
    """
    if truth(said, fields) is None:
        yield from (path for path in conditions.paths(said) if path not in fields)


def _same(paths: list[str], fields: Fields) -> Truth:
    known = {fields[path] for path in paths if path in fields}
    if len(known) > 1:
        return False
    return True if all(path in fields for path in paths) else None


def _one(word: str, path: str, wanted: Any, fields: Fields) -> Truth:
    asked = [path, wanted["at"]] if word == "older_than" else [path]
    if any(each not in fields for each in asked):
        return None
    return conditions.holds({word: {path: wanted}}, fields)
