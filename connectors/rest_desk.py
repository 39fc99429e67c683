"""Asks a peer for a token or a secret, and reads it out of the answer.

Error map (the caller's own request has not been sent)::

    no answer, busy, failure inside the peer     Retriable  as the wire says
    any other status                             Fatal      rest.login-failed
    a good status, but no token at its place     Fatal      rest.no-token
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.http import Line, Received, peer_of, safe_to_repeat
from connectors.prolog import plain_name
from connectors.reading import Reading
from connectors.rest_answer import at, value_of
from connectors.rest_body import Content
from connectors.rest_lease import Auth, Expired
from exchange.errors import Fatal, Rejected
from exchange.ports import Clock

_TOKEN = re.compile(r"[!-~]{1,8192}")
_BARE = re.compile(rb"[A-Za-z0-9._~+/=-]+")
"""What a token without JSON around it may be made of (RFC 6750, 2.1), so that no page is one."""
_REASONS = ("/error", "/code", "/errcode", "/status")
_LONGEST = 365 * 86_400


class Desk:
    """The peer's place where tokens are given out."""

    def __init__(self, line: Line, base: str, headers: Mapping[str, str] | None = None) -> None:
        self._line, self._base, self._headers = line, base.rstrip("/"), headers or {}
        self.peer = peer_of(base)

    def ask(
        self,
        operation: str,
        content: Content = Content(),
        *,
        headers: Mapping[str, str] | None = None,
        sign: Auth | None = None,
    ) -> Received:
        """The answer to ``"POST /path"`` of a good status. Raises ``Retriable``, ``Fatal``."""
        method, _, path = operation.partition(" ")
        url = self._base + path
        if content.query:
            url += ("&" if "?" in path else "?") + content.query
        told = {"Accept": "application/json", **self._headers, **(headers or {})}
        if content.media:
            told["Content-Type"] = content.media
        with safe_to_repeat(True):
            answer = self._line.exchange(method, url, content.raw, headers=told, auth=sign)
            error = Reading().error(answer, peer=self.peer, operation=operation)
            if isinstance(error, Rejected | Fatal):
                raise self.failed(operation, answer)
            if error is not None:
                raise error
        return answer

    def failed(self, operation: str, answer: Received) -> Fatal:
        """That the peer said no; with its code, which is no text about anybody."""
        value = value_of(answer)
        told = next(filter(None, (at(value, place) for place in _REASONS)), "-")
        return Fatal(
            "rest.login-failed",
            peer=self.peer,
            operation=operation.partition("?")[0],
            status=answer.status_code,
            reason=plain_name(told) or "-",
        )

    def token(self, answer: Received, place: str) -> str:
        """The token at a JSON pointer; with an empty one the whole answer, JSON or plain text."""
        value, bare = value_of(answer), answer.content.strip()
        found = at(value, place)
        if not place and value is None and bare != b"null" and _BARE.fullmatch(bare):
            found = bare.decode("ascii")
        if not _TOKEN.fullmatch(found):
            raise Fatal("rest.no-token", peer=self.peer, pointer=place, status=answer.status_code)
        return found


def lifetime(told: str, clock: Clock) -> datetime | None:
    """Until when a token of so many seconds is used: a tenth less, so that none runs out on its way.

    >>> lifetime("600", lambda: datetime(2026, 1, 5)).minute, lifetime("", datetime.now)
    (9, None)
    """
    if not re.fullmatch("[0-9]{1,15}", told):
        return None
    return clock() + timedelta(seconds=min(int(told), _LONGEST)) * 0.9


def expired_by(rule: Mapping[str, Any] | None) -> Expired:
    """Whether an answer of a good status says that the token ran out, as the site declares."""
    if rule is None:
        return lambda _: False
    place, values = rule["pointer"], frozenset(rule["values"])
    return lambda answer: at(value_of(answer), place) in values
