"""One item of one case, with everything that working on it needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from exchange import times
from exchange.document import Document
from exchange.errors import Fatal
from exchange.ports import Adapter, Operation
from exchange.store import case_rows
from exchange.store.case_rows import CaseRow
from matters.matter import Item, Matter
from zhida import definitions
from zhida.hub import Hub
from zhida.site import System


@dataclass(frozen=True, slots=True)
class Task:
    """An item of a case at work."""

    hub: Hub
    matter: Matter
    item: Item
    system: System
    operation: Operation
    case: str
    opened_at: datetime

    @property
    def adapter(self) -> Adapter:
        """Who speaks with the item's system."""
        return self.hub.adapter(self.system)

    @property
    def bucket(self) -> str:
        """The retention bucket of the case."""
        return bucket(self.matter, times.civil_day(self.opened_at))

    def documents(self) -> dict[str, Document]:
        """The case's documents that the operation needs, by kind, each opened and verified."""
        found = self.hub.archive.of_case(self.case, frozenset(self.operation.needs.values()))
        return {document.origin.kind: document for document in found}


def bucket(matter: Matter, opened: date) -> str:
    """Matter and month of expiry: ``newborn-2029-11``."""
    return f"{matter.name}-{matter.retention.after(opened):%Y-%m}"


def begin(hub: Hub, item: str, case: str) -> Task:
    """The task by the definition that the case began with. ``Fatal`` if there is no such case."""
    with hub.store.read() as connection:
        row = case_rows.get_case(connection, case)
    if row is None:
        raise Fatal("case.unknown", case=case)
    return of_row(hub, item, row)


def of_row(hub: Hub, item: str, row: CaseRow) -> Task:
    """The same of a case that has just been read."""
    opened_at = times.instant(row.opened_at)
    pinned = definitions.of_case(hub.site, hub.store, row)
    found = pinned.items[item]
    system = hub.site.system_of(found)
    return Task(hub, pinned, found, system, hub.operation(found), row.id, opened_at)
