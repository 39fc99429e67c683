"""What the hub itself puts into a case that is there: an approval, an account, a revocation.

Like what it opens cases with (``zhida.own_opening``), each record has a natural key, under which it
is put in once. Whether it may be put in is asked in the same transaction, under the case's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
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
    revokes: tuple[str, ...] = ()
    """It takes back what the case knows under the name, in these items."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A paper on its way into its case."""

    paper: Paper
    row: CaseRow
    folder: Folder
    found: Found


def file(hub: Hub, papers: Iterable[Paper]) -> int:
    """Put each in, in chunks; how many are new. ``Invalid`` for one that is not of its kind."""
    left, new = iter(papers), 0
    while chunk := list(islice(left, CHUNK)):
        some = [found for paper in chunk if (found := sign(hub, paper)) is not None]
        new += hub.ledger.decide(partial(_put_all, hub, some)) if some else 0
    return new


def sign(hub: Hub, paper: Paper) -> Signed | None:
    """Outside the transaction. None: it is in its case already."""
    with hub.store.read() as connection:
        row = case_rows.get_case(connection, paper.case)
        known = document_rows.document_of(connection, OWN, paper.key)
    if row is None:
        raise Fatal("case.unknown", case=paper.case)
    if known:
        return None
    matter: Matter = definitions.of_case(hub.site, hub.store, row)
    return Signed(paper, row, _folder(hub, row, matter), found_of(hub, paper))


def _folder(hub: Hub, row: CaseRow, matter: Matter) -> Folder:
    opened_on = times.civil_day(times.instant(row.opened_at))
    return Folder(hub, matter, row.id, bucket(matter, opened_on))


def found_of(hub: Hub, paper: Paper) -> Found:
    """The paper, signed. ``Invalid`` if it is not of its kind."""
    if not paper.revokes:
        shapes.of(hub.site.folder).validate(paper.kind, paper.record)
    origin = Origin(paper.kind, "", hub.site.unit, "hub", OWN, hub.clock())
    raw = canonical.dumps(dict(paper.record))
    signed, salt = progress.sign_as_hub(hub, Answer(raw, record=paper.record), origin)
    return Found(signed, raw, salt)


def _put_all(hub: Hub, papers: Iterable[Signed], connection: Connection) -> tuple[int, list[Entry]]:
    told = [put(hub, connection, each) for each in papers]
    return sum(map(bool, told)), [entry for entries in told for entry in entries]


def put_new(hub: Hub, connection: Connection, paper: Paper, found: Found) -> list[Entry]:
    """Into a case that this very transaction has opened."""
    row = case_rows.get_case(connection, paper.case)
    if row is None:
        raise Fatal("case.unknown", case=paper.case)
    folder = _folder(hub, row, definitions.of_row(hub.site, connection, row))
    return put(hub, connection, Signed(paper, row, folder, found))


def put(hub: Hub, connection: Connection, signed: Signed) -> list[Entry]:
    """Within a transaction. Nothing is told where it was there, or is not wanted any more."""
    paper, found = signed.paper, signed.found
    case_rows.lock_case(connection, paper.case)
    if document_rows.document_of(connection, OWN, paper.key) or not paper.may(connection):
        return []
    if paper.revokes:
        entries = filing.revoke(signed.folder, connection, paper.name, found, only=paper.revokes)
    else:
        entries = filing.file(signed.folder, connection, paper.name, found)
    document_rows.remember(
        connection,
        OWN,
        paper.key,
        content=message.content_of(hub, found.raw),
        document=found.document.id,
        first_at=times.stamp(hub.clock()),
    )
    return [*entries, *progress.ended(hub, connection, signed.folder.matter, paper.case)]
