"""What a signer does with a message and with a question; its own store and its own log.

A message is known by its bytes: sent again it changes nothing, even if a newer one has come
meanwhile. What cannot be understood is kept too, sealed, with every problem, and is answered
with the same problems: its sender must mend it, and nothing is lost until then.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Lock

from adapters import hospital
from adapters.hospital import Told
from crypto.signer import Signer
from exchange import canonical, document, times
from exchange.archive import Archive
from exchange.document import Document, Origin, new_id
from exchange.errors import Invalid, Rejected
from exchange.ledger import Entry, Ledger
from exchange.outcome import told_problems
from exchange.ports import Clock
from exchange.store import document_rows
from exchange.store.document_rows import InvalidRow
from exchange.store.engine import Connection, Store
from exchange.vault import Vault
from mappings import compiler, shapes
from zhida.signer_chain import IDENTITY, KIND, Chain, number_of
from zhida.signer_refusals import Refusals, is_told

__all__ = ["IDENTITY", "KIND", "SignerDesk", "read_by"]

BUCKET = "signer"


@dataclass(frozen=True, slots=True)
class SignerDesk:
    """Signs what the unit's own system said, and finds it again. Thread-safe."""

    unit: str
    system: str
    signer: Signer
    store: Store
    vault: Vault
    ledger: Ledger
    archive: Archive
    clock: Clock
    announces_to: frozenset[str] = frozenset()
    """Who is told of every birth; anyone else learns only what it asks for by number."""
    one_at_a_time: Lock = field(default_factory=Lock)
    """Signing, and telling what is newest: so whatever is signed afterwards is a change."""
    refusals: Refusals = field(default_factory=Refusals)

    def receive(self, message: bytes) -> bytes:
        """One message from the unit's system; the acknowledgement, after it is on disk."""
        try:
            told = hospital.read_message(message)
            if told.kind == KIND:
                shapes.validate(KIND, told.record)
        except Invalid as error:
            self._once("invalid", message, partial(self._refuse, message, error))
            code = "AR" if error.code == "hospital.not-hl7" else "AE"
            return hospital.acknowledge(message, code, error)
        self._once("message", message, partial(self._sign, told, message))
        return hospital.acknowledge(message, "AA")

    def answer(self, number: str, asker: str) -> str:
        """The newest signed document about a certificate.

        ``Rejected`` if there is none, or if it has been taken back.
        """
        with self.one_at_a_time:  # so whatever is signed after this is a change for the asker
            found = self.newest(number)
            if found is None:
                raise Rejected("signer.no-such-document")
            if found.origin.kind != KIND:
                raise Rejected("signer.revoked")
            self.ledger.commit(lambda _: [read_by(asker, found)])
        return found.token

    def refused(self, asker: str, code: str, path: str) -> None:
        """What was asked that is not on the list, for the unit to see: never what stood in it."""
        number = self.refusals.count(asker)
        if is_told(number):
            details = {"by": asker, "code": code, "path": path, "number": number}
            self.ledger.commit(lambda _: [Entry("refused", path, details=details)])

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _once(self, word: str, message: bytes, work: Callable[[str], None]) -> None:
        """Do ``work`` for a message whose bytes are new; it gets the message's inbox key.

        ``word`` keeps what was refused apart: a better mapping may understand it one day.
        """
        tag = self.vault.tag("message", base64.b64encode(message).decode())
        key = f"{word}/{tag}"
        with self.one_at_a_time:
            with self.store.read() as connection:
                known = document_rows.seen(connection, self.system, key)
            if known is None:
                work(key)

    def _sign(self, told: Told, message: bytes, key: str) -> None:
        number, before = number_of(told.record), self._chain.before(told.record)
        as_of = told.recorded_at or self.clock()
        if before is not None and before.record == told.record:
            return  # another message that says the same: it is signed already
        if before is None and told.kind != KIND:
            return  # nothing has ever been said of it, so there is nothing to take back
        if before is not None and self._is_late(number, before, as_of):
            self._pass_over(before, key)
            return
        salt = os.urandom(16)
        origin = self._origin(told.kind, as_of, document.raw_digest(message, salt), before)
        token = document.issue(told.record, origin, self.signer, now=self.clock())
        found = self.archive.verify(token)
        places = (key, *self._chain.places(number, before))
        self.ledger.commit(lambda c: self._keep(c, found, places=places, raw=message, salt=salt))

    def _is_late(self, number: str, before: Document, as_of: datetime) -> bool:
        """About what has been taken back or replaced, or older than what is known of it.

        A certificate that replaces another follows it, whatever the clocks say.
        """
        if before.origin.kind != KIND:
            return True
        if number_of(before.record) == number:
            return as_of <= before.origin.as_of
        return self.newest(number) is not None

    def _pass_over(self, newest: Document, key: str) -> None:
        """An older message that was late, or one about what has been taken back: it is told."""

        def write(connection: Connection) -> list[Entry]:
            self._remember(connection, key, "superseded", "")
            return [Entry("superseded", newest.id)]

        self.ledger.commit(write)

    def _origin(
        self, kind: str, as_of: datetime, raw_digest: str, before: Document | None
    ) -> Origin:
        return Origin(
            kind=kind,
            issuer=self.unit,
            provider=self.unit,
            custody="unit",
            source=self.system,
            as_of=as_of,
            raw_digest=raw_digest,
            mapping_digest=compiler.load(hospital.BIRTH_MAPPING).digest,
            supersedes=before.id if before else "",
        )

    def _keep(
        self,
        connection: Connection,
        found: Document,
        *,
        places: tuple[str, ...],
        raw: bytes,
        salt: bytes,
    ) -> list[Entry]:
        now = self.clock()
        self.archive.put(connection, found, raw=raw, salt=salt, bucket=BUCKET, now=now)
        for place in places:
            self._remember(connection, place, found.origin.raw_digest, found.id)
        return [Entry("signed", found.id, details={"digest": document.digest(found.token)})]

    def _refuse(self, message: bytes, error: Invalid, key: str) -> None:
        """Keep what cannot be understood: sealed bytes, and the problems without any value."""
        identifier, told = new_id(), told_problems(error)
        row = InvalidRow(
            id=identifier,
            source=self.system,
            key=key,
            at=times.stamp(self.clock()),
            problems=canonical.dumps(told).decode(),
            raw=self.vault.seal(BUCKET, message, about=identifier),
        )

        def write(connection: Connection) -> list[Entry]:
            document_rows.put_invalid(connection, row)
            self._remember(connection, key, error.code, "")
            return [Entry("invalid", identifier, details={"problems": told})]

        self.ledger.commit(write)

    def _remember(self, connection: Connection, key: str, content: str, found: str) -> None:
        at = times.stamp(self.clock())
        document_rows.remember(
            connection, self.system, key, content=content, document=found, first_at=at
        )

    def newest(self, number: str) -> Document | None:
        """The newest version of what is known about a certificate, or about the one instead of it."""
        return self._chain.newest(number)

    @property
    def _chain(self) -> Chain:
        return Chain(self.system, self.store, self.vault, self.archive)


def read_by(asker: str, found: Document) -> Entry:
    """The log's word that somebody has got a document."""
    return Entry("read", found.id, details={"by": asker})
