"""What a message says about the case that it opens: the signed document, and which thing it is about."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exchange import pointer
from exchange.document import Document, Origin
from exchange.errors import Invalid, Problem, Rejected
from exchange.ports import Answer, Arrival, Record
from exchange.store import alias_rows
from exchange.store.engine import Connection
from mappings import shapes
from matters.matter import Opening
from zhida import progress, renumbering
from zhida.renumbering import Thing

if TYPE_CHECKING:
    from zhida.message import Stream


@dataclass(frozen=True, slots=True)
class Opened:
    """A message that can open a case."""

    document: Document
    salt: bytes
    identity: str
    """Keyed: the same business has the same."""

    def holder(self, stream: Stream, connection: Connection) -> str | None:
        """The case that its business has already, under this number or an earlier one."""
        matter, thing = stream.matter, Thing(stream.opening.gives, self.document)
        known = renumbering.holder(stream.hub, connection, matter, thing)
        return known or alias_rows.holder(connection, matter.name, self.identity)


def read(stream: Stream, arrival: Arrival) -> Opened:
    """The signed document and the case's identity; ``Invalid`` with every problem."""
    if isinstance(arrival.error, Rejected):
        raise Invalid.of(arrival.error.problems)
    if arrival.signed:
        found, salt = _signed_by_its_unit(stream, arrival), os.urandom(16)
        _require_consent(stream.opening, found.record)
        return Opened(found, salt, _identity(stream, found.record))
    if arrival.record is None:
        raise Invalid("intake.unreadable")
    shapes.of(stream.hub.site.folder).validate(arrival.kind, arrival.record)
    _require_consent(stream.opening, arrival.record)
    identity = _identity(stream, arrival.record)
    return Opened(*_signed_by_us(stream, arrival), identity)


def _signed_by_its_unit(stream: Stream, arrival: Arrival) -> Document:
    """``Rejected`` for a document that is not this unit's own word."""
    found, unit = stream.hub.archive.verify(arrival.signed), stream.opening.unit
    origin = found.origin
    told = (origin.issuer, origin.provider, origin.custody, origin.kind)
    if told != (unit, unit, "unit", arrival.kind):
        raise Rejected("document.wrong", unit=unit, field="iss, custody, kind")
    return found


def _signed_by_us(stream: Stream, arrival: Arrival) -> tuple[Document, bytes]:
    origin = Origin(
        kind=arrival.kind,
        issuer="",
        provider=stream.opening.unit,
        custody="hub",
        source=stream.system.name,
        as_of=stream.hub.clock(),
    )
    answer = Answer(
        arrival.raw,
        record=arrival.record,
        mapping_digest=arrival.mapping_digest,
        as_of=arrival.as_of,
    )
    return progress.sign_as_hub(stream.hub, answer, origin)


def _require_consent(opening: Opening, record: Record) -> None:
    """What the matter requires to be agreed to must be true; silence is no consent."""
    refused = [path for path in opening.consents if pointer.get(record, path) is not True]
    if refused:
        raise Invalid.of(Problem("intake.no-consent", {"path": path}) for path in refused)


def _identity(stream: Stream, record: Record) -> str:
    values = []
    for path in stream.opening.identity:
        value = pointer.get(record, path)
        if value is None:
            raise Invalid("intake.no-identity", path=f"{stream.opening.gives}{path}")
        values.append(str(value))
    return stream.hub.vault.tag("case", stream.matter.name, *values)
