"""Read a message again that could not be understood, after its stream's mapping was mended.

It opens its case as if it had come now, under the same rules; what still can't be understood
stays where it is, with the problems that it has now. Only how it is read may have been mended:
the bytes are those that came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from exchange import canonical, times
from exchange.errors import Fact, Fatal, Invalid, Problem, Rejected, ZhidaError
from exchange.ledger import Entry
from exchange.ports import Arrival, Rereading
from exchange.store import document_rows
from exchange.store.engine import Connection
from exchange.store.flow_rows import REREAD
from zhida import kept, message, opening, site_words
from zhida.hub import Hub
from zhida.kept import Kept
from zhida.message import Message, Stream
from zhida.opening import Opened
from zhida.operators import Signatory

OPENED, STILL, KNOWN = "opened", "invalid", "duplicate"
"""It opens a case; it is invalid as before; the business has a case already."""
UNMENDED, REFUSED = "unmended", "refused"
"""Nothing was mended; it can't be read again."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a kept message says now: what opens a case, or its problems."""

    kept: Kept
    message: Message
    opened: Opened | None
    problems: tuple[Problem, ...] = ()

    @property
    def mapping(self) -> str:
        """Digest of the mapping that read it now."""
        return message.mapping_of(self.message.arrival)

    @property
    def is_unmended(self) -> bool:
        """Still invalid, and read by the very mapping that it was read by before."""
        return bool(self.problems) and bool(self.mapping) and self.mapping == self.kept.mapping

    def known(self, connection: Connection) -> str:
        """The case that its business has; empty if it opens one or can't be understood."""
        if self.opened is None:
            return ""
        return self.opened.holder(self.message.stream, connection) or ""


def look(hub: Hub, told: Kept) -> Found:
    """Read it; nothing changes. ``Rejected`` if it can't be read again, or has been overtaken."""
    if told.problems[0]["code"] == "intake.conflict":
        raise Rejected("invalid.conflict", message=told.row.id)
    if told.cut:
        raise Rejected("invalid.cut", message=told.row.id)
    stream = kept.stream_of(hub, told)
    raw = _raw(hub, told)
    found = message.of(stream, _arrival(stream, told, raw))
    with hub.store.read() as connection:
        _require_newest(connection, told, found)
    try:
        return Found(told, found, opening.read(stream, found.arrival))
    except Invalid as error:
        return Found(told, found, None, error.problems)


def _raw(hub: Hub, told: Kept) -> bytes:
    try:
        raw = hub.vault.unseal(told.row.raw, about=told.row.id)
    except Fatal as error:
        if error.code != "vault.bucket-gone":
            raise
        raise Rejected("invalid.erased", message=told.row.id, **error.facts) from None
    if not raw:
        raise Rejected("invalid.cut", message=told.row.id)
    return raw


def _arrival(stream: Stream, told: Kept, raw: bytes) -> Arrival:
    """As of when it came, unless it tells: what came later is newer."""
    source = stream.hub.adapter(stream.system)
    if not isinstance(source, Rereading):
        raise Fatal("invalid.no-rereading", system=stream.system.name)
    found = source.read_again(stream.opening.stream, told.row.key, raw)
    return replace(found, raw=raw, as_of=found.as_of or times.instant(told.row.at))


def _require_newest(connection: Connection, told: Kept, found: Message) -> None:
    """``Rejected`` if its sender has sent something else under its number since."""
    which = told.row.source, told.row.key
    newest = document_rows.seen(connection, *which) == found.content
    if not newest or document_rows.document_of(connection, *which):
        raise Rejected("invalid.overtaken", message=told.row.id)
    if document_rows.document_of(connection, *found.key):  # it has told its number only now
        raise Rejected("invalid.overtaken", message=told.row.id)


def require_mended(found: Found, *, again: bool) -> None:
    """``Rejected`` if reading it changes nothing, unless ``again``."""
    if found.is_unmended and not again:
        row = found.kept.row
        raise Rejected("invalid.unmended", message=row.id, mapping=found.mapping[:12])


def carry_out(found: Found, who: Signatory, *, reason: str = "") -> str:
    """Write what came of it, signed: the id of the case that it opened, or empty.

    ``Rejected("invalid.changed")`` if somebody else has read it again since.
    """
    row, hub = found.kept.row, found.message.stream.hub
    token = who.sign(REREAD, {"message": row.id}, reason=reason, now=hub.clock())
    details = {
        "source": row.source,
        "operator": who.operator.name,
        "token": token,
        "mapping_was": found.kept.mapping,
        "mapping_digest": found.mapping,
    }

    def write(connection: Connection) -> tuple[str, list[Entry]]:
        if document_rows.take_invalid(connection, row.id) != row:
            raise Rejected("invalid.changed", message=row.id)
        _require_newest(connection, found.kept, found.message)
        case, entries = _settle(connection, found)
        told = {} if case else {"problems": message.told(_problems(connection, found))}
        return case, [*entries, Entry(REREAD, row.id, case, {**details, **told})]

    return hub.ledger.decide(write)


def _problems(connection: Connection, found: Found) -> tuple[Problem, ...]:
    known = found.known(connection)
    return (message.of_known(known),) if known else found.problems


def _settle(connection: Connection, found: Found) -> tuple[str, list[Entry]]:
    row = found.kept.row
    problems = _problems(connection, found)
    if problems or found.opened is None:
        told = canonical.dumps(message.told(problems)).decode()
        document_rows.set_problems(connection, row.id, told)
        return "", []
    for key in {(row.source, row.key), found.message.key}:
        document_rows.forget(connection, *key)
    entries = message.open_case(found.message, found.opened, connection)
    document_rows.drop_invalid(connection, row.id)
    return next(entry.case for entry in entries if entry.kind == "case-opened"), entries


def tried(
    told: Kept, hub: Hub, who: Signatory | None, *, again: bool = False, reason: str = ""
) -> dict[str, Any]:
    """What became of one of many, or would (``who``: None): it does not hold up the others."""
    try:
        return done(told, hub, who, again=again, reason=reason)
    except ZhidaError as error:
        word = UNMENDED if error.code == "invalid.unmended" else REFUSED
        return _row(told, word) | _why(hub, error.code, error.facts)


def done(
    told: Kept, hub: Hub, who: Signatory | None, *, again: bool = False, reason: str = ""
) -> dict[str, Any]:
    """The same, and whatever is in the way is raised."""
    found = look(hub, told)
    require_mended(found, again=again)
    with hub.store.read() as connection:
        known = found.known(connection)
    case = carry_out(found, who, reason=reason) if who is not None else ""
    if found.opened is not None and not known:
        return _row(told, OPENED) | {"case": case}
    problem = message.of_known(known) if known else found.problems[0]
    return _row(told, KNOWN if known else STILL) | _why(hub, problem.code, problem.facts)


def _row(told: Kept, word: str) -> dict[str, Any]:
    row = told.row
    return {
        "id": row.id,
        "source": row.source,
        "stream": told.stream,
        "at": row.at,
        "result": word,
        "case": "",
    }


def _why(hub: Hub, code: str, facts: Mapping[str, Fact]) -> dict[str, str]:
    what, remedy = site_words.describe(hub.site, code, facts)
    return {"code": code, "what": what, "remedy": remedy}
