"""What the rows of a marriage register say of two people: married to each other now, or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters._coded import text
from adapters._coded_record import read
from exchange import pointer
from exchange.errors import Unknown
from mappings.compiler import Mapping as Compiled

MARRIED: Mapping[str, bool] = {
    "registered": True,
    "reissued": True,
    "dissolved": False,
    "none": False,
}
"""What an act of the register means for the couple from its day on."""


def listed(value: Any, place: str) -> list[Any]:
    """The rows at the place; empty where the platform says that there is none.

    ``Unknown`` where the place itself is not there: a mutilated answer must not become a no.
    """
    found, missing = pointer.get(value, place), object()
    parent, _, last = place.rpartition("/")
    whole = pointer.get(value, parent) if place else {"": value}
    stated = whole.get(last, missing) if isinstance(whole, Mapping) else missing
    if stated is None or found == []:
        return []
    rows = [found] if isinstance(found, Mapping) else found
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Unknown("civil.unreadable-answer")
    return rows


def require_same(rows: Iterable[Any], same: Mapping[str, str], asked: Any) -> None:
    """``Unknown`` if one row is about anybody else: then none of them is believed."""
    for row in rows:
        for theirs, ours in same.items():
            told = text(row, theirs).upper()
            if not told or told != text(asked, ours).upper():
                raise Unknown("civil.answer-about-another", field=theirs)


def verdict(rows: Sequence[Any], mapping: Compiled, operation: str) -> dict[str, Any]:
    """``married``, and ``registered_on`` where the register tells the day of this marriage.

    The last act counts. ``Unknown`` where the order of several can't be told.
    """
    acts = [read(mapping, row, operation) for row in rows]
    if len(acts) > 1:
        acts = _in_order(acts)
    if not acts or not _is_married(acts[-1]):
        return {"married": False}
    ended = max((at for at, act in enumerate(acts) if not _is_married(act)), default=-1)
    since = [act["on"] for act in acts[ended + 1 :] if act["act"] == "registered" and "on" in act]
    return {"married": True} | ({"registered_on": since[-1]} if since else {})


def _in_order(acts: list[Any]) -> list[Any]:
    if not all("on" in act for act in acts):
        raise Unknown("civil.order-unknown", count=len(acts))
    found = sorted(acts, key=lambda act: str(act["on"]))
    last = {_is_married(act) for act in found if act["on"] == found[-1]["on"]}
    if len(last) > 1:
        raise Unknown("civil.order-unknown", count=len(acts))
    return found


def _is_married(act: Mapping[str, Any]) -> bool:
    if act["act"] not in MARRIED:
        raise Unknown("civil.unreadable-answer")
    return MARRIED[act["act"]]
