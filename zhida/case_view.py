"""A case as its operators see it: items, states, reasons, clocks. No personal data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exchange import canonical
from exchange.case import BY_HAND, number_of, root_of
from exchange.errors import Fatal, ZhidaError
from exchange.store import case_rows, clock_rows, delivery_rows
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.engine import Connection
from matters.matter import Matter
from zhida import case_about, definitions, site_words, transfer_view, waiting_for
from zhida.clock_view import ClockView
from zhida.mended import Mappings
from zhida.watch import Watch

SHORTEST = 4
"""Digits of a case's id that a person must write at least."""


def cases(watch: Watch, matter: str = "") -> list[dict[str, Any]]:
    """All cases, newest first."""
    with watch.store.read() as connection:
        return several(watch, connection, case_rows.list_cases(connection, matter))


def several(watch: Watch, connection: Connection, rows: Sequence[CaseRow]) -> list[dict[str, Any]]:
    """These cases without their items, each with what it is about."""
    about = case_about.of_cases(watch, connection, rows)
    return [_case(watch, row) | about[row.id] for row in rows]


def one(watch: Watch, case: str) -> dict[str, Any]:
    """One case with its items and transfers; an unambiguous beginning of the id is enough."""
    row = find(watch, case)
    with watch.store.read() as connection:
        [told] = several(watch, connection, [row])
        moved = delivery_rows.transfers(connection, row.id)
        transfers = transfer_view.every(watch, connection, moved)
    return told | {"items": items(watch, row), "transfers": transfers}


def items(watch: Watch, row: CaseRow) -> list[dict[str, Any]]:
    """The items of a case in the matter's order, with their clocks."""
    matter = definitions.of_case(watch.site, watch.store, row)
    with watch.store.read() as connection:
        found = {item.item: item for item in case_rows.items(connection, row.id)}
        clocks = clock_rows.of_case(connection, row.id)
        sent = delivery_rows.deliveries(connection, row.id)
        there = case_rows.documents(connection, row.id)
    by_hand = [name for name, item in found.items() if item.state == BY_HAND]
    states = {name: item.state for name, item in found.items()}
    shown = ClockView(watch, matter, clocks, sent, by_hand)
    return [
        _item(watch, matter, found[name])
        | {"clock": shown.of(found[name])}
        | {"waits_for": waiting_for.of_item(watch.site, matter, name, states, there)}
        for name in _in_order(matter, found)
        if _counts(matter, found, name)
    ]


def _counts(matter: Matter, rows: Mapping[str, ItemRow], name: str) -> bool:
    """A person's part is shown where there is one to do, or was."""
    stands_for = matter.items[root_of(name)].stands_for
    return not stands_for or rows[stands_for].state == BY_HAND


def _in_order(matter: Matter, rows: Iterable[str]) -> list[str]:
    """Items as the matter names them, each followed by its corrections."""
    places = {name: place for place, name in enumerate(matter.items)}
    return sorted(rows, key=lambda row: (places[root_of(row)], number_of(row)))


def find(watch: Watch, case: str) -> CaseRow:
    """The case of which ``case`` is the beginning of the id."""
    rows: list[CaseRow] = []
    if len(case) >= SHORTEST:
        with watch.store.read() as connection:
            rows = case_rows.cases_like(connection, case)
    if len(rows) != 1:
        raise Fatal("case.ambiguous" if rows else "case.unknown", case=case)
    return rows[0]


def parked(watch: Watch) -> list[dict[str, Any]]:
    """Items that need a person, oldest first."""
    with watch.store.read() as connection:
        rows = case_rows.parked(connection)
    return held(watch, rows)


def held(watch: Watch, rows: Sequence[ItemRow]) -> list[dict[str, Any]]:
    """These items with their cases; ``mended``: what became of an invalid one's mapping."""
    mappings = Mappings(watch.site.folder)
    with watch.store.read() as connection:
        cases = {
            row.case: case
            for row in rows
            if (case := case_rows.get_case(connection, row.case)) is not None
        }
    return [
        {"case": row.case, "matter": row.matter, "opened_at": cases[row.case].opened_at}
        | (told := _held(watch, cases[row.case], row))
        | {"mended": mappings.compared(told["facts"]).verdict}
        for row in rows
        if row.case in cases
    ]


def _held(watch: Watch, case: CaseRow, row: ItemRow) -> dict[str, Any]:
    """The item; of one whose matter can't be read any more, that: the others are shown."""
    try:
        return _item(watch, definitions.of_case(watch.site, watch.store, case), row)
    except ZhidaError as error:
        what, remedy = site_words.describe(watch.site, error.code, error.facts)
        told = dict.fromkeys(("unit", "unit_title", "system"), "") | {"title": row.item}
        told |= {"code": error.code, "what": what, "remedy": remedy, "state": row.state}
        told |= {name: getattr(row, name) for name in ("item", "due_at", "next_at", "updated_at")}
        return told | {"facts": {}}


def unit_title(watch: Watch, name: str) -> str:
    """As the site names the unit; one that it does not know (any more) by its id."""
    unit = watch.site.units.get(name)
    return unit.title if unit else name


def _case(watch: Watch, row: CaseRow) -> dict[str, Any]:
    """The case without its items."""
    matter = watch.site.matters.get(row.matter)
    return {
        "case": row.id,
        "matter": row.matter,
        "title": matter.title if matter else row.matter,
        "state": row.state,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
    }


def _item(watch: Watch, matter: Matter, row: ItemRow) -> dict[str, Any]:
    item = matter.items[root_of(row.item)]
    system = watch.site.system_of(item)
    facts = canonical.loads(row.facts.encode())
    what, remedy = site_words.describe(watch.site, row.code, facts) if row.code else ("", "")
    return {
        "item": row.item,
        "title": matter.title_of(row.item),
        "unit": item.unit,
        "unit_title": unit_title(watch, item.unit),
        "system": system.name,
        "state": row.state,
        "code": row.code,
        "facts": facts,
        "what": what,
        "remedy": remedy,
        "due_at": row.due_at,
        "next_at": row.next_at,
        "updated_at": row.updated_at,
    }
