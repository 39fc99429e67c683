"""One item of one case, with everything that working on it needs to know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from exchange import corrections, times
from exchange.case import root_of
from exchange.document import Document
from exchange.errors import Fatal
from exchange.ports import Adapter, Operation, Record
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
    row: str
    """Whose turn it is: the item's own row, or one of its corrections (``household#1``)."""
    root: Record = field(default_factory=dict)
    """What a correction corrects (``exchange.ports.ROOT``)."""

    @property
    def adapter(self) -> Adapter:
        """Who speaks with the item's system."""
        return self.hub.adapter(self.system)

    @property
    def bucket(self) -> str:
        """The retention bucket of the case."""
        return bucket(self.matter, times.civil_day(self.opened_at))

    def identifiers(self, name: str) -> list[str]:
        """Of an input, the fields that identify the thing: enough to ask, or to take it back."""
        return _of_input(self.operation.identity, name)

    def asked(self, name: str) -> list[str]:
        """Of an input, what a question carries: the identifiers, and what the system demands beside."""
        return [*self.identifiers(name), *_of_input(self.operation.asks, name)]

    def has_begun(self) -> bool:
        """Has something left for this row that may have been executed?"""
        with self.hub.store.read() as connection:
            return corrections.begun(connection, self.case, self.row) is not None

    def documents(self) -> dict[str, Document]:
        """The case's documents that the operation needs, by kind, each opened and verified.

        What the row has sent already stands for what is newer, until its outcome is known.
        """
        needed, archive = frozenset(self.operation.needs.values()), self.hub.archive
        with self.hub.store.read() as connection:
            begun = corrections.begun(connection, self.case, self.row)
        sent = [archive.get(each) for each in begun.documents] if begun else []
        found = [*archive.of_case(self.case, needed), *sent]
        return {document.origin.kind: document for document in found}


def _of_input(paths: Iterable[str], name: str) -> list[str]:
    marked = [path.partition("/") for path in paths]
    return [f"/{rest}" for first, _, rest in marked if first == name]


def bucket(matter: Matter, opened: date) -> str:
    """Matter and month of expiry: ``newborn-2029-11``."""
    return f"{matter.name}-{matter.retention.after(opened):%Y-%m}"


def begin(hub: Hub, name: str, case: str) -> Task:
    """The task by the definition that the case began with. ``Fatal`` if there is no such case.

    ``name`` is a row's; a correction still has its item's operation (``zhida.correction``).
    """
    with hub.store.read() as connection:
        row = case_rows.get_case(connection, case)
    if row is None:
        raise Fatal("case.unknown", case=case)
    return of_row(hub, name, row)


def of_row(hub: Hub, name: str, row: CaseRow) -> Task:
    """The same of a case that has just been read."""
    opened_at = times.instant(row.opened_at)
    pinned = definitions.of_case(hub.site, hub.store, row)
    found = pinned.items[root_of(name)]
    system = hub.site.system_of(found)
    return Task(hub, pinned, found, system, hub.operation(found), row.id, opened_at, name)
