"""A further message about a business that has a case: the same birth from the hospital and the window.

What one side tells and the case does not have yet is filed there, and frees what waited for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange import times
from exchange.ledger import Entry
from exchange.store import case_rows
from exchange.store.engine import Connection
from zhida import definitions, filing, progress, taking_up
from zhida.filing import Folder, Found
from zhida.opening import Opened
from zhida.task import bucket

if TYPE_CHECKING:
    from zhida.message import Message


def join(
    message: Message, opened: Opened, connection: Connection, case_id: str
) -> list[Entry] | None:
    """Its document becomes one of the case's. None: the case has such a one from another message.

    What a unit has signed itself is compared with what the case has, as any version of it is.
    """
    stream, name = message.stream, message.stream.opening.gives
    case_rows.lock_case(connection, case_id)
    row = case_rows.get_case(connection, case_id)
    there = case_rows.documents(connection, case_id)
    if row is None:
        return None
    matter = definitions.of_row(stream.hub.site, connection, row)
    if name not in {each.gives for each in matter.opens_on}:  # it began by an older definition
        return None
    signed = bool(message.arrival.signed)
    opened_on = times.civil_day(times.instant(row.opened_at))
    folder = Folder(stream.hub, matter, case_id, bucket(matter, opened_on))
    found = Found(opened.document, message.arrival.raw, opened.salt)
    again = not signed and taking_up.can(folder, connection, row)
    if name in there and not signed and not again:
        return None
    does = taking_up.take_up if again else filing.file
    entries = does(folder, connection, name, found)
    if again and not entries:
        return None
    message.remember(connection, opened.document.id)
    told = {"source": stream.system.name, "document": name}
    change = Entry("change", opened.document.id, case_id, {"source": stream.system.name})
    first = Entry("joined" if again or name not in there else "unchanged", case_id, case_id, told)
    return [first, change, *entries, *progress.ended(stream.hub, connection, matter, case_id)]
