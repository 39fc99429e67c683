"""Receipts: what came of a delivery, with the peer's answer sealed beside it."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange import canonical, times
from exchange.document import new_id, raw_digest
from exchange.ledger import Entry
from exchange.ports import Answer
from exchange.store import delivery_rows
from exchange.store.delivery_rows import ReceiptRow
from exchange.store.engine import Connection
from exchange.vault import Vault


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt, opened."""

    id: str
    effect: str
    what: str
    raw: bytes
    salt: bytes
    reference: str = ""
    reason: str = ""
    record: dict[str, Any] | None = None
    signed: str = ""
    mapping_digest: str = ""
    as_of: datetime | None = None

    def answer(self) -> Answer:
        """The answer again, as when it came."""
        return Answer(
            self.raw,
            self.reference,
            self.record,
            self.signed,
            self.mapping_digest,
            self.as_of,
            waiting=self.what == "stored",
        )


def of_answer(effect: str, answer: Answer) -> Receipt:
    """The receipt of what a system answered."""
    what = "stored" if answer.waiting else "applied"
    return Receipt(
        new_id(),
        effect,
        what,
        answer.raw,
        os.urandom(16),
        reference=_storable(answer.reference),
        record=None if answer.record is None else dict(answer.record),
        signed=answer.signed,
        mapping_digest=answer.mapping_digest,
        as_of=answer.as_of,
    )


def of_refusal(effect: str, raw: bytes, reason: str) -> Receipt:
    """The receipt of a refusal, with the target's own words."""
    return Receipt(new_id(), effect, "refused", raw, os.urandom(16), reason=_storable(reason))


def _storable(text: str) -> str:
    """A peer's words with a question mark for what is no character; ``raw`` keeps all of it."""
    return text.encode("utf-8", "replace").decode()


def put(
    connection: Connection, vault: Vault, receipt: Receipt, *, bucket: str, now: datetime
) -> Entry:
    """Seal and insert; gives the ledger entry, which holds only the salted digest."""
    told: dict[str, Any] = {
        "raw": base64.b64encode(receipt.raw).decode(),
        "salt": base64.b64encode(receipt.salt).decode(),
        "reference": receipt.reference,
        "reason": receipt.reason,
        "signed": receipt.signed,
        "mapping_digest": receipt.mapping_digest,
        "as_of": times.stamp(receipt.as_of) if receipt.as_of else "",
    }
    if receipt.record is not None:
        told["record"] = receipt.record
    digest = raw_digest(receipt.raw, receipt.salt)
    sealed = vault.seal(bucket, canonical.dumps(told), about=receipt.id)
    at = times.stamp(now)
    row = ReceiptRow(receipt.id, receipt.effect, receipt.what, at, digest, sealed)
    delivery_rows.put_receipt(connection, row)
    details = {"effect": receipt.effect, "what": receipt.what, "raw_digest": digest}
    return Entry("receipt", receipt.id, details=details)


def open_row(vault: Vault, row: ReceiptRow) -> Receipt:
    """Unseal a stored receipt."""
    told = canonical.loads(vault.unseal(row.sealed, about=row.id))
    return Receipt(
        id=row.id,
        effect=row.effect,
        what=row.what,
        raw=base64.b64decode(told["raw"]),
        salt=base64.b64decode(told["salt"]),
        reference=told["reference"],
        reason=told["reason"],
        record=told.get("record"),
        signed=told["signed"],
        mapping_digest=told["mapping_digest"],
        as_of=times.instant(told["as_of"] or row.at),
    )
