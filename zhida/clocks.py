"""Legal periods that come to their end: one reminder, then one alarm, for each item of a case.

Begun at the end of a sweep out of the few periods whose day has come, ended when the item ends.
Silence does nothing: when a period is over somebody is told, and the item stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from exchange import incident, times
from exchange.case import BY_HAND, ENDED
from exchange.errors import Fact, Invalid, ZhidaError
from exchange.incident import Trouble
from exchange.store import case_rows, clock_rows, incident_rows
from exchange.store.case_rows import CaseRow
from exchange.store.clock_rows import ClockRow
from exchange.store.engine import Connection
from matters.matter import Item, Matter
from matters.terms import Term
from matters.working_days import Holidays
from zhida import clock_start, definitions
from zhida.clock import NEAR, OVERDUE, UNKNOWN, Reading
from zhida.clock_start import Which
from zhida.hub import Hub

KINDS = (NEAR, OVERDUE)
"""Kinds of incidents that are about one item."""
CALENDAR = "calendar"
"""Kind of the incident of a year that nobody knows: one for all the periods that it concerns."""
AT_ONCE = 200
"""Periods that one sweep looks at; the next one goes on with the others."""
_FINAL = ("applied", "given-up", "cancelled", "superseded", "shadowed")


@dataclass(frozen=True, slots=True)
class _Known:
    """What a period's case says of it."""

    case: CaseRow
    matter: Matter
    item: Item
    term: Term
    begins: date


@dataclass(frozen=True, slots=True)
class _Round:
    """One look at what is due."""

    hub: Hub
    connection: Connection
    holidays: Holidays
    now: datetime

    @property
    def today(self) -> date:
        """The civil day."""
        return times.civil_day(self.now)

    def change(self, row: ClockRow, told: str, next_on: str) -> None:
        """The period's row, and no incident of it but the one that was ``told``."""
        if row.told != told:
            _end(self, row, is_told=told == OVERDUE)
        clock_rows.change(self.connection, row, told=told, next_on=next_on)


def settle(hub: Hub) -> None:
    """Begin and end the incidents of legal periods. Writes only if a period's day has come."""
    now = hub.clock()
    with hub.store.read() as connection:
        rows = clock_rows.due(connection, str(times.civil_day(now)), AT_ONCE)
        rows += [row for row in clock_rows.told_and_over(connection) if row not in rows]
    if not rows:
        return
    known = {row.about: _known(hub, row) for row in rows}
    with hub.store.write() as connection:
        around = _Round(hub, connection, hub.site.holidays, now)
        for row in rows:
            _look(around, row, known[row.about])
        if not clock_rows.is_told(connection, UNKNOWN):
            incident.end(connection, hub.site.unit, CALENDAR, now)


def _known(hub: Hub, row: ClockRow) -> _Known | None:
    """None: nothing can be said of it (its case is gone, or can't be read)."""
    with hub.store.read() as connection:
        case = case_rows.get_case(connection, row.case)
        documents = case_rows.documents(connection, row.case)
    try:
        matter = definitions.of_case(hub.site, hub.store, case) if case else None
        item = matter.items.get(row.item) if matter else None
        if case is None or matter is None or item is None or item.term is None:
            return None
        begins = date.fromisoformat(row.begins_on) if row.begins_on else None
        if begins is None:  # of a store that was upgraded
            name = item.term.begins.partition("/")[0]
            begins = clock_start.begins(item, name, hub.archive.get(documents.get(name, "")))
    except ZhidaError:  # told by everything else that is done with the case
        return None
    return _Known(case, matter, item, item.term, begins) if begins else None


def _look(around: _Round, row: ClockRow, known: _Known | None) -> None:
    """One period whose day has come, as its item is now."""
    item = case_rows.get_item(around.connection, row.case, row.item)
    tomorrow = str(around.today + timedelta(days=1))
    if known is not None and item is not None and item.state in ENDED:
        is_over = item.state in _FINAL or known.case.state != "open"
        around.change(row, "", "" if is_over else tomorrow)
    elif known is None or item is None or not _is_begun(around, row, known.item):
        around.change(row, "", tomorrow)
    else:
        clock_rows.change(around.connection, row, begins_on=str(known.begins))
        _tell(around, replace(row, begins_on=str(known.begins)), known)


def _is_begun(around: _Round, row: ClockRow, item: Item) -> bool:
    """A person's item has a clock of its own only where a person does the work."""
    if not item.stands_for:
        return True
    first = case_rows.get_item(around.connection, row.case, item.stands_for)
    return first is not None and first.state == BY_HAND


def _tell(around: _Round, row: ClockRow, known: _Known) -> None:
    which = Which(row.case, known.matter.name, row.item, known.term)
    holidays = around.holidays
    found = clock_start.reading(around.connection, which, row, around.today, holidays=holidays)
    stage = found.stage(around.today)
    due = str(found.due) if found.due else ""
    case_rows.set_item(around.connection, row.case, row.item, {"due_at": due})
    around.change(row, stage, clock_start.next_look(found, around.today))
    if stage == UNKNOWN and found.doubt is not None:
        trouble = Trouble(around.hub.site.unit, CALENDAR, found.doubt.code, found.doubt.facts)
        incident.begin(around.connection, trouble, around.now)
    elif stage:
        trouble = _trouble(around.hub, row, known, stage=stage, due=due)
        incident.begin(around.connection, trouble, _since(found, stage))


def _trouble(hub: Hub, row: ClockRow, known: _Known, *, stage: str, due: str) -> Trouble:
    """What is told: nothing of a person, whom the case's number leads to."""
    term = known.term
    accepted = stage == OVERDUE and term.silence == "accepted"
    code = "deadline.accepted" if accepted else f"deadline.{stage}"
    facts: dict[str, Fact] = {
        "matter": known.matter.title,
        "item": known.item.title,
        "case": row.case[:12],
        "due": due,
        "article": term.silence_article if accepted else term.article,
        "owner": term.escalate_to,
    }
    return Trouble(_system(hub, known.item), stage, code, facts, about=row.about)


def _system(hub: Hub, item: Item) -> str:
    """The item's system; its unit, if the site has none for it any more."""
    try:
        return hub.site.system_of(item).name
    except Invalid:
        return item.unit


def _since(found: Reading, stage: str) -> datetime:
    """The first moment of the day on which it became so."""
    day = found.remind if stage == NEAR else found.due and found.due + timedelta(days=1)
    return datetime.combine(day or date.min, time(), times.CHINA)


def _end(around: _Round, row: ClockRow, *, is_told: bool = False) -> None:
    """Close what is open of it; ``is_told``: what follows is told instead of the end."""
    at = times.stamp(around.now)
    for each in incident_rows.open_about(around.connection, row.about):
        later = times.stamp(around.now + timedelta(microseconds=1))
        told = {"told_at": later} if is_told and each.told_at else {}
        incident_rows.change(around.connection, each.id, closed_at=at, **told)
