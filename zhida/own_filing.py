"""What the hub itself puts into a case that is there: an approval, an account, a revocation.

Like what it opens cases with (``zhida.own_opening``), each record has a natural key, under which it
is put in once. Whether it may be put in is asked in the same transaction, under the case's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from exchange import canonical, times
from exchange.document import Origin
from exchange.errors import Fatal
from exchange.ledger import Entry
from exchange.ports import Answer, Record
from exchange.store import case_rows, document_rows
from exchange.store.case_rows import CaseRow
from exchange.store.engine import Connection
from mappings import shapes
from matters.matter import Matter
from matters.parts import OWN
from zhida import definitions, filing, message, progress
from zhida.filing import Folder, Found
from zhida.hub import Hub
from zhida.own_opening import CHUNK
from zhida.task import bucket


def _always(_: Connection) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Paper:
    """One record for one case."""

    case: str
    name: str
    """The case's name for it, as ``opens_on`` has it."""
    kind: str
    key: str
    """Natural: the same paper has the same."""
    record: Record
    may: Callable[[Connection], bool] = field(default=_always)
    """Asked before it is put in, under the case's lock: is it still wanted?"""
    revokes: bool = False
    """It takes back what the case knows under the name."""


@dataclass(frozen=True, slots=True)
class _Ready:
    paper: Paper
    row: CaseRow
    folder: Folder
    found: Found


def file(hub: Hub, papers: Iterable[Paper]) -> int:
    """Put each in, in chunks; how many are new. ``Invalid`` for one that is not of its kind."""
    left, new = iter(papers), 0
    while chunk := list(islice(left, CHUNK)):
        ready = list(_signed(hub, chunk))
        new += hub.ledger.decide(lambda c, some=ready: _file_all(hub, c, some))  # type: ignore[misc]
    return new


def _signed(hub: Hub, papers: Iterable[Paper]) -> Iterator[_Ready]:
    """Those that are not there yet, signed outside the transaction."""
    for paper in papers:
        with hub.store.read() as connection:
            row = case_rows.get_case(connection, paper.case)
            known = document_rows.document_of(connection, OWN, paper.key)
        if row is None:
            raise Fatal("case.unknown", case=paper.case)
        if not known:
            yield _Ready(paper, row, _folder(hub, row), _found(hub, paper))


def _folder(hub: Hub, row: CaseRow) -> Folder:
    matter: Matter = definitions.of_case(hub.site, hub.store, row)
    opened_on = times.civil_day(times.instant(row.opened_at))
    return Folder(hub, matter, row.id, bucket(matter, opened_on))


def _found(hub: Hub, paper: Paper) -> Found:
    if not paper.revokes:
        shapes.of(hub.site.folder).validate(paper.kind, paper.record)
    origin = Origin(paper.kind, "", hub.site.unit, "hub", OWN, hub.clock())
    raw = canonical.dumps(dict(paper.record))
    signed, salt = progress.sign_as_hub(hub, Answer(raw, record=paper.record), origin)
    return Found(signed, raw, salt)


def _file_all(
    hub: Hub, connection: Connection, papers: Iterable[_Ready]
) -> tuple[int, list[Entry]]:
    new, entries = 0, list[Entry]()
    for each in papers:
        written = _file(hub, connection, each)
        new += bool(written)
        entries += written
    return new, entries


def _file(hub: Hub, connection: Connection, ready: _Ready) -> list[Entry]:
    paper, found = ready.paper, ready.found
    case_rows.lock_case(connection, paper.case)
    if document_rows.document_of(connection, OWN, paper.key) or not paper.may(connection):
        return []
    does = filing.revoke if paper.revokes else filing.file
    entries = does(ready.folder, connection, paper.name, found)
    document_rows.remember(
        connection,
        OWN,
        paper.key,
        content=message.content_of(hub, found.raw),
        document=found.document.id,
        first_at=times.stamp(hub.clock()),
    )
    return [*entries, *progress.ended(hub, connection, ready.folder.matter, paper.case)]
