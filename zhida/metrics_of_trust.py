"""Figures of what the hub's word rests on: the ledger, those outside who keep its heads, certificates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from exchange import times
from exchange.store.outside_rows import STAMP
from zhida import certificate_ends, key_view, ledger_check, outside_file
from zhida.certificate_ends import End
from zhida.metric import Sample
from zhida.metrics_of_work import seconds
from zhida.watch import Watch

_KINDS = {
    certificate_ends.OWN: "own",
    certificate_ends.UNIT: "unit",
    certificate_ends.AUTHORITY: "authority",
    certificate_ends.STAMP: "time-stamp",
    certificate_ends.STAMP_SIGNER: "time-stamp",
    certificate_ends.LIST: "list",
}


def ledger(watch: Watch) -> Iterator[Sample]:
    """Its length, its newest head, and how it stands with each who keeps heads."""
    now, told = watch.clock(), ledger_check.status(watch)
    yield Sample("zhida_ledger_entries", told["size"])
    if told["at"]:
        yield Sample("zhida_ledger_head_seconds_ago", seconds(told["at"], now))
    for row in told["holders"]:
        labels = {"holder": row["holder"]}
        if row["heard_at"]:
            yield Sample("zhida_holder_heard_seconds_ago", seconds(row["heard_at"], now), labels)
        yield Sample("zhida_holder_trouble", int(bool(row["code"])), labels)
    owed = [row["waiting_since"] for row in told["holders"] if row["kind"] == STAMP]
    yield Sample("zhida_stamp_owed_seconds", max((seconds(each, now) for each in owed), default=0))


def verified(watch: Watch) -> Iterator[Sample]:
    """When the record was last found whole, and what came since; nothing if it never was."""
    told = ledger_check.verified(watch)
    if told:
        since = ledger_check.status(watch)["size"] - told["size"]
        yield Sample("zhida_ledger_unverified_entries", max(since, 0))
        yield Sample("zhida_ledger_verified_seconds_ago", seconds(told["at"], watch.clock()))


def certificates(watch: Watch) -> Iterator[Sample]:
    """Days that each holder's newest certificate has left; of people only the first to end."""
    now, state = watch.clock(), key_view.of_watch(watch)
    stamper = outside_file.load(watch.site).stamper
    ends = certificate_ends.of_trust(watch.site, state)
    with watch.store.read() as connection:
        ends += certificate_ends.of_stamper(stamper, connection)
    ends += certificate_ends.of_lists(state.revocations.watched.values(), now)
    for (kind, holder), days in _first(ends, now).items():
        labels = {"kind": kind, "holder": holder}
        yield Sample("zhida_certificate_days_left", days, labels)
    people = [_days(each, now) for each in certificate_ends.of_operators(watch.site)]
    if people:
        labels = {"kind": "operator", "holder": ""}
        yield Sample("zhida_certificate_days_left", min(people), labels)


def _first(ends: Iterable[End], now: datetime) -> dict[tuple[str, str], int]:
    """Each holder once: an authority with a new key keeps its name, and has two lists for a time.

    Who reads the text refuses all of it if a figure stands there twice.
    """
    found: dict[tuple[str, str], int] = {}
    for each in ends:
        key, days = (_KINDS[each.code], each.holder), _days(each, now)
        found[key] = min(found.get(key, days), days)
    return found


def _days(end: End, now: datetime) -> int:
    return (times.civil_day(end.until) - times.civil_day(now)).days
