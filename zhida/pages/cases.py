"""Cases: how far each is, who is waited for, until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exchange.case import ENDED, GOOD
from exchange.errors import ZhidaError
from exchange.store import case_pages
from exchange.store.case_pages import Place
from exchange.store.case_rows import CaseRow
from zhida import case_view, site_words
from zhida.pages.ask import Answer, Ask
from zhida.pages.desk import Desk
from zhida.pages.draw import draw
from zhida.watch import Watch

LIMIT = 25
STATES = ("open", "partial", "none", "done", "cancelled")
NAME = r"[\w.-]+"
"""Of a matter, a unit or a code."""


def listed(desk: Desk, ask: Ask) -> Answer:
    """A page of cases in one state, newest first."""
    language = ask.language(desk.site.language)
    watch = desk.watch(language)
    state, matter = ask.text("state", "|".join(STATES)) or "open", ask.text("matter", NAME)
    after = ask.place(Place, 2)
    with watch.store.read() as connection:
        rows = case_pages.cases(connection, state, matter=matter, after=after, limit=LIMIT + 1)
        shown, more = rows[:LIMIT], rows[LIMIT:]
        cases = case_view.several(watch, connection, shown)
    facts = {
        "tab": "cases",
        "rows": [_row(watch, *pair) for pair in zip(cases, shown, strict=True)],
        "states": STATES,
        "chosen": {"state": state, "matter": matter},
        "matters": watch.site.matters.values(),
        "after": f"{shown[-1].opened_at}~{shown[-1].id}" if more else "",
    }
    return draw(ask, language, "cases", facts)


def one(desk: Desk, ask: Ask) -> Answer:
    """One case: its items, what went to whom."""
    language = ask.language(desk.site.language)
    found = case_view.one(desk.watch(language), ask.parts["case"])
    return draw(ask, language, "case", {"tab": "cases", "case": found})


def _row(watch: Watch, case: Mapping[str, Any], row: CaseRow) -> dict[str, Any]:
    """A case that can't be read (its matter's file is gone) says so, and the others are shown."""
    told = {**case, "code": "", "what": "", "remedy": ""}
    try:
        return told | summary(case_view.items(watch, row))
    except ZhidaError as error:
        what, remedy = site_words.describe(watch.site, error.code, error.facts)
        return told | summary([]) | {"code": error.code, "what": what, "remedy": remedy}


def summary(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How many of them are over, who or what is waited for, and the clock that runs out first.

    >>> row = {"state": "sent", "unit_title": "公安", "clock": None, "title": "出生登记"}
    >>> summary([row, row | {"state": "applied"}])
    {'done': 1, 'of': 2, 'waits': ['公安'], 'comes': [], 'held': [], 'clock': None}
    """
    counted = [row for row in items if row["state"] != "skipped"]
    under_way = [row for row in counted if row["state"] not in ENDED | {"waiting", "parked"}]
    clocks = [row["clock"] for row in items if row["clock"] and row["clock"]["due_on"]]
    return {
        "done": sum(row["state"] in GOOD for row in counted),
        "of": len(counted),
        "waits": list(dict.fromkeys(row["unit_title"] for row in under_way)),
        "comes": [] if under_way else _comes(counted),
        "held": [row for row in counted if row["state"] in ("parked", "invalid")],
        "clock": min(clocks, key=lambda clock: str(clock["due_on"]), default=None),
    }


def _comes(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """What has to come before anybody can do anything: of the items that wait for nothing else."""
    first = [row["waits_for"] for row in items if row["state"] == "waiting"]
    told = [what for each in first if not each["items"] for what in each["what"]]
    return list(dict.fromkeys(told))
