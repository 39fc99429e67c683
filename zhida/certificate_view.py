"""Certificates that end soon, or are not good any more: of units, of people, of authorities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from exchange import times
from exchange.errors import ZhidaError
from zhida import (
    case_view,
    certificate_ends,
    key_view,
    outside_file,
    outside_schema,
    site_words,
    trust,
)
from zhida.site_operators import FORMER
from zhida.trusted import Trusted
from zhida.watch import Watch

SOON = timedelta(days=30)
_GONE = ("withdrawn", "revoked")
"""What two people have taken out of use is over, and no work for anybody."""


def ending(watch: Watch) -> list[dict[str, Any]]:
    """The first to end first. ``days`` left (civil days in China), negative: over; ``code``: why not good."""
    now = watch.clock()
    try:
        state = key_view.of_watch(watch)
    except ZhidaError as error:
        return [_spoilt(watch, "authority", "", error) | {"days": 0, "soon": False}]
    rows = [*_units(watch, state, now), *_people(watch), *_authorities(state), *_stamper(watch)]
    told = [row | _left(row["valid_until"], now) for row in rows]
    found = [row for row in told if row["code"] or row["soon"]]
    return sorted(found, key=lambda row: (row["valid_until"], row["whose"]))


def _left(until: str, now: datetime) -> dict[str, Any]:
    """
    >>> _left("2026-03-05T00:00:00.000000Z", times.instant("2026-03-02T01:00:00.000000Z"))
    {'days': 3, 'soon': True}
    """
    if not until:
        return {"days": 0, "soon": False}
    end = times.instant(until)
    days = (times.civil_day(end) - times.civil_day(now)).days
    return {"days": days, "soon": end - now < SOON}


def _units(watch: Watch, state: Trusted, now: datetime) -> Iterator[dict[str, Any]]:
    for row in key_view.keys(watch.site, state, now):
        if row["state"] not in _GONE:
            whose = case_view.unit_title(watch, row["unit"])
            code, what = row["code"], row["why"]
            yield _row("unit", whose, row["valid_until"], code=code, what=what)


def _people(watch: Watch) -> Iterator[dict[str, Any]]:
    for who in watch.site.operators.values():
        if FORMER not in who.roles:
            try:
                held = trust.operator_certificate(watch.site, who)
                yield _row("operator", who.title, times.stamp(held.valid_until))
            except ZhidaError as error:
                yield _spoilt(watch, "operator", who.title, error)


def _authorities(state: Trusted) -> Iterator[dict[str, Any]]:
    for row in key_view.authorities(state):
        yield _row("authority", row["name"], row["valid_until"])


def _stamper(watch: Watch) -> Iterator[dict[str, Any]]:
    """The time-stamp authority, by its root or by its last stamp."""
    try:
        stamper = outside_file.load(watch.site).stamper
        with watch.store.read() as connection:
            found = certificate_ends.of_stamper(stamper, connection)
    except ZhidaError as error:
        yield _spoilt(watch, "stamper", outside_schema.FILE, error)
        return
    for each in found:
        yield _row("stamper", each.holder, times.stamp(each.until))


def _spoilt(watch: Watch, kind: str, whose: str, error: ZhidaError) -> dict[str, Any]:
    what = site_words.describe(watch.site, error.code, error.facts)[0]
    return _row(kind, whose, "", code=error.code, what=what)


def _row(kind: str, whose: str, until: str, *, code: str = "", what: str = "") -> dict[str, Any]:
    return {"kind": kind, "whose": whose, "valid_until": until, "code": code, "what": what}
