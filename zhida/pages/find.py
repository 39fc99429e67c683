"""The search box: a case by the beginning of its id, an effect key, or a business's own number.

A business number may be a person's, so it comes in a form and never stands in an address.
"""

from __future__ import annotations

from exchange.errors import Invalid, ZhidaError
from zhida import case_find, case_view
from zhida.case_view import SHORTEST
from zhida.pages.ask import LONGEST, Answer, Ask, elsewhere
from zhida.pages.desk import Desk
from zhida.pages.draw import draw
from zhida.watch import Watch


def found(desk: Desk, ask: Ask) -> Answer:
    """The case; several that are meant are listed."""
    language = ask.language(desk.site.language)
    watch = desk.watch(language)
    words = ask.form.get("q", "").split()
    if not words or len(ask.form["q"]) > LONGEST:
        raise Invalid("pages.parameter", name="q")
    cases = _cases(watch, words)
    if len(cases) == 1:
        return elsewhere(ask.link("cases", cases[0]))
    found = [case_view.find(watch, case) for case in cases]
    with watch.store.read() as connection:
        rows = case_view.several(watch, connection, found)
    return draw(ask, language, "found", {"tab": "cases", "rows": rows})


def _cases(watch: Watch, words: list[str]) -> list[str]:
    if len(words) == 1 and len(words[0]) >= SHORTEST:
        try:
            return [case_view.find(watch, words[0].lower()).id]
        except ZhidaError as error:
            if error.code != "case.unknown":
                raise
    return case_find.find(watch, words)
