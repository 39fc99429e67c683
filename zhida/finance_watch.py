"""Each day the hub asks again what a loan rests on, under the firm's letter, and tells the lender what has changed.

Three steps, each of which takes up what it finds: a day's asking is allowed, counted and opened as a case (at most once
a civil day a loan); the sweeps do it; every paper that has come is compared with the last one of its name. A holder that
is down holds nothing else up: its paper is compared when it comes, unless a later day's was looked at before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from exchange import times
from exchange.errors import Forbidden
from exchange.store import case_rows, finance_event_rows, finance_loan_rows
from exchange.store.finance_event_rows import WatchRow
from exchange.store.finance_loan_rows import LoanRow
from matters import finance_events_file, finance_file
from matters.finance_events import Rulebook
from matters.finance_parts import Checklist
from zhida import (
    finance_access,
    finance_certificate,
    finance_claims,
    finance_comparing,
    finance_cover,
    finance_letters,
    finance_loans,
    finance_requests,
    finance_rules,
    finance_stopping,
    finance_watch_ending,
    own_filing,
    own_opening,
)
from zhida.finance_access import Reading
from zhida.finance_letters import USED_UP
from zhida.finance_requests import Request
from zhida.finance_rules import FinanceRules
from zhida.hub import Hub
from zhida.own_filing import Paper
from zhida.own_opening import Own

MATTER, KIND, ACT = "order-finance-watch", "finance-watch", "watch"
LOCK = "finance/watch"
_OVER = "finance.reading-over"
_LAPSED = "key.lapsed"
"""The hub can't sign now: that is no refusal of the letter, and the day is asked for once it can."""
PATIENCE = timedelta(days=14)
"""How long a day's papers are waited for."""
_ENDED = frozenset(
    {
        *("finance.letter-revoked", "finance.letter-expired", "finance.letter-used-up"),
        *(finance_certificate.REVOKED, finance_certificate.TIME),
    }
)
"""Refusals that say that the letter has ended, and not that it never allowed this."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """What the watch goes by."""

    hub: Hub
    rules: FinanceRules
    checklist: Checklist
    book: Rulebook


def advance(hub: Hub) -> dict[str, int]:
    """Part of the step → how many it concerned; empty if the site has no such matter, or another
    process is at it.
    """
    if MATTER not in hub.site.matters or finance_loans.MATTER not in hub.site.matters:
        return {}
    watcher = of_site(hub)
    with hub.locks.hold(LOCK) as owned:
        return _parts(watcher) if owned else {}


def of_site(hub: Hub) -> Watcher:
    """``Invalid`` with every mistake of the site's files."""
    checklist = finance_file.of_site(hub.site.folder)
    book = finance_events_file.of_site(hub.site.folder, checklist)
    return Watcher(hub, finance_rules.load(hub.site), checklist, book)


def _parts(watcher: Watcher) -> dict[str, int]:
    hub, days = watcher.hub, watcher.rules.patience_days
    found = {"asked": 0, "refused": 0, "events": 0}
    found |= {"stopped": finance_stopping.stop(hub), "lapsed": finance_claims.lapse(hub, days)}
    for row in _still_open(watcher.hub):
        word, events = _ask(watcher, row)
        found["events"] += events
        if word:
            found[word] += 1
    with watcher.hub.store.read() as connection:
        pending = finance_event_rows.open_watches(connection)
    for watch in pending:
        found["events"] += _look(watcher, watch)
    return found


def _still_open(hub: Hub) -> list[LoanRow]:
    found: list[LoanRow] = []
    while True:
        after = found[-1].case if found else ""
        with hub.store.read() as connection:
            rows = finance_loan_rows.LOG.still_open(connection, after=after)
        if not rows:
            return found
        found += rows


