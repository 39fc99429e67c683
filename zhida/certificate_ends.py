"""What ends soon: certificates of units, of the hub, of authorities, of the time-stamp authority, and lists.

A renewed certificate of the same holder ends the warning; so does taking the old one out. Two steps: thirty
days before, for a CA needs weeks; and seven, for then somebody has missed the first.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from crypto import time_stamps
from crypto.errors import CryptoError
from exchange import times
from exchange.errors import Fact, Problem, ZhidaError
from exchange.incident import Trouble
from exchange.revocation import Watched
from exchange.store import outside_rows
from exchange.store.engine import Connection
from zhida import trust
from zhida.outside_file import STAMPER, Stamper
from zhida.site import Site
from zhida.site_operators import FORMER
from zhida.trusted import Trusted

EARLY, LATE = timedelta(days=30), timedelta(days=7)
SOON, AT_ONCE = "ending", "ending-soon"
"""Kinds of incidents."""
OWN, UNIT, AUTHORITY = "key.own-ends", "key.unit-ends", "trust.authority-ends"
STAMP, STAMP_SIGNER, OPERATOR, LIST = (
    "outside.authority-ends",
    "outside.signer-ends",
    "operator.certificate-ends",
    "revocation.list-ends",
)


@dataclass(frozen=True, slots=True)
class End:
    """What ends when, and the code that says what to do about it."""

    holder: str
    """Unit, operator, or the name of an authority."""
    code: str
    until: datetime

    def is_near(self, now: datetime, within: timedelta = EARLY) -> bool:
        """Less than that is left; or it is over."""
        return self.until - now <= within

    def problem(self, now: datetime) -> Problem:
        """For people: ``days`` is 0 on the last day, and below that once it is over."""
        day = times.civil_day(self.until)
        facts: dict[str, Fact] = {"holder": self.holder, "until": day.isoformat()}
        return Problem(self.code, facts | {"days": (day - times.civil_day(now)).days})

    def trouble(self, now: datetime) -> tuple[Trouble, datetime]:
        """The incident, and since when there is one. The days are not in it: they change."""
        late = self.is_near(now, LATE)
        system = STAMPER if self.code in (STAMP, STAMP_SIGNER) else self.holder
        facts = {name: told for name, told in self.problem(now).facts.items() if name != "days"}
        told = Trouble(
            system, AT_ONCE if late else SOON, self.code, facts | {"days": 7 if late else 30}
        )
        return told, self.until - (LATE if late else EARLY)


def of_trust(site: Site, state: Trusted) -> list[End]:
    """Of units and authorities: the newest of each; the first to end comes first."""
    gone = state.revocations.withdrawn
    units = [
        End(each.unit, OWN if each.unit == site.unit else UNIT, each.certificate.valid_until)
        for each in state.units
        if each.certificate.public_key.kid not in gone
    ]
    above = [End(c.common_name, AUTHORITY, c.valid_until) for c in state.authorities.all]
    return sorted(_newest([*units, *above]), key=lambda each: each.until)


def _newest(ends: Iterable[End]) -> list[End]:
    """A holder's certificate that lasts longest: it is in use, or may be."""
    found: dict[tuple[str, str], End] = {}
    for each in ends:
        key = (each.holder, each.code)
        if key not in found or found[key].until < each.until:
            found[key] = each
    return list(found.values())


def of_stamper(stamper: Stamper | None, connection: Connection) -> list[End]:
    """Of the time-stamp authority: its root, or the certificate that signed its last stamp, whichever ends first.

    The latter is told by its stamps alone: a new one with another certificate ends the warning.
    """
    if stamper is None:
        return []
    last = outside_rows.newest(connection, STAMPER)
    found = [*_root(stamper), *(_signer(stamper, last.seal) if last else ())]
    return [min(found, key=lambda each: each.until)] if found else []


def _root(stamper: Stamper) -> Iterator[End]:
    with suppress(CryptoError, ZhidaError):  # ``zhida check`` says what is wrong with the file
        yield End(stamper.title, STAMP, max(time_stamps.ends(stamper.authority())))


def _signer(stamper: Stamper, seal: str) -> Iterator[End]:
    with suppress(
        CryptoError, ValueError
    ):  # ``zhida ledger verify`` says what is wrong with the stamp
        answer = base64.b64decode(seal, validate=True)
        yield End(stamper.title, STAMP_SIGNER, time_stamps.signer_end(answer))


def of_operators(site: Site) -> Iterator[End]:
    """Of the people who may act. One that can't be read is told elsewhere."""
    for who in site.operators.values():
        if FORMER in who.roles:
            continue
        try:
            yield End(who.name, OPERATOR, trust.operator_certificate(site, who).valid_until)
        except ZhidaError:
            continue


def of_lists(watched: Iterable[Watched], now: datetime) -> Iterator[End]:
    """Lists that are to be renewed by hand in time. What is renewed each day is never far from its
    end: so only in the last quarter of its time does one end soon.
    """
    for each in watched:
        if each.crl is None:
            continue
        until = each.crl.next_update
        quarter = (until - each.crl.this_update) / 4
        if until - now <= min(LATE, quarter):
            yield End(each.issuer.common_name, LIST, until)
