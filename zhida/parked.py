"""Which parked items are meant, in which order, and how many for which reason: no store, no wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange import times
from exchange.errors import Invalid
from exchange.names import similar
from exchange.problems import catalogue
from zhida.mended import SAME
from zhida.replay import UNKNOWABLE
from zhida.site import Site

Row = Mapping[str, Any]
"""A parked item as ``zhida.case_view.parked`` tells it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty means any. ``after`` and ``before`` are stamps: parked at or after, and before."""

    matter: str = ""
    case: str = ""
    item: str = ""
    system: str = ""
    code: str = ""
    after: str = ""
    before: str = ""

    def covers(self, row: Row) -> bool:
        """Is this item meant? A case is named by the beginning of its id."""
        named = all(
            getattr(self, name) in ("", row[name]) for name in ("matter", "item", "system", "code")
        )
        at = row["updated_at"]
        in_time = self.after <= at and (not self.before or at < self.before)
        return named and in_time and row["case"].startswith(self.case)


def require_known(site: Site, wanted: Filter) -> None:
    """``Invalid`` if a filter names what there is not: a slip must not read as "nothing parked"."""
    if wanted.matter:
        site.matter(wanted.matter)
    if wanted.system:
        site.system(wanted.system)
    if wanted.code and wanted.code not in catalogue():
        near = similar(wanted.code, catalogue())
        raise Invalid("parked.no-code", code=wanted.code, nearest=near)


def choose(rows: Iterable[Row], wanted: Filter) -> list[Row]:
    """The items that are meant, in the order in which they were parked."""
    found = [row for row in rows if wanted.covers(row)]
    return sorted(found, key=lambda row: (row["updated_at"], row["system"], row["case"]))


def in_turn(rows: Iterable[Row]) -> list[Row]:
    """In the order in which they are worked on once they are ready, on each leg: oldest case first.

    When they were parked decides nothing (``case_rows.due``).
    """
    return sorted(rows, key=lambda row: (row["opened_at"], row["updated_at"], row["case"]))


def takes_two(row: Row) -> bool:
    """Can only people know what became of its effect?

    >>> takes_two({"code": "delivery.unknowable"}), takes_two({"code": "agreement.expired"})
    (True, False)
    """
    return row["code"] in UNKNOWABLE


def is_unmended(row: Row) -> bool:
    """Would it come to nothing in the same way?"""
    return bool(row["mended"] == SAME)


def counts(rows: Iterable[Row], by: str) -> list[dict[str, Any]]:
    """How many items for each value of ``by``, most first, with a text of the first of them.

    >>> counts([{"code": "a", "what": "x"}, {"code": "a", "what": "x"}], "code")
    [{'code': 'a', 'count': 2, 'what': 'x'}]
    """
    listed = list(rows)
    texts = {row[by]: row["what"] for row in reversed(listed)}
    found = Counter(row[by] for row in listed).most_common()
    told = [{by: value, "count": count} for value, count in found]
    return [row | {"what": texts[row[by]]} if by == "code" else row for row in told]


def moment(text: str) -> str:
    """A day or a time of the clock in China as a stamp. ``Invalid`` if it is neither.

    >>> moment("2026-03-02"), moment("2026-03-02 09:30")
    ('2026-03-01T16:00:00.000000Z', '2026-03-02T01:30:00.000000Z')
    """
    if not text:
        return ""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("parked.moment", text=text[:40]) from None
    return times.stamp(told if told.tzinfo else told.replace(tzinfo=times.CHINA))
