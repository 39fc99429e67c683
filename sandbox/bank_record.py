"""What a bank's client has done at the kit's door, as it was seen: calls, and handshakes that came to nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

LETTERS, REQUESTS = "/finance/letters", "/finance/requests"
LOANS, EVENTS = "/finance/loans", "/finance/events"
BOOKS = "/finance/reconciliation"


@dataclass(frozen=True, slots=True)
class Seen:
    """One call and what was answered."""

    method: str
    target: str
    """Path and query."""
    body: Any = None
    status: int = 0
    """0: the connection was dropped, nothing was answered."""
    answer: Any = None
    key: str = ""
    """``Idempotency-Key``."""
    signer: str = ""
    """Whose key signed: ``first``, ``next``, ``other``; empty: nobody's."""
    at: float = 0.0
    """Seconds since the kit began: when the call came, ``answered`` when the answer left."""
    answered: float = 0.0
    retry_after: float = 0.0
    trick: str = ""
    """What the kit did to it (``sandbox.bank_tricks``)."""
    certificate: str = ""
    """Of the client: ``first``, ``next``."""
    shown: str = ""
    """Of the hub: ``first``, ``renewed``."""

    @property
    def path(self) -> str:
        """Without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> Mapping[str, str]:
        """Name → last value."""
        return {name: told[-1] for name, told in parse_qs(urlsplit(self.target).query).items()}

    @property
    def code(self) -> str:
        """Of a refusal."""
        return str(self.answer.get("code", "")) if isinstance(self.answer, Mapping) else ""

    @property
    def is_done(self) -> bool:
        """Was it answered well?"""
        return 200 <= self.status < 300

    def told(self, name: str) -> Any:
        """A member of its body; None where there is none."""
        return self.body.get(name) if isinstance(self.body, Mapping) else None


@dataclass(frozen=True, slots=True)
class Knock:
    """A handshake: at the ``wrong`` door the hub's certificate is a stranger's, at the ``right`` one its own."""

    door: str
    reason: str = ""
    """Why it failed, by the client's alert; empty: the client was content."""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """All of it, in order. ``is_over``: nothing more will come."""

    seen: tuple[Seen, ...] = ()
    knocks: tuple[Knock, ...] = ()
    is_over: bool = False
    letters: Mapping[str, str] = field(default_factory=dict)
    """Number of a letter → its situation."""

    def calls(self, method: str, path: str, after: int = -1) -> Iterator[tuple[int, Seen]]:
        """Those of exactly this path that came later than the ``after``-th, with their places."""
        for place, each in enumerate(self.seen):
            if place > after and (each.method, each.path) == (method, path):
                yield place, each

    def readings(self, number: str, after: int = -1) -> Iterator[tuple[int, Seen]]:
        """The bank asks about its request: posts it, or reads it."""
        for place, each in enumerate(self.seen):
            if place > after and request_of(each) == number:
                yield place, each


def request_of(seen: Seen) -> str:
    """The bank's number of the request that a reading is about; empty for any other call.

    >>> request_of(Seen("GET", "/finance/requests/A1")), request_of(Seen("GET", "/finance/loans/A1"))
    ('A1', '')
    """
    if (seen.method, seen.path) == ("POST", REQUESTS):
        return str(seen.told("number") or "")
    head, _, last = seen.path.rpartition("/")
    return last if (seen.method, head) == ("GET", REQUESTS) else ""
