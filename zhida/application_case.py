"""An application as a case: opened once, whatever its channel sends again, and read back.

The case is named by the channel and the channel's own number. The same once more is the same case;
something else under that number is refused to the sender's face.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from exchange import pointer, times
from exchange.document import Document
from exchange.errors import Rejected
from exchange.ports import Record
from exchange.store import case_rows
from exchange.store.case_rows import ItemRow
from mappings import shapes
from zhida import grant_lists, own_opening
from zhida.hub import Hub
from zhida.own_opening import Own

MATTER, KIND = "grant-application", "grant-application"
DECISION, NOTICE, CHECK = "decision", "notice", "applicant"
"""The case's names for its documents; the last is an item's too."""


@dataclass(frozen=True, slots=True)
class Application:
    """One case, as it stands."""

    case: str
    day: date
    """On which it was made: what the policy is decided by."""
    record: Record
    names: Mapping[str, str]
    """The case's name of a document → its id."""
    check: ItemRow | None
    """The item that asks the registry who applies."""

    @property
    def is_concluded(self) -> bool:
        """Decided, and the firm's notice is on its way."""
        return DECISION in self.names and NOTICE in self.names


def take(hub: Hub, record: Record) -> str:
    """The id of the application's case. ``Invalid`` with every problem of its form;
    ``Rejected("application.conflict")`` if the number is another application's.
    """
    shapes.of(hub.site.folder).validate(KIND, record)
    case = find(hub, record)
    if not case:
        key = hub.vault.tag("application", str(record["channel"]), str(record["number"]))
        own_opening.take(own_opening.stream(hub, MATTER, KIND), Own(key, record))
        case = find(hub, record)
    if pointer.flatten(read(hub, case).record) != pointer.flatten(record):
        raise Rejected("application.conflict")
    return case


def find(hub: Hub, record: Record) -> str:
    """The case of this channel's number, or nothing."""
    names = str(record["channel"]), str(record["number"])
    with hub.store.read() as connection:
        return grant_lists.case_of(hub, connection, MATTER, *names)


def read(hub: Hub, case: str) -> Application:
    """``Rejected("serve.no-application")`` if there is none of this id."""
    with hub.store.read() as connection:
        row = case_rows.get_case(connection, case)
        if row is None or row.matter != MATTER:
            raise Rejected("serve.no-application")
        names = case_rows.documents(connection, case)
        check = case_rows.get_item(connection, case, CHECK)
    day = times.civil_day(times.instant(row.opened_at))
    record = hub.archive.get(names["application"]).record
    return Application(case, day, record, names, check)


def document(hub: Hub, application: Application, name: str) -> Document | None:
    """One of its documents."""
    identifier = application.names.get(name)
    return hub.archive.get(identifier) if identifier else None
