"""The datasets of a hub: opened with it, found by the beginning of an id, and one row given away."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from crypto.certificates import Certificate
from exchange import agreement, dataset_ledger, dataset_proof, document, times
from exchange.agreement import Flow
from exchange.dataset import Dataset
from exchange.dataset_ledger import LedgerPlace
from exchange.datasets import Datasets, Place, require
from exchange.errors import Fatal, Forbidden, Invalid
from exchange.keyring import Keys
from exchange.ledger import Entry
from exchange.part_books import PartBooks
from exchange.store import dataset_rows
from zhida import person
from zhida.hub import Hub
from zhida.operators import Signatory, needed_reason
from zhida.person import ROW

SHORTEST = 4
"""Of the beginning of an id."""


def of(hub: Hub) -> Datasets:
    """What writes and reads the hub's datasets."""
    parts = PartBooks(hub.store, hub.vault, hub.clock)
    return Datasets(parts, hub.archive, hub.ledger, hub.signer)


def find(hub: Hub, beginning: str) -> Dataset:
    """The dataset whose id begins so. ``Fatal`` if there is none, or more than one."""
    with hub.store.read() as connection:
        rows = dataset_rows.like(connection, beginning) if len(beginning) >= SHORTEST else []
    if len(rows) != 1:
        raise Fatal("dataset.unknown", dataset=beginning[:40])
    return of(hub).get(rows[0].id)


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a row is to be proved, and what for."""

    unit: str
    purpose: str
    reason: str


def prove(hub: Hub, found: Dataset, key: Sequence[str], asked: Asked, *, who: Signatory) -> bytes:
    """The proof of one row as a file; who had it made and why stands in the ledger, also by the tag of
    whom the key names. ``Forbidden`` without an agreement.

    A row is proved whole or not at all: so the agreement must cover each of its fields.
    """
    place = require(of(hub).find(found, tuple(key)), found.id)
    permitted = _permitted(hub, found, place, asked)
    in_ledger = dataset_ledger.place_of(hub.store, found, hub.signer.suite)
    data = dataset_proof.make(found, place, in_ledger, _certificates(hub, found, in_ledger))
    told: dict[str, Any] = {"unit": asked.unit, "purpose": asked.purpose, "agreement": permitted}
    told |= {"index": place.index, "dataset": found.id}
    token = who.sign(ROW, told, reason=needed_reason(asked.reason), now=hub.clock())
    told |= {"operator": who.operator.name, "token": token}
    entries = [Entry(ROW, ref, details=told) for ref in (found.id, *_tags(hub, key))]
    hub.ledger.commit(lambda _: entries)
    return data


def _tags(hub: Hub, key: Sequence[str]) -> list[str]:
    """Of each person or organisation whose number stands in the key."""
    found: dict[str, None] = {}
    for part in key:
        with suppress(Invalid):
            found |= dict.fromkeys(person.of_number(hub, part).tags)
    return list(found)


def _permitted(hub: Hub, found: Dataset, place: Place, asked: Asked) -> str:
    """Id of the agreement; empty where the provider proves its own row."""
    origin = found.document.origin
    if asked.unit == origin.provider:
        return ""
    flow = Flow(origin.provider, asked.unit, origin.kind, asked.purpose)
    allowed = agreement.permit(hub.site.agreements, flow, times.civil_day(hub.clock()))
    for name in place.salted.record:
        if not allowed.covers(f"/{name}"):
            raise Forbidden("dataset.field", agreement=allowed.id, field=name)
    return allowed.id


def _certificates(hub: Hub, found: Dataset, place: LedgerPlace) -> list[Certificate]:
    """Of the keys with which the dataset's head and the ledger's were signed."""
    known = hub.trust
    kid = document.kid(found.document.token)
    return [
        *_of_key(known, found.document.origin.issuer, kid),
        *_of_key(known, hub.site.unit, place.head.kid),
    ]


def _of_key(known: Keys, unit: str, kid: str) -> list[Certificate]:
    fitting = [each for each in known.certificates(unit) if each.public_key.kid == kid]
    if not fitting:
        raise Fatal("dataset.no-certificate", unit=unit)
    return fitting
