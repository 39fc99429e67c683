"""Which page answers at which address, and what is shown when it can't."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exchange.errors import Forbidden, Rejected, ZhidaError
from zhida.pages import cases, draw, find, ledger, parked, systems, transfers
from zhida.pages.ask import Answer, Ask, elsewhere
from zhida.pages.desk import Desk

Page = Callable[[Desk, Ask], Answer]

PAGES: Mapping[str, Page] = {
    "/": lambda _, ask: elsewhere(ask.link("cases")),
    "/cases": cases.listed,
    "/cases/{case}": cases.one,
    "/transfers": transfers.listed,
    "/transfers/{transfer}": transfers.one,
    "/parked": parked.listed,
    "/parked/{case}/{item}": parked.one,
    "/systems": systems.shown,
    "/ledger": ledger.shown,
    "/style.css": lambda *_: draw.static("style.css"),
    "/keys.js": lambda *_: draw.static("keys.js"),
}
"""What is only looked at (GET)."""
FORMS: Mapping[str, Page] = {
    "/find": find.found,
    "/transfers/{transfer}": transfers.in_clear,
}
"""What a form is sent to (POST): no number of a person or a business stands in an address."""

_NOT_FOUND = ("case.unknown", "case.ambiguous", "case.no-item", "case.not-found", "pages.nothing")


def answer(desk: Desk, page: Page, ask: Ask) -> Answer:
    """The page, or what is wrong and what to do about it."""
    try:
        return page(desk, ask)
    except ZhidaError as error:
        if error.code.startswith("store."):
            desk.doubt()
        return refused(desk, ask, error)


def refused(desk: Desk, ask: Ask, error: ZhidaError) -> Answer:
    """What is wrong, in the language that was asked for, or the site's as far as it can be read."""
    return draw.trouble(ask, _language(desk, ask), error, status(error))


def status(error: ZhidaError) -> int:
    """Of HTTP.

    >>> status(Forbidden("pages.login")), status(Rejected("pages.nothing"))
    (401, 404)
    """
    if error.code == "pages.login":
        return 401
    if error.code in _NOT_FOUND:
        return 404
    if isinstance(error, Forbidden):
        return 403
    return 400 if isinstance(error, Rejected) else 503


def _language(desk: Desk, ask: Ask) -> str:
    try:
        return ask.language(desk.site.language)
    except ZhidaError:
        return "en" if ask.query.get("lang") == "en" else "zh"
