"""What scheduled syncs are in the catalogue: who gives by one, when it last went through, what it gave under which agreement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date

from exchange import canonical
from exchange.agreement import Agreement
from exchange.errors import Forbidden, ZhidaError
from exchange.store import sync_batch_rows, sync_rows
from exchange.store.catalogue_rows import Newest, Used
from exchange.store.engine import Connection
from zhida import sync_ends, sync_file, sync_to
from zhida.site import Site
from zhida.sync_file import Sync
from zhida.sync_to import Line


def of_site(site: Site) -> list[Sync]:
    """Its syncs; none where a file is not right yet (``zhida check``)."""
    try:
        return list(sync_file.load_all(site.folder).values())
    except ZhidaError:
        return []


def newest(connection: Connection, site: Site, syncs: Iterable[Sync]) -> Iterator[Newest]:
    """How old what the targets have is: as a run that went through began. A run that finds nothing new makes no dataset.

    Of several targets the one that is furthest behind counts; one that never had a run: nothing to tell.
    """
    for sync in syncs:
        lines = sync_to.lines(sync)
        ends = [sync_rows.last_run(connection, *line.names, done=True) for line in lines]
        known = [each for each in ends if each is not None]
        if len(known) == len(lines):
            oldest = min(known, key=lambda each: each.begun_at)
            unit = site.system(sync.source.system).unit
            whose = (sync.document, unit, "", sync.source.system)
            yield Newest(*whose, 0, oldest.begun_at, oldest.ended_at)


def used(
    connection: Connection, site: Site, syncs: Iterable[Sync], *, since: str, day: date
) -> Iterator[Used]:
    """The batches that went to each target since a stamp, with the columns that they may have had."""
    for line in (line for sync in syncs for line in sync_to.lines(sync)):
        ids, last = sync_batch_rows.given(connection, *line.names, since)
        columns = _columns(connection, site, line) if ids else []
        with suppress(Forbidden):  # it was allowed then, and is not any more
            allowed = sync_ends.permitted(site, line, columns, day)
            sides = (allowed.provider, allowed.receiver, line.sync.purpose)
            told = canonical.dumps([f"/{name}" for name in columns]).decode()
            if ids:
                yield Used(allowed.id, *sides, told, len(ids), last)


def batches(
    connection: Connection, site: Site, syncs: Iterable[Sync], under: Agreement, since: str
) -> list[str]:
    """Ids of the batches that went between the sides of an agreement, for its document and purpose."""
    wanted = (under.provider, under.receiver, under.document, under.purpose)
    lines = [line for sync in syncs for line in sync_to.lines(sync)]
    own = [line for line in lines if _flow(site, line) == wanted]
    return [i for line in own for i in sync_batch_rows.given(connection, *line.names, since)[0]]


def _flow(site: Site, line: Line) -> tuple[str, str, str, str]:
    sync, systems = line.sync, (line.sync.source.system, line.target.system)
    provider, receiver = (site.system(name).unit for name in systems)
    return provider, receiver, sync.document, sync.purpose


def _columns(connection: Connection, site: Site, line: Line) -> list[str]:
    """What is written, by the mapping or as the source's columns were accepted."""
    contract = sync_rows.get_line(connection, *line.names).contract
    known = list(canonical.loads(contract.encode())) if contract else []
    mapping = sync_ends.mapping_of(site, line.sync)
    read = sync_ends.read_columns(line.sync, mapping, known)
    return sync_ends.written_columns(line, mapping, read)
