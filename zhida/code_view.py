"""Code lists and identifiers as ``zhida code`` shows them. A personal number is never shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from exchange.errors import Fatal, Invalid, Problem
from exchange.names import nearest
from exchange.problems import describe
from mappings import code_search, site_codes
from mappings.codes import Code, CodeList, scheme
from mappings.identifiers import catalogue, cnaps, gb11643, gb32100
from mappings.identifiers.catalogue import Identifier
from mappings.masks import mask

_NUMBER = re.compile(r"[0-9]{6}")
"""Somebody left out the scheme and wrote a number in its place: not to be repeated."""
HOLDERS = {
    "citizen": "公民",
    "hong-kong": "港澳台居民居住证（香港）",
    "macao": "港澳台居民居住证（澳门）",
    "taiwan": "港澳台居民居住证（台湾）",
    "foreign": "外国人永久居留身份证",
}


def schemes(site: Path | None) -> list[dict[str, Any]]:
    """Everything that can be asked for: identifiers first, then code lists."""
    rows = [
        _about(each.name, "identifier", each.title, each.scheme, each.source)
        for each in map(catalogue.find, catalogue.NAMES)
    ]
    lists = site_codes.of(site)
    return rows + [about(lists.scheme(name)) for name in lists.names()]


def about(known: CodeList) -> dict[str, Any]:
    """A list in one row."""
    head = known.header
    told = _about(known.scheme, "codes", head["title"], head["edition"], head["source"])
    return told | {"codes": len(known.codes)}


def find(name: str, site: Path | None) -> Identifier | CodeList:
    """The identifier or the list of that name; ``Fatal`` names the nearest of both."""
    lists = site_codes.of(site)
    known = (*catalogue.NAMES, *lists.names())
    wanted = name if name in known else name.replace("-", "_").lower()
    if wanted not in known:
        shown = mask(name) if _NUMBER.search(name) else name[:60]
        raise Fatal("mapping.no-such-scheme", name=shown, nearest=nearest(name, known))
    return catalogue.find(wanted) if wanted in catalogue.NAMES else lists.scheme(wanted)


def looked_up(known: CodeList, text: str, on: date | None) -> dict[str, Any]:
    """The code that a text spells, whether it is in force, and what was probably meant."""
    found = code_search.look_up(known, text, on)
    return about(known) | {
        "as_of": on.isoformat() if on else "",
        "found": row(found.code) if found.code else None,
        "in_force": found.in_force,
        "near": [row(each) for each in found.near],
    }


def row(code: Code) -> dict[str, Any]:
    """A code in one row."""
    days = {
        "valid_from": code.valid_from.isoformat() if code.valid_from else "",
        "valid_to": code.valid_to.isoformat() if code.valid_to else "",
    }
    names = {"code": code.code, "name_zh": code.name_zh, "name_en": code.name_en}
    more = {"aliases": list(code.aliases), "successor": code.successor, "note": code.note}
    return names | days | more | {"unverified": code.unverified}


def examined(known: Identifier, text: str) -> dict[str, Any]:
    """Is it valid, why not, what is odd. The number itself only where it points at no person."""
    told = _about(known.name, "identifier", known.title, known.scheme, known.source)
    told |= {"form": mask(text), "personal": known.personal, "value": "", "parts": {}}
    try:
        clean = known.validate(text)
    except Invalid as error:
        why = _told(error.problems[0], known.title)
        return told | {"valid": False, "problem": why, "warnings": []}
    shown = "" if known.personal else known.format(clean)
    parts = _PARTS[known.name](clean) if known.name in _PARTS else {}
    warned = [_told(each, known.title) for each in known.warnings(text)]
    told |= {"value": shown, "parts": dict(parts)}
    return told | {"valid": True, "problem": None, "warnings": warned}


def _about(name: str, kind: str, title: str, edition: str, source: str) -> dict[str, Any]:
    return {"scheme": name, "kind": kind, "title": title, "edition": edition, "source": source}


def _told(problem: Problem, title: str) -> dict[str, str]:
    what, remedy = describe(problem.code, {"path": title, **problem.facts})
    return {"code": problem.code, "what": what, "remedy": remedy}


def _class(code: str) -> str:
    found = scheme("gb_32100_class").codes.get(code[:2])
    return found.name_zh if found else ""


_PARTS: Mapping[str, Callable[[str], Mapping[str, str]]] = {
    "gb11643": lambda clean: {"持有人": HOLDERS[gb11643.holder(clean)]},
    "gb32100": lambda clean: {
        "登记机关与类别": _class(clean),
        "组织机构代码": gb32100.organisation_code(clean),
    },
    "cnaps": lambda clean: {"行别": cnaps.bank(clean)},
}
"""What a clean identifier tells beyond being valid; nothing of a person."""
