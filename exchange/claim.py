"""A claim: the signed document that stands for one large file (EIP Claim Check)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from exchange.document import Document
from exchange.errors import Rejected
from exchange.file_chunks import DIGESTS

KIND = "file-claim"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim says. ``name`` may name a person: never told in an error, a log, the ledger."""

    id: str
    """Of its document."""
    provider: str
    material: str
    title: str
    media_type: str
    bytes: int
    digests: Mapping[str, str]
    """By name (``sha256``, ``sm3``), those that it tells: at least one."""
    system: str
    name: str = field(repr=False)

    @property
    def seal(self) -> tuple[str, str]:
        """The one digest by which the file is named: its algorithm and value."""
        return next(iter(self.digests.items()))

    def differs(self, found: Mapping[str, str]) -> tuple[str, str, str] | None:
        """The first digest that is another: which, as told, as found."""
        for name, told in self.digests.items():
            if found[name] != told:
                return name, told, found[name]
        return None


def of(document: Document) -> Claim:
    """The claim that a document is. ``Rejected`` for another kind, and for one without a digest."""
    if document.origin.kind != KIND:
        raise Rejected("file.no-claim", document=document.id)
    told = document.record
    digests = {name: told[name] for name in DIGESTS if told.get(name)}
    if not digests:
        raise Rejected("file.no-digest", document=document.id)
    names = ("material", "title", "media_type", "bytes", "system", "name")
    values = {name: told[name] for name in names}
    return Claim(document.id, document.origin.provider, digests=digests, **values)
