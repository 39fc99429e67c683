"""What a signer tells of changes: only of documents that the asker has got, in the log's order."""

from __future__ import annotations

from exchange.document import Document
from exchange.store import document_rows, ledger_rows
from exchange.store.engine import Connection
from zhida.signer_desk import SignerDesk, read_by

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


def _concerning(connection: Connection, signed: list[str], asker: str) -> list[str]:
    """A version that follows one told in this very answer concerns the asker too."""
    told: list[str] = []
    for document in signed:
        before = document_rows.supersedes(connection, document)
        if before in told or ledger_rows.has(connection, "read", before, by=asker):
            told.append(document)
    return told
