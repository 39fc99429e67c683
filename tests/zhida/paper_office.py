"""The seal platform, and the units' people who hand papers out: an adapter with books (``grant_office``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from exchange.ports import Endpoint, Operation
from tests.zhida.grant_office import OPTIONS, Books, Office

__all__ = ["OPTIONS", "declared", "open_system"]

_ALL = (
    Operation(
        "seal_document",
        "电子用印",
        {"request": "seal-request"},
        "sealed-document",
        identity=("request/id",),
        irreversible=True,
        settle=timedelta(seconds=2),
    ),
    Operation(
        "hand_out_paper",
        "文书送达",
        {"paper": "mediation-paper", "sealed": "sealed-document"},
        identity=("paper/id",),
    ),
)


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """Those that its file names."""
    return {each.name: each for each in _ALL if each.name in options["operations"]}


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Office:
    """The office whose books lie at the connection's host."""
    return Office(declared(options), Books(Path(endpoint.address)))
