"""How one peer's answers are to be read: HTTP statuses and SOAP faults differ between vendors.

The default table, by what the caller must do (RFC 9110; the reasons stand beside)::

    2xx            fine
    301 307 308    Fatal     wire.moved: the configured address is out of date
    302 303        Unknown   wire.redirected: after a POST this may mean "done, look there"
    401 407        Fatal     wire.login-refused: the login of the site, not the data
    408 425 429 503 Retriable wire.busy: the peer says that it did not act
    other 4xx      Rejected  wire.status-refused
    anything else  Unknown   wire.status-unknown: a 500 may come after the commit
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Protocol

from exchange.errors import Fact, Fatal, Rejected, Retriable, Unknown, ZhidaError
from exchange.ports import utc_now

_DEFAULT: Mapping[int, tuple[type[ZhidaError], str]] = {
    301: (Fatal, "wire.moved"),
    302: (Unknown, "wire.redirected"),
    303: (Unknown, "wire.redirected"),
    307: (Fatal, "wire.moved"),
    308: (Fatal, "wire.moved"),
    401: (Fatal, "wire.login-refused"),
    407: (Fatal, "wire.login-refused"),
    408: (Retriable, "wire.busy"),
    425: (Retriable, "wire.busy"),
    429: (Retriable, "wire.busy"),
    503: (Retriable, "wire.busy"),
}
_CODES: Mapping[type[ZhidaError], str] = {
    Fatal: "wire.status-fatal",
    Rejected: "wire.status-refused",
    Retriable: "wire.busy",
    Unknown: "wire.status-unknown",
}


class Answered(Protocol):
    """The part of an HTTP answer that is read here."""

    @property
    def status_code(self) -> int:
        """HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """HTTP header, names in any case."""

    @property
    def content(self) -> bytes:
        """Body as received, content encoding removed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One peer's ways, where they differ from the default."""

    statuses: Mapping[int, type[ZhidaError]] = field(default_factory=dict)
    """HTTP status → the leaf that it means at this peer (``{503: Unknown, 404: Fatal}``)."""
    faults: Mapping[str, type[ZhidaError]] = field(default_factory=dict)
    """Local name of a SOAP fault code → leaf (``{"Server": Unknown}``); others are Rejected."""
    reads: frozenset[str] = frozenset()
    """Operations that change nothing at the peer: asking again is safe, so none ends Unknown."""
    json_types: frozenset[str] = frozenset({"application/json", "text/json"})
    """Media types that hold JSON at this peer; ``+json`` always does (RFC 6839)."""
    text_types: frozenset[str] = frozenset()
    """Media types whose body is one text at this peer (XML, a line of words)."""

    def error(self, answer: Answered, **facts: Fact) -> ZhidaError | None:
        """What the status means, or None for success. Facts: ``status``, ``retry_after`` (seconds)."""
        status = answer.status_code
        if status in self.statuses:
            kind = self.statuses[status]
            code = _CODES.get(kind, "wire.status-refused")
        elif 200 <= status < 300:
            return None
        else:
            other = (Rejected, "wire.status-refused") if 400 <= status < 500 else None
            kind, code = _DEFAULT.get(status) or other or (Unknown, "wire.status-unknown")
        error = kind(code, status=status, **facts, **_retry_after(answer.headers))
        return error.answered(answer.content) if isinstance(error, Rejected) else error


def _retry_after(headers: Mapping[str, str]) -> dict[str, Fact]:
    """The pause that the peer asks for, in seconds (RFC 9110, 10.2.3); nothing if it is unreadable.

    An instant counts from the peer's own ``Date``: its clock may differ from ours, the pause not.

    >>> _retry_after({"Retry-After": "120"})
    {'retry_after': 120}
    >>> date = {"Date": "Wed, 21 Oct 2026 07:28:00 GMT"}
    >>> _retry_after({**date, "Retry-After": "Wed, 21 Oct 2026 07:30:00 GMT"})
    {'retry_after': 120}
    """
    told = headers.get("Retry-After", "").strip()[:40]
    if told.isascii() and told.isdigit():
        return {"retry_after": int(told)}
    until, now = _instant(told), _instant(headers.get("Date", "")) or utc_now()
    return {"retry_after": max(0, ceil((until - now).total_seconds()))} if until else {}


def _instant(told: str) -> datetime | None:
    """An HTTP date, or None."""
    try:
        found = parsedate_to_datetime(told)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
