"""Legal periods as ``zhida case show`` tells them: counted now, with every pause until now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from exchange import times
from exchange.case import ENDED, number_of, root_of
from exchange.problems import describe
from exchange.store.case_rows import ItemRow
from exchange.store.clock_rows import ClockRow
from exchange.store.delivery_rows import DeliveryRow
from matters.matter import Matter
from matters.terms import Term
from zhida import clock
from zhida.clock import Reading
from zhida.watch import Watch


@dataclass(frozen=True, slots=True)
class ClockView:
    """The clocks of one case."""

    watch: Watch
    matter: Matter
    rows: Mapping[str, ClockRow]
    sent: Sequence[DeliveryRow]
    by_hand: Collection[str] = ()
    """Items of which a person does the work."""

    def of(self, item: ItemRow) -> dict[str, Any] | None:
        """The item's clock; None: it has none, it has not begun, or the item has ended."""
        told, row = self.matter.items[root_of(item.item)], self.rows.get(item.item)
        term = told.term
        if term is None or row is None or not row.begins_on or item.state in ENDED:
            return None
        if number_of(item.item) or (told.stands_for and told.stands_for not in self.by_hand):
            return None
        today = times.civil_day(self.watch.clock())
        begins = date.fromisoformat(row.begins_on)
        stops = clock.stops(term, self.sent, today)
        found = clock.read(term, begins, today, holidays=self.watch.site.holidays, stops=stops)
        return _told(row, term, found) | self._doubt(found)

    def _doubt(self, found: Reading) -> dict[str, str]:
        if found.doubt is None:
            return {"code": "", "what": "", "remedy": ""}
        doubt, language = found.doubt, self.watch.site.language
        what, remedy = describe(doubt.code, doubt.facts, language)
        return {"code": doubt.code, "what": what, "remedy": remedy}


def _told(row: ClockRow, term: Term, found: Reading) -> dict[str, Any]:
    return {
        "begins_on": row.begins_on,
        "due_on": found.due.isoformat() if found.due else "",
        "left": found.left,
        "unit": "working day" if found.in_working_days else "day",
        "paused": found.paused,
        "overdue": found.left is not None and found.left < 0,
        "article": term.article,
        "owner": term.escalate_to,
        "silence": term.silence,
    }
