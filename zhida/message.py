"""One message that opens a case: read once, signed as read, its case opened, in one transaction.

The same message again changes nothing. One that can't be understood is kept with every problem;
when its desk sends it in again, mended, it counts. One that says something else under the number
of a message that has opened a case is kept too, for a person to look at: senders reuse numbers.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from exchange import canonical, pointer, times
from exchange.document import new_id
from exchange.errors import Invalid, Problem, Rejected, Retriable, ZhidaError
from exchange.ledger import Entry, Work
from exchange.ports import Arrival
from exchange.store import case_rows, document_rows
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.document_rows import InvalidRow
from exchange.store.engine import Connection
from matters.matter import Matter, Opening
from zhida import filing, joining, opening, progress
from zhida.filing import Folder
from zhida.hub import Hub
from zhida.opening import Opened
from zhida.site import System
from zhida.task import bucket


@dataclass(frozen=True, slots=True)
class Stream:
    """Where messages of one kind come from, and the matter that they open."""

    hub: Hub
    matter: Matter
    opening: Opening
    system: System


@dataclass(frozen=True, slots=True)
class Message:
    """One message in hand."""

    stream: Stream
    arrival: Arrival
    content: str
    """Keyed digest of its bytes: tells a mended message from the same once more."""

    @property
    def key(self) -> tuple[str, str]:
        """Its source, and the source's own name for it."""
        return self.stream.system.name, self.arrival.key

    @property
    def bucket(self) -> str:
        """Where what comes of it is sealed."""
        return bucket(self.stream.matter, times.civil_day(self.stream.hub.clock()))

    def remember(self, connection: Connection, document: str) -> None:
        """It was taken in; ``document`` is empty if it can't be understood."""
        first_at = times.stamp(self.stream.hub.clock())
        document_rows.remember(
            connection, *self.key, content=self.content, document=document, first_at=first_at
        )


_WORDS = {"duplicate": "known", "unchanged": "known", "joined": "joined"}
"""What the first entry of the ledger says about the message."""


def of(stream: Stream, arrival: Arrival) -> Message:
    """The arrival as a message of this stream."""
    return Message(stream, arrival, content_of(stream.hub, arrival.raw))


def content_of(hub: Hub, raw: bytes) -> str:
    """Keyed digest of a message's bytes."""
    return hub.vault.tag("message", base64.b64encode(raw).decode())


def take(stream: Stream, arrival: Arrival) -> str:
    """Take one message in: ``opened``, ``joined``, ``invalid`` or ``known``.

    ``Retriable("store.conflict")`` where another worker inserts the same thing at this moment.
    """
    message = of(stream, arrival)
    with stream.hub.store.read() as connection:
        if is_known(message, connection):
            return "known"
        before = document_rows.document_of(connection, *message.key)
    if before:
        return "known" if _says_the_same(message, before) else _conflict(message)
    try:
        opened = opening.read(stream, arrival)
    except Invalid as error:
        return _commit(message, "invalid", partial(_keep_invalid, message, error.problems))
    return _commit(message, "opened", partial(_open, message, opened))


def is_known(message: Message, connection: Connection) -> bool:
    """Taken in before. What was invalid then and reads otherwise now was mended: it is new."""
    return document_rows.seen(connection, *message.key) == message.content


def _says_the_same(message: Message, before: str) -> bool:
    """Other bytes, the same facts: a form that was sent back and submitted again."""
    record = message.arrival.record
    if message.arrival.error is not None or record is None:
        return False
    try:
        return pointer.flatten(record) == message.stream.hub.archive.get(before).fields
    except ZhidaError:  # what it said is erased, or this can't be said
        return False


def _conflict(message: Message) -> str:
    """Kept under a key of its own, so that the same once more is known."""
    arrival = message.arrival
    found = [Problem("intake.conflict", {"key": arrival.key})]
    found += arrival.error.problems if isinstance(arrival.error, Rejected) else ()
    kept = _apart(message)
    return _commit(kept, "invalid", partial(_keep_invalid, kept, found))


def _apart(message: Message) -> Message:
    """Under a key of its own."""
    arrival = message.arrival
    other = replace(arrival, key=f"{arrival.key}#{message.content[:16]}")
    return replace(message, arrival=other)


def _commit(message: Message, word: str, write: Work) -> str:
    """``write``, unless another worker has taken in the same message meanwhile."""
    return message.stream.hub.ledger.decide(partial(_once, message, word, write))


def open_once(message: Message, opened: Opened, connection: Connection) -> tuple[str, list[Entry]]:
    """Open its case within a transaction that is more than its own: what it came to."""
    return _once(message, "opened", partial(_open, message, opened), connection)


