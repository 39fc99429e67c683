"""All cases of a question to the store, a page at a time, so that no transaction stays open meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from exchange.store.engine import Connection
from zhida.hub import Hub

Page = Callable[[Connection, str], list[str]]
"""Ids after the given one, in order; none: there are no more."""


def cases(hub: Hub, page: Page) -> Iterator[str]:
    """One after the other."""
    after = ""
    while True:
        with hub.store.read() as connection:
            found = page(connection, after)
        yield from found
        if not found:
            return
        after = found[-1]
