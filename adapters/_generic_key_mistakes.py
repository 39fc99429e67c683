"""Mistakes by which one event would have two effects: asking after something that was never sent.

"Not there" is believed only of a question by which the system could have found the effect. So
whatever a question, a list or a comparison goes by must stand in the request's own message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adapters import _generic_written
from exchange.errors import Fact, Fatal, Problem
from exchange.names import nearest
from mappings import site_files
from mappings.yaml_file import escape

Mistake = tuple[str, Problem]
Told = Mapping[str, Any]
_FROM_THE_MESSAGE = (
    ("probe", "take", "generic.take-not-sent"),
    ("answer", "same", "generic.same-not-sent"),
    ("probe", "same", "generic.same-not-sent"),
)


def find(name: str, told: Told, at: str, site: Path | None) -> Iterator[Mistake]:
    """All of one operation."""
    yield from _keys(name, told, at)
    try:
        written = _generic_written.places(told, site)
        if "probe" in told and not _identifies(told["probe"], told, site):
            yield f"{at}/probe", Problem("generic.probe-asks-nothing", {"operation": name})
    except Fatal:  # a mapping that can't be had is told where it is named
        return
    yield from _not_sent(name, told, at, written)


def _not_sent(name: str, told: Told, at: str, written: set[str]) -> Iterator[Mistake]:
    """Fields that are taken from the message, or compared with it, and never stand in it."""
    for place, key, code in _FROM_THE_MESSAGE:
        for theirs, ours in told.get(place, {}).get(key, {}).items():
            if not _generic_written.may_have(ours, written):
                near = nearest(ours, written)
                facts: dict[str, Fact] = {"operation": name, "path": ours, "nearest": near}
                yield f"{at}/{place}/{key}/{escape(theirs)}", Problem(code, facts)


def _keys(name: str, told: Told, at: str) -> Iterator[Mistake]:
    """A question or a list by our key, of a message that did not carry it."""
    if _generic_written.carries_key(told):
        return
    if "probe" in told and _generic_written.carries_key(told["probe"]):
        place = "effect_key" if "effect_key" in told["probe"] else "call"
        facts: dict[str, Fact] = {"operation": name, "place": "probe"}
        yield f"{at}/probe/{place}", Problem("generic.key-not-sent", facts)
    for key in told.keys() & {"books", "news"}:
        facts = {"operation": name, "place": key}
        yield f"{at}/{key}/effect_key", Problem("generic.key-not-sent", facts)


def _identifies(probe: Told, told: Told, site: Path | None) -> bool:
    """Does the question say what it asks after: by our key, the message's fields, or the same data?"""
    if _generic_written.carries_key(probe) or "take" in probe:
        return True
    return bool(_sources(probe, site) & _sources(told, site))


def _sources(told: Told, site: Path | None) -> set[str]:
    """The fields of the documents that the message is made of; input ``""``: the only one."""
    if "mapping" not in told:
        return set()
    file = site_files.load(told["mapping"], site).file
    only = f"/{next(iter(told.get('needs', {})), '')}" if "" in file.inputs else ""
    return {f"{only}{path}" for rule in file.rules for path in rule.paths()}
