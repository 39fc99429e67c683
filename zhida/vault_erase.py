"""A bucket's key is destroyed as two people have decided, and what is left is proven to be closed.

In this order: what was decided still holds; known values are taken, and the search finds what surely is
there; the ledger says that it begins; the key goes, and every copy of it below the folders that are
named; nothing opens any more; nothing is found anywhere; the ledger keeps the proof. Killed after the
key went, it is run again: the proof then lacks the values, which nobody has any more, and says so. Run
again after its end it looks for further copies, and repeats what the search had found: a failed proof stays one.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.store import sealed_rows
from zhida import vault_archive, vault_book, vault_canaries, vault_copies
from zhida.canary_scan import Canaries, Place
from zhida.hub import Hub
from zhida.operators import Signatory
from zhida.two_people import Change
from zhida.vault_book import Story
from zhida.vault_canaries import Sample

_ACTIONS = (vault_book.ERASE, vault_book.ERASE_ANYWAY)


@dataclass(slots=True)
class Proof:
    """What was done and seen. No value of the bucket is in it."""

    bucket: str
    reason: str
    people: tuple[str, str]
    archived: bool
    bodies: int
    resumed: bool
    values: int = 0
    slices: int = 0
    control: bool = False
    tried: int = 0
    opened_before: int = 0
    opened_after: int = 0
    copies: list[str] = field(default_factory=list)
    stayed: list[str] = field(default_factory=list)
    """Files that are named as the key, which are links or can't be written."""
    places: list[Place] = field(default_factory=list)
    searched: int = 0
    """The ledger's entry whose search it repeats; 0: it is its own."""

    @property
    def hits(self) -> int:
        """Places in which something was found."""
        return sum(len(place.hits) for place in self.places)

    @property
    def holds(self) -> bool:
        """Is it proven?"""
        seen = self.resumed or (self.control and self.opened_before == self.tried)
        return seen and self.opened_after == 0 and not self.hits and not self.stayed

    def told(self) -> dict[str, Any]:
        """As JSON, and as the ledger keeps it."""
        told = {name: getattr(self, name) for name in self.__slots__}
        told |= {"places": [each.told() for each in self.places], "people": list(self.people)}
        return told | {"hits": self.hits, "holds": self.holds}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Proof:
        """As the ledger has it."""
        known = {name: told[name] for name in cls.__slots__ if name in told}
        places = [Place(**each) for each in told["places"]]
        return cls(**known | {"people": tuple(told["people"]), "places": places})


def run(hub: Hub, who: Signatory, bucket: str, look: Sequence[Path]) -> Proof:
    """Carry the decision out. ``Rejected`` if there is none, or it does not hold any more."""
    change, story = _decided(hub, bucket)
    if not hub.vault.has(bucket):
        return _again(hub, who, _so_far(hub, change, story), look)
    _require_still(hub, change, bucket)
    sample = vault_canaries.take(hub, bucket)
    proof = _begun(hub, change, bucket, resumed=False)
    proof.values, proof.slices, proof.tried = sample.values, sample.slices, len(sample.bodies)
    proof.control = vault_canaries.control(sample)
    proof.opened_before = vault_canaries.opened(hub, sample)
    hub.ledger.commit(lambda _: [_begins(hub, who, bucket, proof)])
    hub.vault.destroy(bucket)
    return _proven(hub, who, proof, sample, look)


def _proven(
    hub: Hub, who: Signatory, proof: Proof, sample: Sample | None, look: Sequence[Path]
) -> Proof:
    gone, stayed = vault_copies.destroy(hub.vault, proof.bucket, look)
    proof.copies = list(dict.fromkeys([*proof.copies, *gone]))
    proof.stayed = sorted({*filter(os.path.lexists, proof.stayed), *stayed})
    if sample is not None:
        proof.opened_after = vault_canaries.opened(hub, sample)
        proof.places = list(_places(hub, sample.canaries, look))
    told = proof.told()
    token = who.sign(vault_book.ERASED, {"bucket": proof.bucket}, reason="", now=hub.clock())
    entry = Entry(
        vault_book.ERASED,
        proof.bucket,
        details=told | {"operator": who.operator.name, "token": token},
    )
    hub.ledger.commit(lambda _: [entry])
    return proof


def _decided(hub: Hub, bucket: str) -> tuple[Change, Story]:
    with hub.store.read() as connection:
        story = vault_book.read(hub.site, connection, bucket)
    change = story.decided(*_ACTIONS)
    if change is None:
        raise Rejected("vault.not-decided", bucket=bucket, action="erase")
    return change, story


def _require_still(hub: Hub, change: Change, bucket: str) -> None:
    with hub.store.read() as connection:
        vault_book.require(hub, connection, change.action, bucket)
        story = vault_book.read(hub.site, connection, bucket)
    if change.action != vault_book.ERASE:
        return
    archived, now = story.events[vault_book.ARCHIVED], vault_archive.listing(hub, bucket)
    if archived["listing"] != now.hex():
        raise Rejected("vault.archive-stale", bucket=bucket, then=archived["bodies"], now=now.count)


def _begun(hub: Hub, change: Change, bucket: str, *, resumed: bool) -> Proof:
    with hub.store.read() as connection:
        bodies = sealed_rows.count(connection, bucket)
    archived = change.action == vault_book.ERASE
    return Proof(bucket, change.reason, change.people, archived, bodies, resumed)


def _begins(hub: Hub, who: Signatory, bucket: str, proof: Proof) -> Entry:
    token = who.sign(vault_book.ERASING, {"bucket": bucket}, reason="", now=hub.clock())
    details = {"operator": who.operator.name, "token": token, "bodies": proof.bodies}
    return Entry(vault_book.ERASING, bucket, details=details)


def _so_far(hub: Hub, change: Change, story: Story) -> Proof:
    """What was seen before, now that the key is gone."""
    bucket = vault_book.bucket_of(change.item)
    if vault_book.ERASING not in story.events:
        raise Rejected("vault.no-bucket", bucket=bucket)
    for told in story.proofs[-1:]:
        if story.is_told or not told["holds"]:
            proof = Proof.read(told)
            proof.searched = proof.searched or told["seq"]
            return proof
    return _begun(hub, change, bucket, resumed=True)


def _again(hub: Hub, who: Signatory, proof: Proof, look: Sequence[Path]) -> Proof:
    hub.vault.destroy(proof.bucket)  # what a killed process left beside it
    with hub.store.read() as connection:
        bodies = list(sealed_rows.bodies(connection, proof.bucket))[: vault_canaries.BODIES]
    sample = Sample(Canaries(()), bodies, 0, 0, b"")
    proof.tried = len(bodies) if proof.resumed else proof.tried
    proof.opened_after = vault_canaries.opened(hub, sample)
    return _proven(hub, who, proof, None, look)


def _places(hub: Hub, canaries: Canaries, look: Sequence[Path]) -> Iterator[Place]:
    with hub.store.read() as connection:
        yield canaries.look_in_rows(Place("store"), connection)
    yield canaries.look_in(Place(f"data {hub.var}"), hub.var)
    yield canaries.look_in(Place(f"temporary {tempfile.gettempdir()}"), Path(tempfile.gettempdir()))
    if airflow := os.environ.get("AIRFLOW_HOME"):
        yield canaries.look_in(Place(f"airflow {airflow}"), Path(airflow))
    for folder in look:
        yield canaries.look_in(Place(f"named {folder}"), folder)
