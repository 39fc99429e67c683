"""``zhida report flows``: in = applied + refused + parked + … for every flow (G13)."""

from __future__ import annotations

from exchange.accounting import UNACCOUNTED, Flow, column
from exchange.case import root_of
from exchange.store import flow_rows
from exchange.store.engine import Connection, Store
from matters import matter


def flows(store: Store, only: str = "") -> list[Flow]:
    """Every source and every leg, from one state of the store; ``only``: the legs of one matter."""
    with flow_rows.snapshot(store) as connection:
        return flows_of(connection, only)


def flows_of(connection: Connection, only: str = "") -> list[Flow]:
    """The same within a reading transaction."""
    found = _legs(connection)
    if only:
        return [flow for flow in found if flow.name.startswith(f"{only}/") or not flow.name]
    return [*_sources(connection), *found]


def _sources(connection: Connection) -> list[Flow]:
    found: dict[str, Flow] = {}
    for name, number in flow_rows.taken_in(connection).items():
        found.setdefault(name, Flow("source", name)).into += number
    for (name, where), number in flow_rows.messages(connection).items():
        found.setdefault(name, Flow("source", name)).counts[where] += number
    return [found[name] for name in sorted(found)]


def _legs(connection: Connection) -> list[Flow]:
    """Each case that the ledger opened has each item of the definition that it began with.

    A correction of an item (``household#1``) is one more thing on the item's own way.
    """
    known = flow_rows.definitions(connection)
    found: dict[str, Flow] = {}
    for (name, digest), number in flow_rows.opened(connection).items():
        steps = list(matter.from_definition(known[digest]).items) if digest in known else []
        for leg in [f"{name}/{step}" for step in steps] or [""]:
            found.setdefault(leg, Flow("leg", leg)).into += number
    for (name, row), number in flow_rows.corrected(connection).items():
        _leg(found, name, row).into += number
    for (name, row, state, code), number in flow_rows.items(connection).items():
        _leg(found, name, row).counts[column(state, code)] += number
    return list(found.values())


def _leg(found: dict[str, Flow], name: str, row: str) -> Flow:
    leg = f"{name}/{root_of(row)}" if name else ""
    return found.setdefault(leg, Flow("leg", leg))


def unaccounted(flow: Flow) -> int:
    """How many things are in no column, or in one without having come in."""
    return abs(flow.missing) or flow.counts[UNACCOUNTED] or (0 if flow.name else flow.into)
