"""A loan's papers of a day beside those that were looked at last, and what follows from all of them together."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from exchange import pointer, times
from exchange.document import Document
from exchange.errors import Invalid
from exchange.ports import Record
from exchange.store import case_rows, finance_event_rows
from exchange.store.finance_event_rows import WatchedRow, WatchRow
from exchange.store.finance_loan_rows import LoanRow
from matters import (
    core_list_file,
    finance_confirmation,
    finance_events,
    finance_events_file,
    finance_file,
    finance_known,
)
from matters.finance_events import Noticed, Rulebook, Seen
from matters.finance_known import Scene
from matters.finance_parts import ORDER, Checklist
from matters.finance_reckoning import CONFIRM
from zhida import finance_loans, finance_noticing, finance_requests
from zhida.finance_requests import Request
from zhida.hub import Hub

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Base:
    """What a loan's papers are compared with."""

    request: Request
    watched: Mapping[str, WatchedRow]

    def document(self, name: str) -> str:
        """Id of the paper of this name that was looked at last; empty: there was none."""
        known = self.watched.get(name)
        return known.document if known else self.request.names.get(name, "")


def look(book: Rulebook, checklist: Checklist, hub: Hub, which: tuple[LoanRow, WatchRow]) -> int:
    """Every paper of the day's case that is new; how many events came of them."""
    row, watch = which
    base = base_of(hub, row)
    with hub.store.read() as connection:
        there = case_rows.documents(connection, watch.watch)
    new = {
        name: there[name] for name in book.papers if name in there and _is_new(base, watch, name)
    }
    if not new:
        return 0
    seen = [_seen(hub, checklist, base, name, number) for name, number in new.items()]
    found = [each for paper in seen for each in finance_events.of_paper(book, paper)]
    looked = [WatchedRow(row.case, name, number, watch.day) for name, number in new.items()]
    count = finance_noticing.tell(hub, row, found, looked)
    return count + of_known(book, checklist, hub, row)


def base_of(hub: Hub, row: LoanRow) -> Base:
    """As it stands now."""
    with hub.store.read() as connection:
        watched = finance_event_rows.watched(connection, row.case)
    return Base(finance_requests.read(hub, row.request), watched)


def _is_new(base: Base, watch: WatchRow, name: str) -> bool:
    """What comes after a later day's paper was looked at changes nothing any more."""
    known = base.watched.get(name)
    return known is None or known.day < watch.day


def _seen(hub: Hub, checklist: Checklist, base: Base, name: str, number: str) -> Seen:
    before = base.document(name)
    return Seen(
        name=name,
        title=checklist.documents[name].title,
        document=number,
        record=hub.archive.get(number).record,
        before=hub.archive.get(before).record if before else None,
        document_before=before,
    )


def of_known(book: Rulebook, checklist: Checklist, hub: Hub, row: LoanRow) -> int:
    """What follows from all that is known of a loan now; how many events came of it."""
    scene = _scene(checklist, hub, row)
    return finance_noticing.tell(hub, row, _known(book, finance_known.of(scene)))


def after_message(hub: Hub, row: LoanRow) -> int:
    """The bank has told of its account: what follows is told at once, not only the next day.

    Nothing, where a file of the site is broken: what the bank has told is kept, and what follows is told by the watch.
    """
    try:
        checklist = finance_file.of_site(hub.site.folder)
        book = finance_events_file.of_site(hub.site.folder, checklist)
        return of_known(book, checklist, hub, row)
    except Invalid as error:
        _log.error("files of order finance code=%s", error.code)
        return 0


def ended(book: Rulebook, hub: Hub, row: LoanRow) -> int:
    """The letter has ended: the one event that is still told."""
    return finance_noticing.tell(hub, row, _known(book, {"is_authorised": False}))


def _known(book: Rulebook, known: Mapping[str, str | int | bool]) -> list[Noticed]:
    return finance_events.of_known(book, known)


def _scene(checklist: Checklist, hub: Hub, row: LoanRow) -> Scene:
    base = base_of(hub, row)
    with hub.store.read() as connection:
        standing = finance_loans.read(connection, row).standing
    order, first = _paper(hub, base.document(ORDER)), base.request.names.get(ORDER, "")
    first_one = _paper(hub, first)
    return Scene(
        today=times.civil_day(hub.clock()),
        standing=standing,
        buyer=str(base.request.record["buyer"]["uscc"]),
        order=order.record if order else None,
        order_day=times.civil_day(order.origin.as_of) if order else None,
        first=first_one.record if first_one else None,
        confirm_by=_confirm_by(checklist, hub, base.request.record, order),
    )


def _paper(hub: Hub, number: str) -> Document | None:
    return hub.archive.get(number) if number else None


def _confirm_by(
    checklist: Checklist, hub: Hub, request: Record, order: Document | None
) -> date | None:
    """By the order as it was told last, and the request."""
    papers = {"request": request} | ({ORDER: order.record} if order else {})
    fields = {f"/{n}{p}": v for n, each in papers.items() for p, v in pointer.flatten(each).items()}
    core = core_list_file.of_site(hub.site.folder)
    days = checklist.parameters[CONFIRM].value
    found = finance_confirmation.period(fields, core, hub.site.holidays, days)
    return found.last if found else None
