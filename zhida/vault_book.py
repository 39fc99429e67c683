"""What two people have decided about a retention bucket, and what became of it, read off the ledger."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from exchange import canonical, times
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.store import ledger_rows, sealed_rows, trust_rows
from exchange.store.engine import Connection
from zhida import two_people
from zhida.decisions import Target
from zhida.hub import Hub
from zhida.site import Site
from zhida.two_people import Change

KIND = "vault"
"""Entries of decisions; each is about its bucket."""
ARCHIVE, ERASE, ERASE_ANYWAY = "vault-archive", "vault-erase", "vault-erase-unarchived"
DOES = (ARCHIVE, ERASE, ERASE_ANYWAY)
ARCHIVED, ERASING, ERASED = "vault-archived", "vault-erasing", "vault-erased"
_MONTH = re.compile(r"(?P<matter>.+)-(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])")
Tokens = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Story:
    """A bucket's decisions that are genuine, oldest first, and its newest events."""

    changes: tuple[Change, ...] = ()
    events: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    proofs: tuple[Mapping[str, Any], ...] = ()
    """Of its erasure, oldest first, those too that found something."""

    def decided(self, *actions: str) -> Change | None:
        """The newest decision of these kinds."""
        found = [each for each in self.changes if each.action in actions]
        return found[-1] if found else None

    @property
    def is_told(self) -> bool:
        """Has the erasure that began last come to its end, proven or not?"""
        begun = self.events.get(ERASING, {}).get("seq", 0)
        return bool(self.proofs) and bool(self.proofs[-1]["seq"] > begun)

    @property
    def archive(self) -> str:
        """Digest of the manifest of the newest archive; empty if there is none."""
        return str(self.events.get(ARCHIVED, {}).get("manifest", ""))

    @property
    def recipient(self) -> str:
        """Fingerprint of the certificate that the archive is for; empty if nobody decided it."""
        change = self.decided(ARCHIVE)
        return change.item.rpartition("/")[2] if change else ""


def read(site: Site, connection: Connection, bucket: str) -> Story:
    """The bucket's story as it is in this transaction. What two people have not signed is not in it."""
    changes: list[Change] = []
    for row in ledger_rows.entries_of(connection, KIND, bucket):
        with suppress(*two_people.NOT_GENUINE):
            found = two_people.decided(site, row.body, DOES)
            if bucket_of(found.item) == bucket:
                changes.append(found)
    told = {kind: _told(connection, kind, bucket) for kind in (ARCHIVED, ERASING, ERASED)}
    events = {kind: found[-1] for kind, found in told.items() if found}
    return Story(tuple(changes), events, tuple(told[ERASED]))


def _told(connection: Connection, kind: str, bucket: str) -> list[dict[str, Any]]:
    rows = ledger_rows.entries_of(connection, kind, bucket)
    return [{**canonical.loads(row.body), "seq": row.seq} for row in rows]


def bucket_of(item: str) -> str:
    """Of what a proposal is about: an archive names its recipient behind the bucket."""
    return item.partition("/")[0]


def ends(bucket: str) -> date | None:
    """The first day on which it may be erased: its month is over then. None: it has no month.

    >>> ends("newborn-2029-11"), ends("newborn-2029-12"), ends("signer")
    (datetime.date(2029, 12, 1), datetime.date(2030, 1, 1), None)
    """
    found = _MONTH.fullmatch(bucket)
    if found is None:
        return None
    year, month = int(found["year"]), int(found["month"])
    return date(year + month // 12, month % 12 + 1, 1)


def target(site: Site, connection: Connection, action: str, item: str) -> Target:
    """What the proposal is about: an erasure rests on the archive that was made by then."""
    told: Target = {"case": "", "item": item, "code": ""}
    if action != ERASE:
        return told
    return told | {"archive": read(site, connection, bucket_of(item)).archive}


def require(hub: Hub, connection: Connection, action: str, item: str) -> None:
    """``Rejected`` if it makes no sense now: when it is proposed, when it is decided, when it is done."""
    bucket = bucket_of(item)
    if not hub.vault.has(bucket):
        raise Rejected("vault.no-bucket", bucket=bucket)
    if action == ARCHIVE:
        if not trust_rows.get_certificate(connection, item.rpartition("/")[2]):
            raise Rejected("key.no-certificate", fingerprint=item.rpartition("/")[2][:16])
        return
    first = ends(bucket)
    if first is None or times.civil_day(hub.clock()) < first:
        raise Rejected("vault.not-over", bucket=bucket, until=str(first or "-"))
    if action == ERASE and not read(hub.site, connection, bucket).archive:
        raise Rejected("vault.no-archive", bucket=bucket)
    waiting = sealed_rows.open_cases(connection, bucket)
    if waiting:
        raise Rejected("vault.open-cases", bucket=bucket, cases=waiting)
    if action == ERASE and hub.files.in_bucket(bucket):
        raise Rejected("vault.files-left", bucket=bucket, files=len(hub.files.in_bucket(bucket)))


def deed(hub: Hub, action: str, item: str, tokens: Tokens) -> Callable[[Connection], list[Entry]]:
    """What is done in the transaction of the decision: only the entry. Carrying it out takes longer."""
    entry = two_people.entry(hub.site, tokens, KIND, bucket_of(item))

    def write(connection: Connection) -> list[Entry]:
        require(hub, connection, action, item)
        return [entry]

    return write
