"""Both ends of a line, opened: the table that is read and the table that is written, as agreed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from typing import Any

from connectors.tables_database import Database
from connectors.tables_keyset import Span
from connectors.tables_source import SourceTable
from connectors.tables_target import TargetTable
from exchange import agreement
from exchange.agreement import Agreement, Flow
from exchange.errors import Fatal, Forbidden
from exchange.names import nearest
from mappings import site_files
from mappings.compiler import Mapping
from zhida import sync_gate, sync_place, system_wire
from zhida.hub import Hub
from zhida.site import Site, System
from zhida.sync_file import Place, Sync
from zhida.sync_gate import GateRecipient, GateSource
from zhida.sync_given import GivenTarget
from zhida.sync_listed import ListedSource
from zhida.sync_questions import Source, Target
from zhida.sync_to import Line

WIRE = "tables"


def permitted(site: Site, line: Line, columns: Sequence[str], day: date) -> Agreement:
    """The agreement under which every column may go there; ``Forbidden`` names those that may not."""
    sync, provider = line.sync, site.system(line.sync.source.system).unit
    flow = Flow(provider, site.system(line.target.system).unit, sync.document, sync.purpose)
    allowed = agreement.permit(site.agreements, flow, day)
    missing = [name for name in columns if not allowed.covers(f"/{name}")]
    if missing:
        named = ", ".join(missing)[:200]
        raise Forbidden("sync.not-agreed", sync=line.sync.name, agreement=allowed.id, columns=named)
    return allowed


def mapping_of(site: Site, sync: Sync) -> Mapping | None:
    """What makes a row of the target out of a row of the source; None: it goes as it is."""
    return site_files.load(sync.mapping, site.folder) if sync.mapping else None


def read_columns(sync: Sync, mapping: Mapping | None, known: Sequence[str]) -> list[str]:
    """The columns of the source that are used. ``known``: all that it has, as accepted."""
    told = mapping.file.inputs.get("", ()) if mapping else ()
    if isinstance(told, tuple) and told:
        return [path.removeprefix("/") for path in told]
    return list(sync.source.columns or known)


def written_columns(line: Line, mapping: Mapping | None, read: Sequence[str]) -> list[str]:
    """The columns of the target that are written, its key among them.

    ``Fatal`` for a key that is not, and for a mapping whose fields are no columns.
    """
    rules = mapping.file.rules if mapping else ()
    found = list(dict.fromkeys(rule.to.removeprefix("/") for rule in rules)) or list(read)
    for name in found:
        if "/" in name:
            raise Fatal("sync.nested", mapping=line.sync.mapping, path=f"/{name}")
    for name in line.target.key:
        if name not in found:
            near = nearest(name, found)
            raise Fatal("sync.key-not-written", sync=line.sync.name, column=name, nearest=near)
    return found


@contextmanager
def source(hub: Hub, sync: Sync, *, by_key: bool = False, since: Span = Span()) -> Iterator[Source]:
    """The table that is read, in the order of its cursor (``by_key``: all of it, by its key); the list (of an
    API with a cursor: what ``since`` takes in); or what has come through a gate.
    """
    told = sync.source
    if told.kind == "gate":
        with sync_gate.opened(hub, told) as channel:
            yield GateSource(channel, told)
        return
    if sync.is_listed:
        opened: Any = hub.open_adapter(hub.site.system(told.system))
        with closing(opened):
            yield ListedSource(opened, sync, since)
        return
    what = (
        {"query": told.table, "table": "query"} if told.kind == "query" else {"table": told.table}
    )
    about = {**what, "key": told.key, "cursor": () if by_key else sync.cursor}
    database = _database(hub, hub.site.system(told.system))
    with closing(SourceTable(database, _with_schema(about, told))) as found:
        yield found


@contextmanager
def target(hub: Hub, line: Line, columns: Sequence[str]) -> Iterator[Target]:
    """The table that is written, or the queue, folder or gate that is given to."""
    place = line.target
    if place.kind == "gate":
        with sync_gate.opened(hub, place) as channel:
            yield GivenTarget(
                hub, line.sync, place, _ordered(line.sync, columns), GateRecipient(channel)
            )
        return
    if place.kind != "table":
        system = hub.site.system(place.system)
        sync_place.require(place, system)
        opened: Any = hub.open_adapter(system)
        with closing(opened):
            yield GivenTarget(hub, line.sync, place, _ordered(line.sync, columns), opened)
        return
    about = {"table": place.table, "key": place.key, "columns": list(columns)}
    database = _database(hub, hub.site.system(place.system))
    with closing(database):
        yield TargetTable(database, _with_schema(about, place))


def introduce(source: Source, into: Target, line: Line) -> None:
    """A list knows no types: what the target has is looked for in the target's."""
    if isinstance(source, ListedSource):
        source.compare_as(into.fit_keys, line.target.key)


def settle(source: Source) -> bool:
    """A run is through with its list: file it away. Does another wait?"""
    return isinstance(source, ListedSource) and source.settle()


def _ordered(sync: Sync, columns: Sequence[str]) -> tuple[str, ...]:
    """The same at every run, for files: as the site says, else by name (a table's order may change)."""
    return tuple(columns if sync.mapping or sync.source.columns else sorted(columns))


def _with_schema(about: dict[str, Any], place: Place) -> dict[str, Any]:
    return {**about, "schema": place.schema} if place.schema else about


def _database(hub: Hub, system: System) -> Database:
    wire = system_wire.of(system)
    if wire.alias != WIRE:
        raise Fatal("sync.no-tables", system=system.name, wire=wire.alias)
    settings = {"timeout_s": 30, **wire.settings}
    return Database(settings, hub.endpoint(system.connection))
