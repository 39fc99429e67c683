"""Messages that wait on a wire (drop folder, SFTP, front-end table, queue) open cases.

A source only: nothing is done in the system behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters import _encoding_mistakes, _endpoint, _feed_options, _feed_source, _kind_mistakes
from adapters._feed_arrivals import Meaning
from adapters._feed_options import OPTIONS
from adapters._feed_source import FeedSource
from connectors import wires
from connectors.wires import WIRES
from exchange.errors import Problem
from exchange.ports import Endpoint

__all__ = ["OPTIONS", "WIRES", "FeedSource", "Meaning", "mistakes", "open_system", "streams"]


def mistakes(options: Mapping[str, Any], site: Path | None) -> list[tuple[str, Problem]]:
    """Kinds, mappings and encodings that are not there, or do not fit; each with its place."""
    found = list(_encoding_mistakes.of_streams(options["streams"], "/streams"))
    return [*found, *_kind_mistakes.of_streams(options["streams"], "/streams", site)]


def streams(options: Mapping[str, Any]) -> Mapping[str, str]:
    """Stream → the kind of document that its messages give."""
    return _kind_mistakes.kinds_of_streams(options["streams"])


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> FeedSource:
    """The wire that ``options`` (valid under ``OPTIONS``) names, at ``endpoint``.

    Raises ``Fatal`` for a wire that does not exist and for settings that are none of its own.
    """
    known = _endpoint.completed(OPTIONS, options)
    module = wires.wire(known["wire"])
    settings = _feed_options.settings(module.OPTIONS, known["settings"], known["wire"])
    return _feed_source.opened(module.open_feed(settings, endpoint), known, endpoint.site)
