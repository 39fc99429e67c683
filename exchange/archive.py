"""Where documents are kept: verified when they come in, sealed while they lie, verified again."""

from __future__ import annotations

import base64
from collections.abc import Callable, Container
from datetime import datetime

from crypto import sd_jwt
from crypto.errors import CryptoError
from exchange import canonical, document, subject, times
from exchange.document import Document
from exchange.errors import Fatal, Rejected
from exchange.keyring import Keys
from exchange.store import document_rows, subject_rows
from exchange.store.document_rows import DocumentRow, Held
from exchange.store.engine import Connection, Store
from exchange.subject import Naming
from exchange.vault import Vault


class Archive:
    """Verifies, seals, stores and finds documents. Thread-safe.

    ``naming`` finds whom a document is about, so that it can be asked for by person.
    """

    def __init__(
        self, store: Store, vault: Vault, keyring: Keys, naming: Naming = subject.nobody
    ) -> None:
        self._store = store
        self._vault = vault
        self._keyring = keyring
        self._naming = naming

    def verify(self, token: str, known_at: datetime | None = None) -> Document:
        """The document, if its issuer's certificate was valid when it signed, and not revoked.

        ``known_at``: since when we have it; None: it comes just now (``Keyring.find``).
        """
        return self._verified(self._keyring, token, known_at)

    def _verified(self, known: Keys, token: str, known_at: datetime | None) -> Document:
        try:
            peeked = sd_jwt.peek(f"{token.partition('~')[0]}~")  # disclosures are read once, below
            issuer, signed_at = str(peeked.always["iss"]), times.instant(str(peeked.always["iat"]))
        except (CryptoError, KeyError, ValueError):
            raise Rejected("document.claims") from None
        return document.read(token, known.find(issuer, peeked.kid, signed_at, known_at))

    def put(
        self,
        connection: Connection,
        item: Document,
        *,
        raw: bytes,
        salt: bytes,
        bucket: str,
        now: datetime,
    ) -> None:
        """Seal and insert a verified document, with the raw answer and its digest's salt."""
        evidence = canonical.dumps({"raw": _b64(raw), "salt": _b64(salt)})
        row = DocumentRow(
            id=item.id,
            kind=item.origin.kind,
            provider=item.origin.provider,
            custody=item.origin.custody,
            source=item.origin.source,
            as_of=times.stamp(item.origin.as_of),
            created_at=times.stamp(now),
            supersedes=item.origin.supersedes,
            digest=document.digest(item.token),
            sealed=self._vault.seal(bucket, item.token.encode(), about=item.id),
            raw=self._vault.seal(bucket, evidence, about=f"{item.id}/raw"),
        )
        document_rows.put(connection, row)
        self.note_subjects(connection, item)

    def note_subjects(self, connection: Connection, item: Document) -> int:
        """Note whom a document is about, by keyed digest; in how many places."""
        places = subject.places(self._vault.tag, self._naming(item.fields))
        subject_rows.put(connection, item.id, places)
        return len(places)

    def get(self, identifier: str) -> Document:
        """A stored document, opened and verified once more."""
        with self._store.read() as connection:
            return self.read(connection, identifier)

    def read(self, connection: Connection, identifier: str) -> Document:
        """The same within a transaction, which may have stored it just now."""
        row = document_rows.get(connection, identifier)
        found = (row.sealed, row.created_at) if row else (None, None)
        return self._opened(self._keyring, identifier, *found)

    def of_case(self, case: str, kinds: Container[str]) -> list[Document]:
        """The documents of these kinds that a case knows, each verified once more."""
        with self._store.read() as connection:
            kept = document_rows.of_case(connection, case)
        known = self._keyring.settled()
        return [
            self._opened(known, identifier, sealed, created_at)
            for identifier, kind, sealed, created_at in kept
            if kind is None or kind in kinds
        ]

    def opening(self) -> Callable[[Held], Document]:
        """To open many that were read already, with the keys of this moment. Raises as ``get``."""
        known = self._keyring.settled()
        return lambda held: self._opened(known, held[0], held[2], held[3])

    def _opened(
        self, known: Keys, identifier: str, sealed: bytes | None, created_at: str | None
    ) -> Document:
        if sealed is None or not created_at:
            raise Fatal("document.gone", document=identifier)
        token = self._vault.unseal(sealed, about=identifier).decode()
        return self._verified(known, token, times.instant(created_at))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
