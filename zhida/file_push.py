"""A large file is put where its receiver takes files: for units that don't ask the hub's endpoint.

Written under a name that says it is not whole, chunk by chunk, and given its name at the end; a push
that broke off goes on where it was, and one whose agreement ends meanwhile ends too. The name is the
claim's id, which says nothing and is nobody else's.
"""

from __future__ import annotations

import re
from contextlib import closing

from connectors.large import Drop
from exchange.byte_range import Part
from exchange.claim import Claim
from exchange.errors import Rejected, Retriable
from exchange.file_chunks import Reader
from exchange.ledger import Entry
from exchange.sealed_file import CHUNK
from zhida.file_claims import Known
from zhida.file_intake import Progress
from zhida.file_line import opened, require_open
from zhida.file_permit import Permit
from zhida.hub import Hub
from zhida.site import System

_ENDING = re.compile(r"\.[0-9A-Za-z]{1,8}\Z")


def push(hub: Hub, known: Known, system: System, progress: Progress = lambda *_: None) -> str:
    """``put``, or ``same`` if it is there already. ``Forbidden`` without an agreement with its unit."""
    permit = Permit(hub, known, system.unit)
    with hub.locks.hold(f"file/{known.tag}/{system.name}") as mine:
        if not mine:
            raise Retriable("file.busy", claim=known.claim.id)
        with (
            closing(opened(hub, system)) as files,
            hub.files.reading(known.tag, known.claim.bytes) as reader,
        ):
            require_open(hub, system, writing=True)
            if _is_there(files.drop, known.claim, system):
                return "same"
            outcome = _put(hub, known, files.drop, reader, to=Sending(system, permit, progress))
    return outcome


class Sending:
    """To which system, by which agreement, and who is told how far it is."""

    def __init__(self, system: System, permit: Permit, progress: Progress) -> None:
        self.system, self.permit, self.progress = system, permit, progress

    def entry(self, kind: str, claim: Claim, start: int) -> Entry:
        """Of the ledger: before the first byte leaves, and when all are there."""
        details = {
            "system": self.system.name,
            "unit": self.system.unit,
            "agreement": self.permit.agreement.id,
            "from": start,
            "bytes": claim.bytes - start,
        }
        return Entry(kind, claim.id, "", details)


def target(claim: Claim) -> str:
    """The file's name at its receiver: the claim's id, with the ending that its holder gave it."""
    ending = _ENDING.search(claim.name)
    return claim.id + (ending[0].lower() if ending else "")


def _is_there(drop: Drop, claim: Claim, system: System) -> bool:
    with drop.told():
        found = drop.seen(target(claim))
    if found is not None and found.bytes != claim.bytes:
        raise Rejected("file.other-there", claim=claim.id, system=system.name)
    return found is not None


def _put(hub: Hub, known: Known, drop: Drop, reader: Reader, *, to: Sending) -> str:
    claim, name = known.claim, target(known.claim)
    part = f"{name}.part"
    start = _resumed(drop, part, reader, claim)
    _sent(hub, to.entry("file-sent", claim, start))
    offset = start
    for chunk in reader.read(Part(start, claim.bytes)):
        require_open(hub, to.system, writing=True)
        if to.permit.renewed(len(chunk)):
            _sent(hub, to.entry("file-sent", claim, offset))
        with drop.told():
            drop.append(part, offset, chunk)
        offset += len(chunk)
        to.progress(offset, claim.bytes)
    _show(drop, part, name, claim=claim, system=to.system)
    _sent(hub, to.entry("file-put", claim, start))
    return "put"


def _sent(hub: Hub, entry: Entry) -> None:
    hub.ledger.commit(lambda _: [entry])


def _resumed(drop: Drop, part: str, reader: Reader, claim: Claim) -> int:
    """How much of it is there: whole chunks, the last of which is read back and is ours."""
    with drop.told():
        found = drop.seen(part)
        chunks = min(found.bytes, claim.bytes) // CHUNK if found else 0
        if not chunks:
            return 0
        same = _read_back(drop, part, (chunks - 1) * CHUNK) == reader.chunk(chunks - 1)
    return chunks * CHUNK if same else 0


def _read_back(drop: Drop, part: str, offset: int) -> bytes:
    found = bytearray()
    with closing(drop.read(part, offset)) as pieces:
        while len(found) < CHUNK and (piece := next(pieces, b"")):
            found += piece
    return bytes(found[:CHUNK])


def _show(drop: Drop, part: str, name: str, *, claim: Claim, system: System) -> None:
    """Only what has the right size is given its name, and it takes nobody else's."""
    with drop.told():
        found = drop.seen(part)
    if found is None or found.bytes != claim.bytes:
        raise Retriable("file.not-whole-there", claim=claim.id, system=system.name)
    with drop.told():
        try:
            drop.reveal(part, name)
        except FileExistsError:
            raise Rejected("file.other-there", claim=claim.id, system=system.name) from None
