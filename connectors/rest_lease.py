"""Tokens and rotating secrets: had by a call, kept while they hold, renewed when they are refused.

Requests are signed by small callables (requests' own protocol). Where such a callable needs something
that runs out, each call takes a *lease* of it, so that it is known which token a refused request bore:
of many threads that are refused at once the first renews it and the others use the new one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

import requests

from connectors.prolog import is_login_page
from connectors.reading import Answered
from exchange.errors import ZhidaError
from exchange.ports import Clock, utc_now

Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]
Expired = Callable[[Answered], bool]
Verdict = Literal["", "refused", "login-page"]


@dataclass(frozen=True, slots=True)
class Grant:
    """A token or secret, and from when on it is not used any more (None: until it is refused)."""

    secret: str = field(repr=False)
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """What signs one call."""

    sign: Auth | None
    fresh: bool = True
    """Had for this very call, so that a refusal can't mean that it ran out."""
    drop: Callable[[], None] = lambda: None
    expired: Expired | None = None
    """Whether an answer of a good status says so; None: nothing here can run out."""

    def verdict(self, answer: Answered) -> Verdict:
        """``refused``: surely not executed (RFC 9110, 15.5.2). A login page is less sure."""
        if self.expired is None:
            return ""
        if answer.status_code == 401 or self.expired(answer):
            return "refused"
        return "login-page" if is_login_page(answer.content) else ""


@runtime_checkable
class Leasing(Protocol):
    """Gives what signs a call. Thread-safe."""

    def lease(self) -> Lease:
        """Raises what a safe call raises: nothing of the caller's has been sent."""


class Fixed:
    """Signs every call alike: nothing runs out."""

    def __init__(self, sign: Auth | None = None) -> None:
        self._lease = Lease(sign)

    def lease(self) -> Lease:
        """Always the same."""
        return self._lease


class Renewed:
    """Signs with what ``obtain`` gives, kept in memory only.

    While one thread obtains, the others wait for it, and share what comes of it.
    """

    def __init__(
        self,
        obtain: Callable[[], Grant],
        sign: Callable[[str], Auth],
        *,
        expired: Expired = lambda _: False,
        clock: Clock = utc_now,
    ) -> None:
        self._obtain, self._sign, self._expired, self._clock = obtain, sign, expired, clock
        self._grant: Grant | None = None
        self._failure: ZhidaError | None = None
        self._turns = 0
        self._lock = threading.Lock()

    def lease(self) -> Lease:
        """The kept one while it holds, else a fresh one."""
        asked = self._turns
        with self._lock:
            kept = self._grant
            fresh = kept is None or self._over(kept)
            grant = self._obtained(asked) if fresh or kept is None else kept
        return Lease(self._sign(grant.secret), fresh, lambda: self._drop(grant), self._expired)

    def _obtained(self, asked: int) -> Grant:
        """A new one. Who waited while another failed fails alike: else each would wait in turn."""
        if self._failure is not None and asked != self._turns:
            raise type(self._failure)(self._failure.code, **self._failure.facts)
        self._grant = self._failure = None
        try:
            self._grant = self._obtain()
        except ZhidaError as error:
            self._failure = error
            raise
        finally:
            self._turns += 1
        return self._grant

    def _over(self, grant: Grant) -> bool:
        return grant.until is not None and self._clock() >= grant.until

    def _drop(self, grant: Grant) -> None:
        """Unless another thread has renewed it in the meantime."""
        with self._lock:
            if self._grant is grant:
                self._grant = None
