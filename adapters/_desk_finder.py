"""Requests of ours, found by their keys: the OA's list is read once for all that wait, not for each.

A hundred people may have a hundred requests of ours on their desks, and a new worker knows of none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from adapters import _oa_todo
from adapters._oa_desk import Desk
from adapters._oa_form import Form
from exchange.ports import Prepared

_HEX = re.compile("[0-9a-f]+")


class Finder:
    """Remembers which titles stand in the list. Thread-safe: what it knows only grows.

    A title says only where to look; the form's own key decides (``_oa_todo.titled``). That a request
    is not there is never told from memory.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._surely: dict[str, str] = {}
        """Effect key → request: a request keeps its key, so nothing here can become wrong."""
        self._perhaps: dict[str, frozenset[str]] = {}
        """What stands of a key in a title → the requests whose titles have it."""

    def created(self, effect_key: str, request: str) -> None:
        """The OA has just told its number."""
        self._surely[effect_key] = request

    def find(self, prepared: Prepared) -> tuple[Form, bytes] | None:
        """The request that carries the effect key, with its form; None if the OA has none."""
        known = self._surely.get(prepared.effect_key)
        if known is not None:
            return self._desk.request(known)
        mark = _oa_todo.marked(prepared.effect_key)
        seen = self._perhaps.get(mark, frozenset())
        for request in chain(seen, self._listed(mark, seen)):
            form, raw = self._desk.request(request)
            if form.fields.get("ywlsh") == prepared.effect_key:
                self._surely[prepared.effect_key] = request
                return form, raw
        return None

    def _listed(self, mark: str, seen: frozenset[str]) -> Iterator[str]:
        """Requests whose titles have the mark; what is passed on the way to them is remembered."""
        for listed in self._desk.mine():
            for each in set(_marks(listed.title)):
                self._perhaps[each] = self._perhaps.get(each, frozenset()) | {listed.request_id}
            if mark in listed.title and listed.request_id not in seen:
                yield listed.request_id


def _marks(title: str) -> Iterator[str]:
    """Everything in a title that may stand for a key, whatever the OA put around it.

    >>> list(_marks("核验-0123456789abcdef&nbsp;")), len(list(_marks("a" * 17)))
    (['0123456789abcdef'], 2)
    """
    for run in _HEX.findall(title):
        yield from (run[at : at + _oa_todo.KEY] for at in range(len(run) - _oa_todo.KEY + 1))
