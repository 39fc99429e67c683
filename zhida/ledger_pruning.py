"""Which bodies of the ledger are old enough to go, who decides it, and how they go.

The period is each matter's ``retention``, counted from the day on which a case was closed: by the
definition that the case began with and by the present one, the longer counts. Two people decide about
a day; what may go is found anew when it goes (``exchange.pruning``), so that a hold, a correction or an
objection of meanwhile keeps its case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from crypto.suites import suite
from exchange import pruning, times
from exchange.errors import Forbidden, Invalid, Problem, Rejected, ZhidaError
from exchange.pruning import SPAN, Order, Pruned
from exchange.store import case_rows, ledger_rows, prune_rows
from exchange.store.engine import Connection
from exchange.store.prune_rows import Count, Rule
from matters import matter
from matters.durations import Duration
from zhida import ledger_holds, proposal_read, two_people
from zhida.decisions import Target
from zhida.hub import Hub
from zhida.site import Site

PRUNE = "ledger-prune"
"""What two operators sign."""
GOOD_FOR = timedelta(days=7)
"""How long after the decision bodies may go."""
SKEW = timedelta(minutes=10)


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
            until[name, definition] = _midnight(min([before, *days]))
    return Rule(pruning.KINDS, until, ledger_holds.held(connection))


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


def _midnight(day: date) -> str:
    return times.stamp(datetime.combine(day, time(), times.CHINA))


def looked_at(site: Site, connection: Connection, before: str, now: datetime) -> list[Count]:
    """What would go, and what stays for which reason."""
    today = times.civil_day(now)
    return prune_rows.counts(connection, rule(site, connection, day_of(before, today), today))


def target(before: str) -> Target:
    """What is decided about: the day."""
    return {"case": "", "item": before, "code": ""}


def run(hub: Hub, start: str, told: Callable[[int], None]) -> int:
    """Let go what the two people decided; how many bodies went. ``told``: how many so far.

    First everything is said in the ledger, then it goes. Safe to repeat after whatever stopped it.
    """
    order, digest = _order(hub, start), suite(hub.site.suite).digest
    gone = pruning.carry_out(hub.store, order.proposal, ledger_holds.held)
    with hub.store.read() as connection:
        size = ledger_rows.size_before(connection, _midnight(date.fromisoformat(order.before)))
    said = gone
    for first in range(0, size, SPAN):
        said += pruning.announce(hub.ledger, (first, min(first + SPAN, size) - 1), order, digest)
        told(said)
    return gone + pruning.carry_out(hub.store, order.proposal, ledger_holds.held)


def _order(hub: Hub, start: str) -> Order:
    """``Rejected`` unless two people agreed to it, not long ago."""
    row = proposal_read.find(hub.store, start)
    if row.action != PRUNE or row.state != "approved":
        raise Rejected("prune.not-decided", proposal=row.id)
    tokens = (row.proposed_token, row.decided_token)
    first, second = two_people.decided(hub.site, tokens)
    now = hub.clock()
    if now > times.instant(second.at) + GOOD_FOR:
        raise Rejected("prune.too-old", proposal=row.id, days=GOOD_FOR.days)
    before, today = str(first.target["item"]), times.civil_day(now)
    with hub.store.read() as connection:
        found = rule(hub.site, connection, day_of(before, today), today)
    told: dict[str, Any] = {"proposal": row.id, "reason": first.reason, "tokens": list(tokens)}
    told |= {"operators": [first.operator, second.operator], "kept_for": _kept_for(hub.site)}
    return Order(row.id, before, found, told)


def _kept_for(site: Site) -> dict[str, str]:
    """Matter → its period as it stands now, so that a reader sees by which rule it went."""
    return {name: f"{m.retention.count} {m.retention.unit}" for name, m in site.matters.items()}


def problems(site: Site, connection: Connection) -> Iterator[Problem]:
    """Entries that take bodies away and were not decided by two people of this site."""
    for row in pruning.entries(connection):
        try:
            _require_decided(site, pruning.read(row))
        except (ZhidaError, ValueError) as error:
            reason = error.code if isinstance(error, ZhidaError) else "form"
            yield Problem("ledger.prune-not-decided", {"seq": row.seq, "reason": reason})


def _require_decided(site: Site, found: Pruned) -> None:
    first, second = two_people.decided(site, found.tokens)
    if (first.action, first.target.get("item")) != (PRUNE, found.before):
        raise Forbidden("operator.forged", operator=first.operator)
    at, since = times.instant(found.at), times.instant(second.at)
    if not since - SKEW <= at <= since + GOOD_FOR + SKEW:
        raise Rejected("prune.too-old", proposal=first.nonce, days=GOOD_FOR.days)
