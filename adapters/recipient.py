"""A queue or folders into which scheduled syncs give what is new (接收方): a message a row, or a file a batch.

A sink only, which nobody can ask what it has. So the same batch given again is the same messages and the
same file to the letter; what was given is kept above (``zhida.sync_given``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adapters import _endpoint, _feed_options, _recipient_files, _recipient_queue
from adapters._recipient_form import Consignment
from adapters._recipient_options import CALLS, FILE, FILES, FORMATS, OPTIONS, QUEUE, WIRES
from connectors import amqp, wires
from exchange.errors import Invalid, Problem
from exchange.ports import Endpoint, Operation

__all__ = ["CALLS", "FILE", "FILES", "FORMATS", "OPTIONS", "QUEUE", "WIRES", "Consignment", "Recipient",
           "lacking", "mistakes", "open_system"]  # fmt: skip


def mistakes(options: Mapping[str, Any], site: Path | None) -> list[tuple[str, Problem]]:
    """Settings that are none of the wire's, each with its place."""
    alias = options["wire"]
    return list(_feed_options.problems(_schema(alias), options.get("settings", {}), alias))


def lacking(options: Mapping[str, Any], file: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a sync's ``file`` names that the system has not: the code, and its folders.

    >>> list(lacking({"settings": {"folders": {"out": {}}}}, {"folder": "outt", "format": "fixed"}))
    [('sync.no-folder', 'out'), ('records.no-widths', '')]
    """
    folders = options.get("settings", {}).get("folders", {})
    if file["folder"] not in folders:
        yield "sync.no-folder", ", ".join(folders)
    if code := _recipient_files.lacking(file):
        yield code, ""


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Recipient:
    """Who is at ``endpoint``; connects when used. ``Invalid`` for options that can't be right."""
    for _, problem in mistakes(options, None):
        raise Invalid(problem.code, **problem.facts)
    return Recipient(_endpoint.completed(OPTIONS, options), endpoint)


class Recipient:
    """One system that takes what syncs give. For one thread at a time."""

    operations: Mapping[str, Operation] = {}

    def __init__(self, options: Mapping[str, Any], endpoint: Endpoint) -> None:
        self.wire = str(options["wire"])
        schema = _schema(self.wire)
        settings = _feed_options.settings(schema, options["settings"], self.wire)
        self._most = int(settings.get("max_bytes", 0))
        module: Any = amqp if self.wire == QUEUE else wires.caller(self.wire)
        opened = module.open_publisher if self.wire == QUEUE else module.open_connector
        self._line: Any = opened(settings, endpoint)

    def unfit(self, what: Consignment) -> dict[int, Invalid]:
        """Rows that can't be given, by their number: no place in the file, too long for a message."""
        if self.wire == QUEUE:
            return _recipient_queue.unfit(what, self._most)
        return _recipient_files.unfit(what)

    def give(self, what: Consignment) -> None:
        """All of it is there, durably, when this returns; else what it raises, and it is given again."""
        if self.wire == QUEUE:
            _recipient_queue.publish(self._line, what)
        else:
            _recipient_files.put(self._line, what)

    def close(self) -> None:
        """Take leave."""
        self._line.close()


def _schema(alias: str) -> Mapping[str, Any]:
    if alias in WIRES:
        return dict(wires.wire(alias).OPTIONS)
    return wires.call_options(wires.caller(alias))
