"""Names of encodings that nobody knows: told by the check, not by every file that comes later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exchange.errors import Fact, Invalid, Problem
from exchange.names import nearest
from mappings import encoding
from mappings.yaml_file import escape

Mistake = tuple[str, Problem]
Told = Mapping[str, Any]


def of_operation(told: Told, at: str) -> Iterator[Mistake]:
    """In what the messages are written in and the answers read as."""
    for place in ("", "/answer", "/probe", "/books"):
        part = told if not place else told.get(place[1:], {})
        for kind in ("wrap", "unwrap"):
            for index, form in enumerate(part.get(kind, ())):
                yield from _unknown(form, f"{at}{place}/{kind}/{index}")


def of_streams(streams: Told, at: str) -> Iterator[Mistake]:
    """In what the files or messages of each stream are."""
    for name, about in streams.items():
        yield from _unknown(about, f"{at}/{escape(name)}")


def _unknown(told: Told, at: str) -> Iterator[Mistake]:
    label = told.get("encoding")
    if label is None:
        return
    try:
        encoding.codec(label)
    except Invalid:
        near = nearest(label.strip().lower(), encoding.CODECS)
        facts: dict[str, Fact] = {"encoding": label[:20], "path": f"{at}/encoding", "nearest": near}
        yield f"{at}/encoding", Problem("generic.encoding", facts)
