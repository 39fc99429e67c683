"""Whom documents are about, noted afterwards: those that came in before the hub kept a look-up by person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile

from exchange.errors import Fatal
from exchange.store import subject_rows
from zhida.hub import Hub
from zhida.person_extract import GONE

_AT_ONCE = 200


def run(hub: Hub, tell: Callable[[int], None] = lambda _: None) -> dict[str, int]:
    """Read every document of which nobody has noted whom it is about. Safe to repeat, and while others
    work. Gives how many were read, how many of them name somebody, and how many are erased.
    """
    done = {"read": 0, "named": 0, "erased": 0}
    for some in _chunks(hub):
        for identifier in some:
            done[_noted(hub, identifier)] += 1
        tell(sum(done.values()))
    return done | {"read": done["read"] + done["named"]}


def _chunks(hub: Hub) -> Iterator[list[str]]:
    after = [""]

    def more() -> list[str]:
        with hub.store.read() as connection:
            found = subject_rows.without(connection, after[0], _AT_ONCE)
        after[0] = found[-1] if found else after[0]
        return found

    return takewhile(bool, iter(more, None))


def _noted(hub: Hub, identifier: str) -> str:
    try:
        found = hub.archive.get(identifier)
    except Fatal as error:
        if error.code in GONE:
            return "erased"
        raise
    with hub.store.write() as connection:
        if subject_rows.has(connection, identifier):
            return "read"  # another has just noted it
        return "named" if hub.archive.note_subjects(connection, found) else "read"
