"""A claimed file is fetched from its holder into the file area: in pieces, resumed, compared.

At a crash the chunk under way is lost, and no more. What has come in is compared with the claim before
anybody can have it: another size or digest, and it is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

from adapters.large_files import Seen
from connectors.large import Pieces, Place
from exchange.claim import Claim
from exchange.errors import Forbidden, NotYet, Rejected, Retriable, ZhidaError
from exchange.file_chunks import Writer
from exchange.ledger import Entry
from zhida.file_claims import Known
from zhida.file_line import opened, require_open
from zhida.hub import Hub
from zhida.site import System

Progress = Callable[[int, int], None]
"""Told after each chunk: bytes that are here, and of how many."""
_WAIT = 300


def take_in(hub: Hub, known: Known, progress: Progress = lambda *_: None) -> str:
    """``here`` if it was here already, else ``taken``. One process at a time does it.

    ``Retriable``: goes on later with what is here. ``Rejected``: it is not what the claim says.
    """
    if hub.files.has(known.tag):
        return "here"
    with hub.locks.hold(f"file/{known.tag}") as mine:
        if not mine:
            raise Retriable("file.busy", claim=known.claim.id)
        if hub.files.has(known.tag):
            return "here"
        system = of_holder(hub, known.claim)
        require_open(hub, system)
        with closing(opened(hub, system)) as files:
            try:
                _fetch(hub, known, files.source, progress)
            except Rejected as error:
                _note(hub, known, "file-refused", code=error.code)
                raise
    _note(hub, known, "file-kept", bytes=known.claim.bytes)
    return "taken"


def of_holder(hub: Hub, claim: Claim) -> System:
    """The system that the claim names. ``Forbidden`` for another unit's: else whoever may hand in a
    claim could read what others keep.
    """
    system = hub.site.system(claim.system)
    if system.unit != claim.provider:
        facts = {"provider": claim.provider, "system": system.name}
        raise Forbidden("file.not-theirs", claim=claim.id, **facts)
    return system


def seen(source: Place, claim: Claim) -> Seen:
    """What the source tells of the file now. ``NotYet`` if it has none, ``Rejected`` if of another size."""
    with source.told():
        found = source.seen(claim.name)
    if found is None:
        raise NotYet("file.not-there", claim=claim.id, system=claim.system, retry_after=_WAIT)
    if found.bytes != claim.bytes:
        raise Rejected("file.size", claim=claim.id, told=claim.bytes, found=found.bytes)
    return found


def _fetch(hub: Hub, known: Known, source: Place, progress: Progress) -> None:
    claim, first = known.claim, seen(source, known.claim)
    area = hub.files
    with area.writing(known.bucket, known.tag, claim.bytes, mark=first.mark) as writer:
        progress(writer.length, claim.bytes)
        for chunk in _chunks(source, claim, writer):
            writer.append(chunk)
            progress(writer.length, claim.bytes)
            require_open(hub, hub.site.system(claim.system))
        differs = claim.differs(writer.digests)
    if differs is None:
        return area.finish(known.tag)
    area.remove(known.tag)
    if seen(source, claim) != first:
        raise Retriable("file.source-changed", claim=claim.id, system=claim.system)
    name, told, found = differs
    raise Rejected("file.digest", claim=claim.id, algorithm=name, told=told, found=found)


def _chunks(source: Place, claim: Claim, writer: Writer) -> Iterator[bytes]:
    """What is not here yet, in the sizes that the writer wants. ``Retriable`` if less comes."""
    held = bytearray()
    if not writer.wanted:
        return
    with closing(source.read(claim.name, writer.length)) as read:
        while (wanted := writer.wanted) > 0:
            while len(held) < wanted:
                held += _next(source, claim, read)
            chunk = bytes(held[:wanted])
            del held[:wanted]
            yield chunk


def _next(source: Place, claim: Claim, read: Pieces) -> bytes:
    with source.told():
        piece = next(read, b"")
    if not piece:
        raise Retriable("file.source-changed", claim=claim.id, system=claim.system)
    return piece


def _note(hub: Hub, known: Known, kind: str, **details: str | int) -> None:
    told = {"provider": known.claim.provider, "system": known.claim.system, **details}
    hub.ledger.commit(lambda _: [Entry(kind, known.claim.id, "", told)])


def waiting(hub: Hub, known: list[Known]) -> list[Known]:
    """Of these, the ones whose file is not here and that nothing corrects."""
    return [each for each in known if not each.newer and not hub.files.has(each.tag)]


def take_all(hub: Hub, known: list[Known]) -> dict[str, str]:
    """Each in its turn; what one says holds up no other. Claim → ``taken``, ``here`` or a code."""
    told: dict[str, str] = {}
    for each in known:
        try:
            told[each.claim.id] = take_in(hub, each)
        except ZhidaError as error:
            told[each.claim.id] = error.code
    return told
