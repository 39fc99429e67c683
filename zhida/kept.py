"""Messages that could not be understood, as they were kept: which, whence, and read by what.

Bytes and problems stand in their row; through which stream they came and which mapping read them
stands in the ledger, which nobody changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exchange import canonical
from exchange.errors import Fatal, Rejected
from exchange.store import document_rows, ledger_rows
from exchange.store.document_rows import InvalidRow
from exchange.store.engine import Connection
from exchange.store.flow_rows import REREAD
from zhida.case_view import SHORTEST
from zhida.hub import Hub
from zhida.message import Stream

CAME = ("invalid", "duplicate")
"""Kinds of the entries that a message was kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One of them. Where the ledger tells nothing (it came long ago), the texts are empty."""

    row: InvalidRow
    matter: str = ""
    stream: str = ""
    mapping: str = ""
    """Digest of the mapping that read it last; empty if it did not get so far."""
    cut: bool = False
    """Its bytes are not the whole message."""
    file: str = ""
    """The number by which its file lies in the folder ``done``."""
    record: int = 0
    """Which record of the file, from 1, headings and empty lines left out; 0: the whole file."""

    @property
    def problems(self) -> list[dict[str, Any]]:
        """All that is wrong with it, as it was read last."""
        found: list[dict[str, Any]] = canonical.loads(self.row.problems.encode())
        return found


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty means any."""

    source: str = ""
    stream: str = ""
    code: str = ""

    def covers(self, kept: Kept) -> bool:
        """Is this message meant? It may have the problem beside others."""
        codes = {problem["code"] for problem in kept.problems}
        return (
            self.source in ("", kept.row.source)
            and self.stream in ("", kept.stream)
            and (not self.code or self.code in codes)
        )


def one(connection: Connection, beginning: str) -> Kept:
    """The message whose id begins so. ``Fatal`` if there is none, or more than one."""
    rows = document_rows.invalid_like(connection, beginning) if len(beginning) >= SHORTEST else []
    if len(rows) != 1:
        raise Fatal("invalid.unknown", message=beginning[:40])
    return _kept(connection, rows[0])


def choose(connection: Connection, wanted: Filter) -> list[Kept]:
    """Those that are meant, in the order in which they came."""
    rows = reversed(document_rows.list_invalid(connection))
    return [kept for row in rows if wanted.covers(kept := _kept(connection, row))]


def _kept(connection: Connection, row: InvalidRow) -> Kept:
    came = _told(connection, CAME, row.id)
    again = _told(connection, (REREAD,), row.id) or came
    return Kept(
        row,
        matter=came.get("matter", ""),
        stream=came.get("stream", ""),
        mapping=again.get("mapping_digest", ""),
        cut=came.get("cut", False),
        file=came.get("file", ""),
        record=came.get("record", 0),
    )


def _told(connection: Connection, kinds: Iterable[str], ref: str) -> Mapping[str, Any]:
    found = [row for kind in kinds for row in ledger_rows.entries_of(connection, kind, ref)]
    return canonical.loads(found[-1].body) if found else {}


def stream_of(hub: Hub, kept: Kept) -> Stream:
    """The stream through which it came. ``Rejected`` if the site has none, or it can't be told."""
    site = hub.site
    found = [
        Stream(hub, matter, opening, system)
        for matter in site.matters.values()
        for opening in filter(site.tells, matter.opens_on)
        if kept.matter in ("", matter.name) and kept.stream in ("", opening.stream)
        if (system := site.find_system(opening.unit, opening.adapter)).name == kept.row.source
    ]
    if len(found) != 1:
        facts = {"source": kept.row.source, "stream": kept.stream or "-"}
        raise Rejected("invalid.no-stream", **facts, found=len(found))
    return found[0]
