"""What a signer tells of itself, in its log's order: changes of documents that the asker has got, and
new ones to whom the unit has named in its settings.
"""

from __future__ import annotations

from exchange import pointer
from exchange.document import Document
from exchange.errors import Rejected
from exchange.store import document_rows, ledger_rows
from exchange.store.engine import Connection
from zhida.signer_desk import IDENTITY, KIND, SignerDesk, read_by

MOST = 200
"""Entries of the log that one answer looks at."""


def changes(desk: SignerDesk, after: int, asker: str) -> tuple[list[Document], int]:
    """What was signed from place ``after`` of the log on and corrects what the asker has got.

    And the place to go on from. Who has not got a document learns nothing of its changes.
    """
    with desk.store.read() as connection:
        rows = ledger_rows.entries(connection, after, MOST)
        signed = [row.ref for row in rows if row.kind == "signed"]
        told = _concerning(connection, signed, asker)
    found = [desk.archive.get(each) for each in told]
    if found:
        desk.ledger.commit(lambda _: [read_by(asker, each) for each in found])
    return found, rows[-1].seq + 1 if rows else after


def births(desk: SignerDesk, after: int, asker: str) -> tuple[list[Document], int]:
    """Births that were signed from place ``after`` of the log on, each in its newest version.

    ``Rejected`` for whom the unit has not named.
    """
    if asker not in desk.announces_to:
        raise Rejected("signer.not-announced")
    with desk.one_at_a_time:
        with desk.store.read() as connection:
            rows = ledger_rows.entries(connection, after, MOST)
            signed = [row.ref for row in rows if row.kind == "signed"]
            first = [each for each in signed if not document_rows.supersedes(connection, each)]
        numbers = [pointer.get(desk.archive.get(each).record, IDENTITY) for each in first]
        newest = [desk.newest(str(number)) for number in numbers]
        found = [each for each in newest if each is not None and each.origin.kind == KIND]
        if found:
            desk.ledger.commit(lambda _: [read_by(asker, each) for each in found])
    return found, rows[-1].seq + 1 if rows else after


def _concerning(connection: Connection, signed: list[str], asker: str) -> list[str]:
    """A version that follows one told in this very answer concerns the asker too."""
    told: list[str] = []
    for document in signed:
        before = document_rows.supersedes(connection, document)
        if before in told or ledger_rows.has(connection, "read", before, by=asker):
            told.append(document)
    return told
