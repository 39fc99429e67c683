"""Has the issuer taken a certificate back, and for how long will an old list do?

An authority publishes lists of what it has taken back, each with the day of the next one. When its
source is off, the last list serves for a *budget* longer; after that nothing of this authority is
taken for good, for what was revoked meanwhile is not known here. A site withdraws keys itself too,
by two operators, when it can't wait for the authority.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from crypto.certificates import Certificate, RevocationList
from exchange import times
from exchange.errors import Fact, Forbidden, NotYet

FRESH, STALE, OVER, NONE = "fresh", "stale", "over", "none"
RETRY = 600
"""Seconds after which somebody who waits for a list looks again."""


@dataclass(frozen=True, slots=True)
class Watched:
    """An authority whose lists the site wants, with the newest that it has."""

    issuer: Certificate
    budget: timedelta
    crl: RevocationList | None = None

    @property
    def until(self) -> datetime | None:
        """Until when the list serves at most; None without one."""
        return None if self.crl is None else self.crl.next_update + self.budget

    def state(self, now: datetime) -> str:
        """``fresh``, ``stale`` (on its budget), ``over`` or ``none``."""
        if self.crl is None or self.until is None:
            return NONE
        if now <= self.crl.next_update:
            return FRESH
        return STALE if now <= self.until else OVER

    def require(self, now: datetime) -> RevocationList:
        """The list. ``NotYet`` if there is none, or its budget is used up."""
        facts: dict[str, Fact] = {"issuer": self.issuer.common_name, "retry_after": RETRY}
        if self.crl is None or self.until is None:
            raise NotYet("revocation.none", **facts)
        if now > self.until:
            raise NotYet("revocation.over", **facts | {"until": times.stamp(self.until)})
        return self.crl


def age(crl: RevocationList) -> tuple[str, int]:
    """``thisUpdate`` (stamp) and number: of two lists the older sorts first."""
    return (times.stamp(crl.this_update), crl.number)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A key that two operators of the site have withdrawn, when, and why (as they wrote it)."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Revocations:
    """What is known of keys and certificates that are good no more."""

    watched: Mapping[str, Watched] = field(default_factory=dict)
    """By ``kid`` of the authority's key."""
    withdrawn: Mapping[str, Withdrawal] = field(default_factory=dict)
    """By ``kid``."""

    def check(
        self, path: Sequence[Certificate], *, now: datetime, known_at: datetime | None
    ) -> None:
        """``Forbidden`` if a certificate of the path (the unit's first) was not good any more when its
        signature got to us; ``NotYet`` if that can't be told, for want of a list.

        ``known_at`` is when the signature came into the ledger; None: it comes just now, and then
        it is refused whatever date it bears, for a thief may write any.
        """
        for certificate in path:
            self._check_withdrawn(certificate, path[0].common_name, known_at)
        for certificate, issuer in pairwise(path):
            watched = self.watched.get(issuer.public_key.kid)
            if watched is not None:
                _check_listed(watched.require(now), certificate, path[0].common_name, known_at)

    def _check_withdrawn(self, held: Certificate, unit: str, known_at: datetime | None) -> None:
        found = self.withdrawn.get(held.public_key.kid)
        if found is not None and (known_at is None or found.at <= known_at):
            facts = {"unit": unit, "kid": held.public_key.kid, "reason": found.reason}
            raise Forbidden("key.withdrawn", at=times.stamp(found.at), **facts)


def _check_listed(
    crl: RevocationList, held: Certificate, unit: str, known_at: datetime | None
) -> None:
    at = crl.revoked.get(held.serial)
    if at is not None and (known_at is None or at <= known_at):
        reason = crl.reasons.get(held.serial, "unspecified")
        facts = {"unit": unit, "serial": held.serial, "reason": reason}
        raise Forbidden("certificate.revoked", at=times.stamp(at), **facts)
