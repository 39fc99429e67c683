"""Lists that wait on a wire (drop folder, SFTP, front-end table) and are signed as a whole.

A source only: nothing is done in the system behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adapters import _encoding_mistakes, _endpoint, _feed_options, _records
from adapters._bulk_options import OPTIONS
from adapters._bulk_source import BulkRow, BulkSource, Listing
from connectors import wires
from connectors.wires import WIRES
from exchange.errors import Fatal, Problem
from exchange.ports import Endpoint
from mappings import site_files
from mappings.yaml_file import escape

__all__ = ["OPTIONS", "WIRES", "BulkRow", "BulkSource", "mistakes", "open_system"]


def mistakes(options: Mapping[str, Any], site: Path | None) -> list[tuple[str, Problem]]:
    """Mappings, encodings and layouts that are not there, or do not fit; each with its place."""
    streams = options["streams"]
    return [*_encoding_mistakes.of_streams(streams, "/streams"), *_of_streams(streams, site)]


def _of_streams(streams: Mapping[str, Any], site: Path | None) -> Iterator[tuple[str, Problem]]:
    for name, about in streams.items():
        place = f"/streams/{escape(name)}"
        if about.get("custody") == "unit":
            if told := sorted(set(about) - {"custody"}):
                yield f"{place}/{told[0]}", Problem("bulk.signed-list", {"key": told[0]})
            continue
        try:
            site_files.load(about["mapping"], site)
        except Fatal as error:
            yield f"{place}/mapping", Problem(error.code, error.facts)
        if lack := _lacking(about):
            yield place, Problem(lack, {})


def _lacking(about: Mapping[str, Any]) -> str:
    if about.get("format", "json") == "json":
        return ""
    return _records.lacking(
        about["format"], _records.Layout.of(about.get("layout", {})), writing=False
    )


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> BulkSource:
    """The wire that ``options`` (valid under ``OPTIONS``) names, at ``endpoint``.

    Raises ``Fatal`` for a wire that does not exist and for settings that are none of its own.
    """
    known = _endpoint.completed(OPTIONS, options)
    for about in known["streams"].values():
        if lack := _lacking(about):
            raise Fatal(lack)
    module = wires.wire(known["wire"])
    settings = _feed_options.settings(module.OPTIONS, known["settings"], known["wire"])
    streams = {name: Listing(**about) for name, about in known["streams"].items()}
    feed = module.open_feed(settings, endpoint)
    return BulkSource(feed, streams, most=known["most_per_poll"], site=endpoint.site)
