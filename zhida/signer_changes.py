"""What a signer tells of itself, in its log's order: changes of documents that the asker has got, and
new ones to whom the unit has named in its settings.
"""

from __future__ import annotations

from exchange import pointer
from exchange.document import Document
from exchange.errors import Rejected
from exchange.store import document_rows, ledger_rows
from exchange.store.engine import Connection
from zhida import signer_places
from zhida.signer_desk import IDENTITY, KIND, SignerDesk, read_by

MOST = 200
"""Entries of the log that one answer looks at."""


def changes(desk: SignerDesk, after: int, asker: str) -> tuple[list[Document], int]:
    """What was signed from place ``after`` of the log on and corrects what the asker has got.

    And the place to go on from. Who has not got a document learns nothing of its changes.
    """
    with desk.store.read() as connection:
        signed, then = look(connection, after)
        told = concerning(connection, signed, asker)
    found = [desk.archive.get(each) for each in told]
    if found:
        desk.ledger.commit(lambda _: [read_by(asker, each) for each in found])
    return found, then


def births(desk: SignerDesk, after: int, asker: str) -> tuple[list[Document], int]:
    """Births that were signed from place ``after`` of the log on, each in its newest version.

    ``Rejected`` for whom the unit has not named.
    """
    require_named(desk, asker)
    with desk.one_at_a_time:
        with desk.store.read() as connection:
            signed, then = look(connection, after)
            first = firsts(connection, signed)
        found = newest(desk, first)
        if found:
            desk.ledger.commit(lambda _: [read_by(asker, each) for each in found])
    return found, then


def require_named(desk: SignerDesk, asker: str) -> None:
    """``Rejected`` for whom the unit has not named: it learns of no birth by itself."""
    if asker not in desk.announces_to:
        raise Rejected("signer.not-announced")


def look(connection: Connection, after: int) -> tuple[list[str], int]:
    """What was signed in the next entries of the log, and the place after these."""
    first = signer_places.entry(connection, after)
    rows = ledger_rows.entries(connection, first, MOST)
    then = signer_places.place(connection, rows[-1].seq + 1 if rows else first)
    return [row.ref for row in rows if row.kind == "signed"], then


def firsts(connection: Connection, signed: list[str]) -> list[str]:
    """Those that correct nothing."""
    return [each for each in signed if not document_rows.supersedes(connection, each)]


def newest(desk: SignerDesk, first: list[str]) -> list[Document]:
    """What is known now of each of these births, if it was not taken back."""
    numbers = [pointer.get(desk.archive.get(each).record, IDENTITY) for each in first]
    found = [desk.newest(str(number)) for number in numbers]
    return [each for each in found if each is not None and each.origin.kind == KIND]


def concerning(connection: Connection, signed: list[str], asker: str) -> list[str]:
    """A version that follows one told in this very answer concerns the asker too."""
    told: list[str] = []
    for document in signed:
        before = document_rows.supersedes(connection, document)
        if before in told or ledger_rows.has(connection, "read", before, by=asker):
            told.append(document)
    return told