def _ask(watcher: Watcher, row: LoanRow) -> tuple[str, int]:
    """One loan's asking of today: ``asked``, ``refused``, or nothing where it was done before."""
    hub, day = watcher.hub, times.civil_day(watcher.hub.clock()).isoformat()
    with hub.store.read() as connection:
        if finance_event_rows.watch_of(connection, row.case, day) is not None:
            return "", 0
    request = finance_requests.read(hub, row.request)
    datasets = _datasets(watcher, row)
    try:
        finance_access.allow(hub, watcher.rules, _reading(row, request, datasets, day))
    except Forbidden as error:
        if error.code == _LAPSED:
            raise
        if not (error.code == _OVER and _still_holds(hub, row)):
            events = finance_comparing.ended(watcher.book, hub, row) if error.code in _ENDED else 0
            _put(hub, WatchRow(row.case, day, "", error.code, times.stamp(hub.clock())))
            return "refused", events
    _put(hub, WatchRow(row.case, day, _open(watcher, row, request, (day, datasets)), ""))
    return "asked", 0


def _still_holds(hub: Hub, row: LoanRow) -> bool:
    """A process died between the counting and the opening: what was counted today may still be done."""
    letter = finance_letters.get(hub.store, row.letter)
    return letter.state(times.civil_day(hub.clock())) in (finance_letters.VALID, USED_UP)


def _datasets(watcher: Watcher, row: LoanRow) -> tuple[str, ...]:
    """What of the letter's data is asked for each day; of a letter that names none of it all is asked, and refused."""
    letter = finance_letters.get(watcher.hub.store, row.letter)
    known = tuple(dict.fromkeys(watcher.book.papers.values()))
    return tuple(each for each in known if each in letter.datasets) or known


def _reading(row: LoanRow, request: Request, datasets: tuple[str, ...], day: str) -> Reading:
    return Reading(
        id=f"watch-{row.case}-{day}",
        bank=row.bank,
        letter=row.letter,
        datasets=datasets,
        purpose=finance_cover.AFTER_LOAN,
        case=row.case,
        order=str(request.record["order"]),
        act=ACT,
    )


def _open(
    watcher: Watcher, row: LoanRow, request: Request, asked: tuple[str, tuple[str, ...]]
) -> str:
    """The case of the day's asking. Done again from its beginning it is the same."""
    hub, (day, datasets) = watcher.hub, asked
    loan = finance_loans.identifier(hub, row.bank, row.number)
    asks = {name: dataset in datasets for name, dataset in watcher.book.papers.items()}
    record = {"id": f"{loan}-{day}", "loan": loan, "day": day, "asks": asks}
    own_opening.take(own_opening.stream(hub, MATTER, KIND), Own(f"{KIND}/{record['id']}", record))
    with hub.store.read() as connection:
        tag = hub.vault.tag("case", MATTER, loan, day)
        case = case_rows.by_identity(connection, MATTER, tag) or ""
    kind = finance_requests.KIND
    own_filing.file(hub, [Paper(case, "request", kind, f"{kind}/{case}", request.record)])
    return case


def _put(hub: Hub, row: WatchRow) -> None:
    with hub.store.write() as connection:
        finance_event_rows.add_watch(connection, row)


def _look(watcher: Watcher, watch: WatchRow) -> int:
    """Compare what has come; closed when nothing more can come, or is waited for."""
    hub = watcher.hub
    with hub.store.read() as connection:
        case = case_rows.get_case(connection, watch.watch)
        loan = finance_loan_rows.LOG.get(connection, watch.case)
    is_over = case is None or case.state != "open" or loan is None or bool(loan.closed_at)
    last = times.civil_day(hub.clock()) - PATIENCE
    events = 0
    if loan is not None and not loan.closed_at:
        events = finance_comparing.look(watcher.book, watcher.checklist, hub, (loan, watch))
    if loan is not None and case is not None and case.state == "open":
        finance_watch_ending.stop(hub, loan, case.id)
    if is_over or watch.day < last.isoformat():
        with hub.store.write() as connection:
            at = times.stamp(hub.clock())
            finance_event_rows.close_watch(connection, watch.case, watch.day, at)
    return events
