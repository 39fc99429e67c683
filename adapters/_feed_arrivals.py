"""What lies in a parcel, as arrivals: read by the stream's format and mapping, each with its place."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from adapters import _feed_format
from adapters._feed_format import Piece
from exchange import pointer
from exchange.errors import Invalid, Rejected
from exchange.ports import Arrival, Parcel
from mappings import compiler


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the parcels of one stream are."""

    kind: str
    mapping: str
    format: str = "json"
    encoding: str = "utf-8"
    key: str = ""
    """Pointer of the sender's own number of a message; empty: the feed's key counts."""
    layout: Mapping[str, Any] = field(default_factory=dict)
    """Of a file with records (``adapters._records_options``)."""
    records: Literal["one", "many"] = "one"
    """How many records a parcel holds: of many, each is a message of its own."""


def of_parcel(
    stream: str, meaning: Meaning, mapping: compiler.Mapping, parcel: Parcel
) -> list[Arrival]:
    """One message; or each record of a file, if it can be read; each with where it came from."""
    return [
        replace(arrival, file=parcel.file, number=parcel.number or number)
        for number, arrival in _read(stream, meaning, mapping, parcel)
    ]


def _read(
    stream: str, meaning: Meaning, mapping: compiler.Mapping, parcel: Parcel
) -> list[tuple[int, Arrival]]:
    """Each with its number in the parcel (0: the only one)."""
    key = _name(stream, parcel.key)
    if parcel.error is not None:
        return [(0, Arrival(key, parcel.raw, meaning.kind, error=parcel.error, cut=True))]
    try:
        pieces = _feed_format.pieces(parcel.raw, meaning)
    except Rejected as error:
        return [(0, Arrival(key, parcel.raw, meaning.kind, error=error))]
    at = parcel.at
    return [
        (
            each.number,
            of_piece((stream, f"{parcel.key}{each.suffix}"), meaning, mapping, each, at=at),
        )
        for each in pieces
    ]


def of_piece(
    place: tuple[str, str],
    meaning: Meaning,
    mapping: compiler.Mapping,
    piece: Piece,
    *,
    at: datetime | None,
) -> Arrival:
    name = _name(*place)
    try:
        if meaning.key:
            name = _name(place[0], _own_number(piece.fields, meaning.key))
        record = mapping.apply(piece.fields)
    except Rejected as error:
        return Arrival(name, piece.raw, meaning.kind, error=error)
    digest = mapping.digest
    return Arrival(name, piece.raw, meaning.kind, record, mapping_digest=digest, as_of=at)


def _own_number(fields: Mapping[str, Any], path: str) -> str:
    found = pointer.get(fields, path) if isinstance(fields, Mapping) else None
    if not isinstance(found, str | int) or found == "":
        raise Invalid("feed.no-key", path=path)
    return str(found)


def _name(stream: str, key: str) -> str:
    """Unlike in every stream of the system; a digest, for a feed's key may name a person."""
    return f"{stream}:{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"
