"""Claims of large files among the hub's documents: found, and who may have the bytes.

A claim lies in the retention bucket of the matter in which it came in, and so does its file; and the
file may be used for that matter's purpose alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from exchange import agreement as agreements
from exchange import claim as claims
from exchange import times
from exchange.agreement import Agreement, Flow
from exchange.claim import Claim
from exchange.document import Document
from exchange.errors import Forbidden, Rejected
from exchange.store import document_rows, kind_rows
from exchange.store.document_rows import DocumentRow
from exchange.vault import bucket_of
from zhida.hub import Hub

_MONTH = len("-2031-12")
_READERS = "/readers/"
"""What an agreement requires of a claim that is for who has a use for it."""


@dataclass(frozen=True, slots=True)
class Known:
    """A claim, where its file lies, and what corrects it."""

    claim: Claim
    document: Document
    bucket: str
    tag: str
    """Name of the file in the file area."""
    newer: str = ""
    """Id of the claim that corrects this one."""

    @property
    def matter(self) -> str:
        """In which it came in: a bucket is a matter and a month of expiry."""
        return self.bucket[:-_MONTH]


def find(hub: Hub, beginning: str) -> Known:
    """The one claim whose id begins so. ``Rejected("file.unknown-claim")`` otherwise."""
    with hub.store.read() as connection:
        rows = kind_rows.like(connection, claims.KIND, beginning) if beginning else []
        newer = kind_rows.corrected_by(connection, rows[0].id) if len(rows) == 1 else ""
    if len(rows) != 1:
        raise Rejected("file.unknown-claim", claim=beginning[:64], found=len(rows))
    return _known(hub, rows[0], newer)


def exact(hub: Hub, identifier: str) -> Known:
    """The claim of this id, whole: half an id is a guess."""
    known = find(hub, identifier)
    if known.claim.id != identifier:
        raise Rejected("file.unknown-claim", claim=identifier[:64], found=0)
    return known


def every(hub: Hub) -> list[Known]:
    """All claims that can be opened, newest first: not those whose bucket's key is destroyed."""
    with hub.store.read() as connection:
        found = kind_rows.of_kind(connection, claims.KIND)
        rows = [row for each in found if (row := document_rows.get(connection, each)) is not None]
        newer = {row.id: kind_rows.corrected_by(connection, row.id) for row in rows}
    alive = [row for row in rows if hub.vault.has(bucket_of(row.sealed))]
    return [_known(hub, row, newer[row.id]) for row in alive]


def _known(hub: Hub, row: DocumentRow, newer: str) -> Known:
    document, bucket = hub.archive.get(row.id), bucket_of(row.sealed)
    claim = claims.of(document)
    tag = hub.files.tag(bucket, claim.bytes, claim.digests, provider=claim.provider)
    return Known(claim, document, bucket, tag, newer)


def permit(hub: Hub, known: Known, unit: str) -> Agreement:
    """The agreement by which ``unit`` may have the bytes. ``Forbidden`` says what is missing.

    Who may not see the digest may not have the file: it could not even check it. One that was
    corrected is given to nobody any more, and one that names its readers to no other role's unit where
    the agreement requires that.
    """
    if known.newer:
        raise Forbidden("file.corrected", claim=known.claim.id, newer=known.newer)
    if known.matter not in hub.site.matters:
        raise Forbidden("file.no-matter", claim=known.claim.id, matter=known.matter)
    purpose = hub.site.matters[known.matter].purpose
    flow = Flow(known.claim.provider, unit, claims.KIND, purpose)
    found = agreements.permit(hub.site.agreements, flow, times.civil_day(hub.clock()))
    _require_use(known, found)
    agreements.check_consent(known.document.fields, found)
    if not any(found.covers(f"/{name}") for name in known.claim.digests):
        raise Forbidden("file.not-covered", agreement=found.id, **flow.facts())
    return found


def _require_use(known: Known, found: Agreement) -> None:
    path = found.requires
    if path.startswith(_READERS) and known.document.fields.get(path) is not True:
        told = {"claim": known.claim.id, "material": known.claim.material}
        raise Forbidden(
            "file.no-use", agreement=found.id, receiver=found.receiver, path=path, **told
        )