def _once(
    message: Message, word: str, write: Work, connection: Connection
) -> tuple[str, list[Entry]]:
    if is_known(message, connection):
        return "known", []
    if document_rows.document_of(connection, *message.key):
        raise Retriable("store.conflict")  # another's, under the same number: look again
    document_rows.forget(connection, *message.key)
    entries = write(connection)
    return _WORDS.get(entries[0].kind, word), entries


def _open(message: Message, opened: Opened, connection: Connection) -> list[Entry]:
    """T1: the message is ours from here on."""
    known = opened.holder(message.stream, connection)
    if known is None:
        return open_case(message, opened, connection)
    return joining.join(message, opened, connection, known) or [
        _duplicate(message, known, connection)
    ]


def open_case(message: Message, opened: Opened, connection: Connection) -> list[Entry]:
    """A business that has no case yet gets one."""
    stream, found = message.stream, opened.document
    hub, matter = stream.hub, stream.matter
    case_id, raw = new_id(), message.arrival.raw
    hub.archive.put(
        connection, found, raw=raw, salt=opened.salt, bucket=message.bucket, now=hub.clock()
    )
    message.remember(connection, found.id)
    case_rows.keep_definition(connection, matter.digest, matter.definition)
    case_rows.open_case(connection, *_rows(stream, case_id, opened.identity))
    folder = Folder(hub, matter, case_id, message.bucket)
    filing.put_name(connection, folder, stream.opening.gives, found)
    details = {"matter": matter.name, "definition": matter.digest}
    return [
        filing.entry(found, case_id),
        Entry("case-opened", case_id, case_id, details),
        *progress.ended(hub, connection, matter, case_id),
    ]


def _rows(stream: Stream, case_id: str, identity: str) -> tuple[CaseRow, list[ItemRow]]:
    matter, at = stream.matter, times.stamp(stream.hub.clock())
    row = CaseRow(case_id, matter.name, identity, at, "", "open", matter.digest)
    items = [
        ItemRow(
            case=case_id,
            item=item.name,
            matter=matter.name,
            state="waiting",
            code="",
            facts="{}",
            effect="",
            due_at="",
            next_at=at,
            updated_at=at,
        )
        for item in matter.items.values()
    ]
    return row, items


def _duplicate(message: Message, known: str, connection: Connection) -> Entry:
    """The same business once more, in another message: one case; this one stays among the
    invalid messages, where its desk can be told to take it back.
    """
    identifier = _put_invalid(message, [of_known(known)], connection)
    return Entry("duplicate", identifier, known, origin(message))


def of_known(case: str) -> Problem:
    """What is told of a message about a business that has a case."""
    return Problem("intake.duplicate-case", {"case": case})


def keep(stream: Stream, arrival: Arrival, problems: Sequence[Problem]) -> str:
    """Among the invalid messages, with what is wrong with it: ``invalid``, or ``known``.

    Where another one was taken in under its key, under a key of its own.
    """
    message = of(stream, arrival)
    with stream.hub.store.read() as connection:
        if document_rows.document_of(connection, *message.key):
            message = _apart(message)
    return _commit(message, "invalid", partial(_keep_invalid, message, problems))


def _keep_invalid(
    message: Message, problems: Sequence[Problem], connection: Connection
) -> list[Entry]:
    identifier = _put_invalid(message, problems, connection)
    details = {**origin(message), "problems": told(problems)}
    return [Entry("invalid", identifier, "", details)]


def origin(message: Message) -> dict[str, Any]:
    """What reading it again needs to know (``zhida.reread``): whence it came, and what read it.

    And what its sender needs to know: in which file it came, by its number, and where in it.
    """
    stream, arrival = message.stream, message.arrival
    where = {"file": arrival.file, "record": arrival.number} if arrival.file else {}
    return {
        "source": stream.system.name,
        "matter": stream.matter.name,
        "stream": stream.opening.stream,
        "mapping_digest": mapping_of(arrival),
        "cut": arrival.cut,
        **where,
    }


def mapping_of(arrival: Arrival) -> str:
    """Digest of the mapping that made the record, or found that it can't; empty if none was asked."""
    found = arrival.error.mapping_digest if isinstance(arrival.error, Invalid) else ""
    return found or arrival.mapping_digest


def _put_invalid(message: Message, problems: Sequence[Problem], connection: Connection) -> str:
    hub, identifier = message.stream.hub, new_id()
    source, key = message.key
    row = InvalidRow(
        id=identifier,
        source=source,
        key=key,
        at=times.stamp(hub.clock()),
        problems=canonical.dumps(told(problems)).decode(),
        raw=hub.vault.seal(message.bucket, message.arrival.raw, about=identifier),
    )
    document_rows.put_invalid(connection, row)
    message.remember(connection, "")
    return identifier


def told(problems: Sequence[Problem]) -> list[dict[str, str | int]]:
    """Problems as the store and the ledger keep them."""
    return [{"code": problem.code, **problem.facts} for problem in problems]
