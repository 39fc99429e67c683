"""The workflow service as its user sees it: the to-do list, one request, submit, create.

Everything is said in the name of one user, the hub's account. Which wire carries it (SOAP or E9's
REST) is the site's choice and changes nothing in what is done or known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from adapters._oa_form import Form
from exchange.errors import Retriable

_MOST_PAGES = 1000


class Desk(Protocol):
    """The hub account's desk in one OA. Thread-safe."""

    def todo(self) -> Iterator[Form]:
        """Requests that wait for this user."""

    def mine(self) -> Iterator[Form]:
        """Requests that this user created."""

    def request(self, request_id: str) -> tuple[Form, bytes]:
        """One request with its form, and the answer's bytes. ``Rejected`` if it can't be read."""

    def reread(self, request_id: str, raw: bytes) -> Form:
        """The same out of an answer that was kept; the OA is not asked."""

    def create(self, workflow: str, title: str, fields: Mapping[str, str]) -> tuple[str, bytes]:
        """Create a request: its id. ``Rejected`` when the OA says no."""

    def submit(self, request_id: str, fields: Mapping[str, str]) -> tuple[bool, bytes]:
        """Fill in and pass on a request that waits for this user: whether the OA took it."""

    def send_back(self, request_id: str, remark: str) -> tuple[bool, bytes]:
        """Give a request that waits for this user back to who had it: whether the OA took it."""

    def close(self) -> None:
        """Close the wire."""


def pages(ask: Callable[[int], Sequence[Form]], operation: str) -> Iterator[Form]:
    """Pages until one is empty or says nothing new (the list moves while it is read).

    A short page is no end: an OA may cut its pages shorter than was asked for. ``Retriable`` if
    there is no end, since what was not read might be what one looks for.
    """
    seen: set[str] = set()
    for page in range(1, _MOST_PAGES + 1):
        fresh = [form for form in ask(page) if form.request_id not in seen]
        if not fresh:
            return
        yield from fresh
        seen.update(form.request_id for form in fresh)
    raise Retriable("oa.unreadable-list", operation=operation)
