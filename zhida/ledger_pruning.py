"""Which bodies of the ledger are old enough to go, who decides it, and how they go.

The period is each matter's ``retention``, counted from the day on which a case was closed: by the
definition that the case began with and by the present one, the longer counts. Two people decide about
a day; what may go is found anew when it goes (``exchange.pruning``), so that a hold, a correction or an
objection of meanwhile keeps its case.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from exchange import pruning, times
from exchange.errors import Forbidden, Invalid, Problem, Rejected, ZhidaError
from exchange.pruning import Pruned
from exchange.store import case_rows, prune_rows
from exchange.store.engine import Connection
from exchange.store.prune_rows import Count, Rule
from matters import matter
from matters.durations import Duration
from zhida import ledger_holds, two_people
from zhida.decisions import Target
from zhida.site import Site

PRUNE = "ledger-prune"
"""What two operators sign."""
GOOD_FOR = timedelta(days=7)
"""How long after the decision bodies may go."""


def day_of(text: str, today: date) -> date:
    """``Invalid`` unless it is a day that is over."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Invalid("prune.day", day=text[:20]) from None
    if found > today or found.isoformat() != text:
        raise Invalid("prune.day", day=text[:20])
    return found


def rule(site: Site, connection: Connection, before: date, today: date) -> Rule:
    """What may go: closed before the day, and for longer than the matter's records are kept."""
    until: dict[tuple[str, str], str] = {}
    for name, definition in prune_rows.definitions(connection):
        periods = _periods(site, connection, name, definition)
        days = [_latest(period, today) for period in periods]
        if days:
            until[name, definition] = midnight(min([before, *days]))
    return Rule(pruning.KINDS, until, ledger_holds.held(site, connection))


def _periods(site: Site, connection: Connection, name: str, definition: str) -> list[Duration]:
    """None if the definition can't be read: then nothing of it goes."""
    content = case_rows.get_definition(connection, definition)
    if content is None:
        return []
    present = [site.matters[name].retention] if name in site.matters else []
    return [matter.from_definition(content).retention, *present]


def _latest(period: Duration, today: date) -> date:
    """What was closed before this day has been kept for the whole period.

    >>> _latest(Duration(3, "year"), date(2029, 3, 1))
    datetime.date(2026, 3, 1)
    """
    guess = today - (period.after(today) - today) - timedelta(days=3)
    while period.after(guess) < today:
        guess += timedelta(days=1)
    return guess


def midnight(day: date) -> str:
    """The instant (stamp) with which the day begins in China."""
    return times.stamp(datetime.combine(day, time(), times.CHINA))


def looked_at(site: Site, connection: Connection, before: str, now: datetime) -> list[Count]:
    """What would go, and what stays for which reason."""
    today = times.civil_day(now)
    return prune_rows.counts(connection, rule(site, connection, day_of(before, today), today))


def target(before: str) -> Target:
    """What is decided about: the day."""
    return {"case": "", "item": before, "code": ""}


def problems(site: Site, connection: Connection) -> Iterator[Problem]:
    """Entries that take bodies away and were not decided by two people of this site."""
    for row in pruning.entries(connection):
        try:
            _require_decided(site, pruning.read(row))
        except (ZhidaError, ValueError) as error:
            reason = error.code if isinstance(error, ZhidaError) else "form"
            yield Problem("ledger.prune-not-decided", {"seq": row.seq, "reason": reason})


def _require_decided(site: Site, found: Pruned) -> None:
    first, second = two_people.statements(site, found.tokens)
    if (first.action, first.target.get("item")) != (PRUNE, found.before):
        raise Forbidden("operator.forged", operator=first.operator)
    at, since = times.instant(found.at), times.instant(second.at)
    if not since - times.SKEW <= at <= since + GOOD_FOR + times.SKEW:
        raise Rejected("prune.too-old", proposal=first.nonce, days=GOOD_FOR.days)
