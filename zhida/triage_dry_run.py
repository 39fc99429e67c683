"""A draft of the rules of triage on past disputes: each as it was registered, on the day on which it came.

Nothing is written, and what is told has numbers of disputes, names of rules and of fields; no values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from exchange import times
from exchange.errors import Fatal
from exchange.store import case_rows, dispute_rows
from exchange.store.dispute_rows import DisputeRow
from matters import ladder_file, triage_compare, triage_fields, triage_file
from matters.conditions import Fields
from matters.ladder_parts import Ladder
from matters.triage import Triage
from matters.triage_compare import Change, Effect, Side
from zhida import mediation_files
from zhida.hub import Hub

_GONE = frozenset({"document.gone", "vault.bucket-gone"})


@dataclass(frozen=True, slots=True)
class Draft:
    """Both sets of rules, and the ladder that they lead into."""

    ladder: Ladder
    before: Triage
    after: Triage


@dataclass(slots=True)
class Span:
    """Civil days, both included; ``gone`` counts the disputes whose registration is erased."""

    since: date
    until: date
    gone: int = 0


def draft(site: Path, file: Path) -> Draft:
    """A draft beside what holds in the site. ``Invalid`` with every mistake of the files."""
    found = ladder_file.load(mediation_files.of_site(site, ladder_file.SHIPPED))
    before = triage_file.load(mediation_files.of_site(site, triage_file.SHIPPED), found)
    return Draft(found, before, triage_file.load(file, found))


def run(hub: Hub, told: Draft, span: Span) -> Effect:
    """The effect on all disputes that came in the span."""
    return triage_compare.compare(told.before, told.after, cases(hub, told.ladder, span))


def cases(hub: Hub, ladder: Ladder, span: Span) -> Iterator[tuple[str, Fields]]:
    """Number and fields of each, in the order of their cases."""
    for row in _rows(hub, span):
        try:
            yield row.number, _fields(hub, ladder, row)
        except Fatal as error:
            if error.code not in _GONE:
                raise
            span.gone += 1


def _rows(hub: Hub, span: Span) -> Iterator[DisputeRow]:
    since, until = _midnight(span.since), _midnight(span.until + timedelta(days=1))
    after = ""
    while True:
        with hub.store.read() as connection:
            rows = dispute_rows.LOG.opened_between(connection, since, until, after=after)
        yield from rows
        if not rows:
            return
        after = rows[-1].case


def _midnight(day: date) -> str:
    return times.stamp(datetime.combine(day, time(), times.CHINA))


def _fields(hub: Hub, ladder: Ladder, row: DisputeRow) -> Fields:
    with hub.store.read() as connection:
        names = case_rows.documents(connection, row.case)
    record = hub.archive.get(names.get("registration", "")).record
    days = triage_fields.last_days(ladder, record, hub.site.holidays)
    return triage_fields.fields(record, days, times.civil_day(times.instant(row.opened_at)))


def told(effect: Effect, of: Draft, span: Span) -> dict[str, Any]:
    """The effect as JSON."""
    moved = [_moved(each) for each in effect.changes]
    return {
        "triage": of.after.name,
        "since": span.since.isoformat(),
        "until": span.until.isoformat(),
        "disputes": effect.disputes,
        "gone": span.gone,
        "before": _side(effect.before),
        "after": _side(effect.after),
        "elsewhere": sum(each.goes_elsewhere for each in effect.changes),
        "changes": moved,
    }


def _side(side: Side) -> dict[str, dict[str, int]]:
    parts: Mapping[str, Mapping[str, int]] = {
        "to": side.to,
        "by": side.by,
        "beside": side.beside,
        "unknown": side.unknown,
        "asks": side.asks,
    }
    return {name: dict(sorted(counts.items())) for name, counts in parts.items()}


def _moved(change: Change) -> dict[str, Any]:
    return {
        "dispute": change.number,
        "before": {"to": change.before.to, "rule": change.before.rule},
        "after": {"to": change.after.to, "rule": change.after.rule},
        "begun": change.begun,
        "dropped": change.dropped,
    }
