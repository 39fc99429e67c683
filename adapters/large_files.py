"""Large files of a unit (drawings, BIM models), fetched by claim, and put there for it.

Not for messages: nothing is read into a document. Files are read and written in pieces (claim check).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adapters import _endpoint, _feed_options
from adapters._records_options import WIRE
from connectors import large, wires
from connectors.large import Drop, Place, Seen
from connectors.wires import CALLS as _CALLS
from exchange.errors import Invalid, Problem
from exchange.ports import Endpoint, Operation

__all__ = ["CALLS", "OPTIONS", "Drop", "LargeFiles", "Seen", "mistakes", "open_system"]

CALLS: Mapping[str, str] = {alias: _CALLS[alias] for alias in large.PLACES}
"""The wires over which a file can be read from the middle."""
_NAMED = {"type": "string", "minLength": 1}
OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "大文件（图纸、BIM 模型）",
    "description": "凭数据 file-claim 取用，断点续传，不整个读入内存。怎么用见 docs/how-to/large-files.md。",
    "type": "object",
    "additionalProperties": False,
    "required": ["wire"],
    "properties": {
        "wire": WIRE | {"enum": sorted(large.PLACES)},
        "settings": {
            "title": "线路的设置",
            "description": "随线路不同，见下。",
            "type": "object",
            "default": {},
        },
        "take": _NAMED
        | {
            "title": "取文件的地方",
            "description": "settings.folders 中的名称；wire 为 rest 时是路径，如 /files/{name}，{name} 处填凭据的 name。",
        },
        "put": _NAMED
        | {"title": "放文件的地方", "description": "settings.folders 中的名称；rest 不能放。"},
    },
}


def mistakes(options: Mapping[str, Any], site: Path | None) -> list[tuple[str, Problem]]:
    """Settings that are none of the wire's, and folders that there are not; each with its place."""
    wire = options["wire"]
    settings = options.get("settings", {})
    schema = wires.call_options(wires.caller(wire))
    found = list(_feed_options.problems(schema, settings, wire))
    return found or list(_places(options, settings))


def _places(
    options: Mapping[str, Any], settings: Mapping[str, Any]
) -> Iterator[tuple[str, Problem]]:
    rest = options["wire"] == "rest"
    for key in ("take", "put"):
        told = options.get(key)
        if told is None:
            continue
        right = told.startswith("/") and "{name}" in told if rest else told in settings["folders"]
        if not right or (rest and key == "put"):
            yield f"/{key}", Problem("large.place", {"key": key, "wire": options["wire"]})


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> LargeFiles:
    """The wire that ``options`` (valid under ``OPTIONS``) names, at ``endpoint``; connects when used."""
    for _, problem in mistakes(options, None):
        raise Invalid(problem.code, **problem.facts)
    return LargeFiles(_endpoint.completed(OPTIONS, options), endpoint)


class LargeFiles:
    """Where files are taken from, and where they are put. For one thread at a time."""

    operations: Mapping[str, Operation] = {}

    def __init__(self, options: Mapping[str, Any], endpoint: Endpoint) -> None:
        self._options, self._endpoint = options, endpoint
        self._opened: dict[str, Any] = {}

    @property
    def source(self) -> Place:
        """``Invalid`` if the site does not say whence."""
        found: Place = self._place("take")
        return found

    @property
    def drop(self) -> Drop:
        """``Invalid`` if the site does not say whither."""
        found: Drop = self._place("put")
        return found

    def close(self) -> None:
        """Close what was opened."""
        for each in self._opened.values():
            each.close()

    def _place(self, key: str) -> Any:
        wire = self._options["wire"]
        if key not in self._options:
            raise Invalid("large.place", key=key, wire=wire)
        if key not in self._opened:
            told = (self._options["settings"], self._endpoint, self._options[key])
            self._opened[key] = large.open_place(wire, *told)
        return self._opened[key]
