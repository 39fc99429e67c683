"""Transfers: what went to whom, by which agreement; in clear only for whom the site lets see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exchange.errors import Rejected
from exchange.store import case_rows, delivery_rows, item_pages, transfer_pages
from exchange.store.case_pages import Place
from exchange.store.delivery_rows import TransferRow
from exchange.store.engine import Connection
from exchange.store.item_pages import Filter, ItemPlace
from exchange.store.transfer_pages import Side
from zhida import site_words, transfer_values, transfer_view
from zhida.pages.ask import Answer, Ask
from zhida.pages.cases import LIMIT, NAME
from zhida.pages.desk import Desk
from zhida.pages.draw import draw
from zhida.site import Site
from zhida.watch import Watch

STATES = ("sent", "stored", "unknown", "parked", "invalid", "refused")
SIDES: tuple[Side, ...] = ("receiver", "provider")


def listed(desk: Desk, ask: Ask) -> Answer:
    """A page of them, newest first: of all, of a unit, or of what is in one state."""
    language = ask.language(desk.site.language)
    watch = desk.watch(language)
    chosen = {
        "unit": ask.text("unit", NAME),
        "side": ask.text("side", "|".join(SIDES)) or "receiver",
        "state": ask.text("state", "|".join(STATES)),
    }
    with watch.store.read() as connection:
        choose = _by_state if chosen["state"] else _by_time
        rows, after = choose(watch, connection, ask, chosen)
        told = _told(watch, connection, rows)
    facts = {
        "tab": "transfers",
        "rows": told,
        "after": after,
        "chosen": chosen,
        "states": STATES,
        "sides": SIDES,
        "units": watch.site.units.values(),
    }
    return draw(ask, language, "transfers", facts)


def one(desk: Desk, ask: Ask) -> Answer:
    """One transfer: the names of what it gave and of what it held back, and no value."""
    return _one(desk, ask, {})


def in_clear(desk: Desk, ask: Ask) -> Answer:
    """The values that it gave, for an operator who says why; noted in the ledger before."""
    row = _row(desk.watch(), ask)
    with desk.hub() as hub:
        who = transfer_values.require_reader(hub, ask.user)
        reason = ask.form.get("reason", "")
        values = transfer_values.look(hub, who, row, user=ask.user, reason=reason)
    return _one(desk, ask, values)


def _one(desk: Desk, ask: Ask, values: Mapping[str, Any]) -> Answer:
    language = ask.language(desk.site.language)
    watch = desk.watch(language)
    row = _row(watch, ask)
    with watch.store.read() as connection:
        [told] = _told(watch, connection, [row])
    may = transfer_values.reader(watch.site, ask.user) is not None
    words, kind = site_words.fields(watch.site), told["document_kind"]
    meant = {path: words.meaning(kind, path, value) for path, value in values.items()}
    facts = {"tab": "transfers", "transfer": told, "may_look": may}
    facts |= {"values": values, "meant": meant}
    return draw(ask, language, "transfer", facts)


def _row(watch: Watch, ask: Ask) -> TransferRow:
    with watch.store.read() as connection:
        found = transfer_pages.get(connection, ask.parts["transfer"])
    if found is None:
        raise Rejected("pages.nothing")
    return found


Rows = tuple[Sequence[TransferRow], str]


def _by_time(watch: Watch, connection: Connection, ask: Ask, chosen: Mapping[str, str]) -> Rows:
    after, limit = ask.place(Place, 2), LIMIT + 1
    side: Side = "provider" if chosen["side"] == "provider" else "receiver"
    if chosen["unit"]:
        rows = transfer_pages.of_unit(connection, side, chosen["unit"], after=after, limit=limit)
    else:
        rows = transfer_pages.newest(connection, after=after, limit=limit)
    shown = rows[:LIMIT]
    return shown, f"{shown[-1].at}~{shown[-1].id}" if len(rows) > LIMIT else ""


def _by_state(watch: Watch, connection: Connection, ask: Ask, chosen: Mapping[str, str]) -> Rows:
    """Of the items in this state, the longest unchanged first; of the unit's own, if one is named."""
    wanted = Filter(items=_items_of(watch.site, chosen["unit"]) if chosen["unit"] else None)
    page = item_pages.in_state(
        connection, chosen["state"], wanted, after=ask.place(ItemPlace, 3), limit=LIMIT
    )
    rows = [
        row
        for item in page.rows
        for row in delivery_rows.transfers_of(
            connection, case=item.case, item=item.item, effect=item.effect
        )
    ]
    return rows, "~".join(page.after or ())


def _items_of(site: Site, unit: str) -> dict[str, list[str]]:
    """Matter → its items that this unit does."""
    return {
        matter.name: [item.name for item in matter.items.values() if item.unit == unit]
        for matter in site.matters.values()
    }


def _told(
    watch: Watch, connection: Connection, rows: Sequence[TransferRow]
) -> list[dict[str, Any]]:
    shown = transfer_view.every(watch, connection, rows)
    pairs = zip(rows, shown, strict=True)
    return [told | _state(watch, connection, row) for row, told in pairs]


def _state(watch: Watch, connection: Connection, row: TransferRow) -> dict[str, Any]:
    """The state of its item now, which is what became of it."""
    item = case_rows.get_item(connection, row.case, row.item)
    matter = watch.site.matters.get(item.matter) if item else None
    known = matter is not None and row.item.partition("#")[0] in matter.items
    return {
        "case": row.case,
        "title": matter.title_of(row.item) if matter and known else row.item,
        "document": row.document,
        "state": item.state if item else "",
    }
