"""What needs a person: why, what to do, and who has to do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from exchange.store import item_pages
from exchange.store.item_pages import Filter, ItemPlace
from zhida import case_view, parked_view
from zhida.pages.ask import Answer, Ask
from zhida.pages.cases import LIMIT, NAME
from zhida.pages.desk import Desk
from zhida.pages.draw import draw
from zhida.parked import takes_two


def listed(desk: Desk, ask: Ask) -> Answer:
    """A page of them, the longest waiting first; how many for which reason."""
    language = ask.language(desk.site.language)
    watch = desk.watch(language)
    chosen = {"matter": ask.text("matter", NAME), "code": ask.text("code", NAME)}
    wanted, after = Filter(chosen["matter"], chosen["code"]), ask.place(ItemPlace, 3)
    with watch.store.read() as connection:
        page = item_pages.held(connection, wanted, after, LIMIT)
        counts = item_pages.counts(connection, item_pages.HELD)
    rows = [row | {"two": takes_two(row)} for row in case_view.held(watch, page.rows)]
    facts = {
        "tab": "parked",
        "rows": rows,
        "reasons": _reasons(counts, rows),
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
    facts = {"tab": "parked", "item": found, "by_people": by_people(found)}
    return draw(ask, language, "parked_item", facts)


def by_people(item: Mapping[str, Any]) -> list[tuple[bool, list[str]]]:
    """The open commands: what one person does, and what one proposes and another decides (True).

    >>> by_people({"two_people": False, "can": ["zhida parked replay", "zhida parked give-up"]})
    [(False, ['zhida parked replay']), (True, ['zhida parked give-up'])]
    """
    two = {each: item["two_people"] or "give-up" in each for each in item["can"]}
    told = [(kind, [each for each in two if two[each] is kind]) for kind in (False, True)]
    return [(kind, commands) for kind, commands in told if commands]


def _reasons(
    counts: Mapping[tuple[str, str, str, str], int], rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Most first; each with the text of one of them, as far as one is on this page."""
    found: Counter[str] = Counter()
    for (_, _, _, code), count in counts.items():
        found[code] += count
    texts = {row["code"]: row["what"] for row in reversed(rows)}
    return [
        {"code": code, "count": count, "what": texts.get(code, "")}
        for code, count in found.most_common()
    ]
