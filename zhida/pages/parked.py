"""What needs a person: why, what to do, and who has to do it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from exchange.problems import describe
from exchange.store import item_pages
from exchange.store.item_pages import Filter, ItemPlace
from zhida import case_view, parked_view
from zhida.pages.ask import Answer, Ask
from zhida.pages.cases import LIMIT, NAME
from zhida.pages.desk import Desk
from zhida.pages.draw import draw
from zhida.parked import takes_two
from zhida.watch import Watch


def listed(desk: Desk, ask: Ask) -> Answer:
    """A page of them, the longest waiting first; how many for which reason."""
    language = ask.language(desk.site.language)
    watch = desk.watch(language)
    chosen = {"matter": ask.text("matter", NAME), "code": ask.text("code", NAME)}
    wanted, after = Filter(chosen["matter"], chosen["code"]), ask.place(ItemPlace, 3)
    with watch.store.read() as connection:
        page = item_pages.held(connection, wanted, after, LIMIT)
        counts = item_pages.counts(connection, item_pages.HELD)
    facts = {
        "tab": "parked",
        "rows": [row | {"two": takes_two(row)} for row in case_view.held(watch, page.rows)],
        "reasons": _reasons(watch, counts),
        "chosen": chosen,
        "matters": watch.site.matters.values(),
        "after": "~".join(page.after or ()),
    }
    return draw(ask, language, "parked", facts)


def one(desk: Desk, ask: Ask) -> Answer:
    """One of them, with its history and the commands that are open."""
    language = ask.language(desk.site.language)
    watch = desk.watch(language)
    found = parked_view.one(watch, ask.parts["case"], ask.parts["item"])
    return draw(ask, language, "parked_item", {"tab": "parked", "item": found})


def _reasons(watch: Watch, counts: dict[tuple[str, str, str, str], int]) -> list[dict[str, Any]]:
    """Most first."""
    found: Counter[str] = Counter()
    for (_, _, _, code), count in counts.items():
        found[code] += count
    return [
        {"code": code, "count": count, "what": describe(code, {}, watch.site.language)[0]}
        for code, count in found.most_common()
    ]
