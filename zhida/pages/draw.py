"""Pages as HTML: what is put into a template is escaped there, whatever it holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from exchange.errors import ZhidaError
from exchange.problems import describe
from zhida.output import local
from zhida.pages import words
from zhida.pages.ask import Answer, Ask

FOLDER = Path(__file__).parent
TABS = ("cases", "transfers", "parked", "systems", "ledger")


@cache
def _templates() -> Environment:
    found = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["local"] = local
    return found


def draw(
    ask: Ask, language: str, template: str, facts: Mapping[str, Any], *, status: int = 200
) -> Answer:
    """The page of this template (``cases`` for ``cases.html``), filled with ``facts``."""
    told = {
        "ask": ask,
        "language": language,
        "tabs": TABS,
        "link": ask.link,
        "t": partial(words.word, language),
        "state": partial(words.state, language),
        "kind": partial(words.kind, language),
        "incident": partial(words.incident, language),
    }
    text = _templates().get_template(f"{template}.html").render({**told, **facts})
    return Answer(text.encode(), status)


def trouble(ask: Ask, language: str, error: ZhidaError, status: int) -> Answer:
    """What is wrong, and what to do about it, in place of the page."""
    told = [(p.code, *describe(p.code, p.facts, language)) for p in error.problems]
    title = "trouble.none" if status == 404 else "trouble"
    facts = {"problems": told, "tab": "", "title": title}
    return draw(ask, language, "trouble", facts, status=status)


def static(name: str) -> Answer:
    """``style.css`` or ``keys.js``."""
    kinds = {"style.css": "text/css; charset=utf-8", "keys.js": "text/javascript; charset=utf-8"}
    return Answer((FOLDER / name).read_bytes(), kind=kinds[name])
