"""What people call what the site's files and its documents name: title first, the name in small beside it.

Where a sentence names a unit, the reader knows bureaus; the name is there because it is what is typed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

from exchange import problems
from exchange.errors import Fact, ZhidaError
from mappings import shapes, site_codes, yaml_file
from mappings.field_words import FieldWords
from zhida import policy_find, site
from zhida.site import Site

UNITS = ("unit", "provider", "receiver", "department", "holder")
"""Facts of problems that are a unit's name."""


def units(told: Site) -> dict[str, str]:
    """Unit → title."""
    return {name: unit.title for name, unit in told.units.items()}


def units_of(folder: Path) -> dict[str, str]:
    """The same for who has no more of the site than its folder; nothing where its files can't be read."""
    try:
        return {name: unit.title for name, unit in site.load_units(folder).items()}
    except ZhidaError:
        return {}


def departments(folder: Path) -> dict[str, str]:
    """Who decides on grants and holds facts of firms: by the site's units, else by what it is in general."""
    return {**_table("departments", "department"), **units_of(folder)}


def both(title: str, name: str, language: str = "zh") -> str:
    """In a sentence.

    >>> both("示例医院", "hospital"), both("Example Hospital", "hospital", "en"), both("hub", "hub")
    ('示例医院（hospital）', 'Example Hospital (hospital)', 'hub')
    """
    if title == name:
        return name
    return f"{title}（{name}）" if language == "zh" else f"{title} ({name})"


def spoken(
    titles: Mapping[str, str], facts: Mapping[str, Fact], language: str = "zh"
) -> dict[str, Fact]:
    """The facts of a problem with each unit's title before its name.

    >>> spoken({"hospital": "示例医院"}, {"provider": "hospital", "receiver": "gone", "days": 3})
    {'provider': '示例医院（hospital）', 'receiver': 'gone', 'days': 3}
    """
    told = dict(facts)
    for key in UNITS:
        name = str(facts.get(key, ""))
        if name in titles:
            told[key] = both(titles[name], name, language)
    return told


def describe(
    told: Site, code: str, facts: Mapping[str, Fact], language: str = ""
) -> tuple[str, str]:
    """``problems.describe`` in the site's own names: what happened, and what to do about it."""
    language = language or told.language
    known = spoken(units(told), facts, language)
    if "document" in facts:
        kind = str(facts["document"])
        known["document"] = both(fields(told).kind(kind), kind, language)
    return problems.describe(code, known, language)


@cache
def _table(name: str, key: str) -> Mapping[str, str]:
    text = resources.files("matters").joinpath(f"{name}.csv").read_text("utf-8")
    return {row[key]: row["title"] for row in csv.DictReader(text.splitlines())}


def purpose(name: str, told: Site | None = None) -> str:
    """What for: as we call it, or the title of the site's matter that has it; else its own name.

    >>> purpose("newborn-registration"), purpose("x")
    ('新生儿出生一件事', 'x')
    """
    own = [m.title for m in told.matters.values() if m.purpose == name] if told else []
    return _table("purposes", "purpose").get(name) or (own[0] if len(own) == 1 else name)


def policy(told: Site, name: str) -> str:
    """The title of a policy of grants; of one that is gone, or can't be read, its name."""
    try:
        path = policy_find.path_of(told.folder, name)
        return _title(path, path.stat().st_mtime_ns) or name
    except (ZhidaError, OSError):
        return name


@lru_cache(maxsize=256)
def _title(path: Path, _changed: int) -> str:
    """Only this: to check a whole policy takes longer than to draw a page."""
    data = yaml_file.read_yaml(path.read_text("utf-8-sig")).data
    return str(data.get("title", "")) if isinstance(data, dict) else ""


def fields(told: Site) -> FieldWords:
    """The words for kinds, fields and codes, the site's own among them."""
    return FieldWords(shapes.of(told.folder), site_codes.of(told.folder))


def agreement(told: Site, kind_zh: str, aim: str) -> str:
    """What is agreed, in people's words: an agreement has no title of its own.

    The two units stand beside it wherever it is shown.
    """
    return f"{kind_zh}，用于{purpose(aim, told)}"
