"""What is known of one firm, by whom it was told, as of when; values only as the agreements allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exchange import agreement, times
from exchange.agreement import Agreement, Flow
from exchange.errors import Forbidden
from exchange.ledger import Entry
from exchange.ports import Record, Scalar
from exchange.store import dataset_rows, document_rows
from exchange.store.dataset_rows import DatasetRow
from mappings.masks import mask
from zhida import dataset_books
from zhida.fact_rows import KIND
from zhida.fact_sync import PURPOSE
from zhida.grants_file import FactSource, GrantsFile
from zhida.hub import Hub

STATES = {"known": "已知", "unknown": "未知", "stale": "已过期", "closed": "无协议，不显示"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One fact of one firm, as a viewer may see it."""

    fact: str
    title: str
    holder: str
    state: str
    """``known``, ``unknown``, ``stale`` (too old to count) or ``closed`` (no agreement covers it)."""
    shown: str
    """The value's form (``9×6``); the value itself only if it was asked for."""
    as_of: str
    dataset: str

    def told(self) -> dict[str, str]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def of_firm(hub: Hub, site: GrantsFile, firm: str, *, unit: str, values: bool) -> list[Seen]:
    """Every fact that a source gives, for a viewer of ``unit``; noted in the ledger.

    What the unit's agreement does not cover is closed: not even whether it is known.
    """
    found = [
        each for source in site.sources for each in _of_source(hub, source, firm, unit, values)
    ]
    names = sorted(each.fact for each in found if each.state in ("known", "stale"))
    details = {"unit": unit, "purpose": PURPOSE, "facts": names, "values": values}
    note = Entry("facts-read", hub.vault.tag("enterprise", firm), details=details)
    hub.ledger.commit(lambda _: [note])
    return found


def _of_source(hub: Hub, source: FactSource, firm: str, unit: str, values: bool) -> Iterator[Seen]:
    allowed = _allowed(hub, source, unit)
    row = newest(hub, source)
    record = _record(hub, row, firm) if row and allowed else {}
    old = row is not None and hub.clock() - times.instant(row.as_of) > source.fresh
    for name, fact in source.gives.items():
        is_open = allowed is not None and allowed.covers(f"/{name}")
        value = record.get(name) if is_open else None
        yield Seen(
            fact=name,
            title=fact.title,
            holder=source.unit,
            state=_state(is_open, value, old),
            shown=_shown(value, values),
            as_of=row.as_of if row else "",
            dataset=row.id if row else "",
        )


def newest(hub: Hub, source: FactSource) -> DatasetRow | None:
    """The source's newest dataset."""
    with hub.store.read() as connection:
        return dataset_rows.newest(connection, KIND, source.system)


def next_at(hub: Hub, source: FactSource) -> str:
    """When the source is due (stamp); empty: now."""
    with hub.store.read() as connection:
        return document_rows.get_cursor(connection, source.system, source.stream)[1]


def _allowed(hub: Hub, source: FactSource, unit: str) -> Agreement | None:
    flow = Flow(source.unit, unit, KIND, PURPOSE)
    try:
        return agreement.permit(hub.site.agreements, flow, times.civil_day(hub.clock()))
    except Forbidden:
        return None


def _record(hub: Hub, row: DatasetRow, firm: str) -> Record:
    books = dataset_books.of(hub)
    place = books.find(books.get(row.id), (firm,))
    return {} if place is None else place.salted.record


def _state(is_open: bool, value: Scalar | None, old: bool) -> str:
    if not is_open:
        return "closed"
    if value is None:
        return "unknown"
    return "stale" if old else "known"


def _shown(value: Scalar | None, values: bool) -> str:
    if value is None:
        return ""
    text = {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
    return text if values else mask(text)
