"""One movement of one document under one agreement, and the note that the ledger keeps of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from exchange import agreement as agreements
from exchange import canonical, document, pointer, times
from exchange.agreement import Agreement, Flow
from exchange.document import Document
from exchange.errors import Forbidden
from exchange.ledger import Entry
from exchange.pointer import nest
from exchange.ports import Record, Scalar
from exchange.store.delivery_rows import TransferRow


@dataclass(frozen=True, slots=True)
class Transfer:
    """What may travel, under which agreement, and what stays."""

    id: str
    document: Document
    agreement: Agreement
    disclosed: dict[str, Scalar]
    withheld: list[str]

    @property
    def record(self) -> Record:
        """The disclosed fields as the target's adapter gets them."""
        return nest(self.disclosed)

    @property
    def presentation(self) -> str:
        """The signed document with the permitted disclosures only."""
        return document.disclose(self.document, self.disclosed)


def plan(
    item: Document,
    known: Iterable[Agreement],
    *,
    receiver: str,
    purpose: str,
    now: datetime,
    only: Iterable[str] | None = None,
) -> Transfer:
    """Cut a document down to what the agreement in force lets this receiver see.

    ``only`` cuts further, to the fields that a query asks with (``/a/*``: everything in it). Raises ``Forbidden``.
    """
    origin = item.origin
    flow = Flow(origin.provider, receiver, origin.kind, purpose)
    allowed = agreements.permit(known, flow, times.civil_day(now))
    agreements.check_consent(item.fields, allowed)
    disclosed, _ = agreements.split(item.fields, allowed)
    if only is not None:
        wanted = tuple(only)
        disclosed = {p: value for p, value in disclosed.items() if pointer.covers(wanted, p)}
    if not disclosed:
        raise Forbidden("agreement.no-field", agreement=allowed.id, **flow.facts())
    withheld = sorted(set(item.fields) - set(disclosed))
    return Transfer(document.new_id(), item, allowed, disclosed, withheld)


def row(transfer: Transfer, *, case: str, item: str, effect: str, now: datetime) -> TransferRow:
    """The transfer as the store keeps it."""
    return TransferRow(
        id=transfer.id,
        case=case,
        item=item,
        document=transfer.document.id,
        agreement=transfer.agreement.id,
        provider=transfer.agreement.provider,
        receiver=transfer.agreement.receiver,
        purpose=transfer.agreement.purpose,
        disclosed=canonical.dumps(sorted(transfer.disclosed)).decode(),
        withheld=canonical.dumps(transfer.withheld).decode(),
        effect=effect,
        at=times.stamp(now),
    )


def note(transfer: Transfer, *, kind: str, case: str, item: str, effect: str) -> Entry:
    """The transfer note: the hub's statement of what was given for whom, and what was not.

    ``disclosed`` is what the adapter of the receiver's system got. The wire may carry less of it
    (a field that the system asks for only in some cases), and never more.

    ``kind`` is ``transfer``, or ``query`` for the identifiers that a question carries.
    """
    details = {
        "item": item,
        "effect": effect,
        "document": transfer.document.id,
        "document_digest": document.digest(transfer.document.token),
        "agreement": transfer.agreement.id,
        "agreement_digest": transfer.agreement.digest(),
        "basis": transfer.agreement.basis,
        "provider": transfer.agreement.provider,
        "receiver": transfer.agreement.receiver,
        "purpose": transfer.agreement.purpose,
        "disclosed": sorted(transfer.disclosed),
        "withheld": transfer.withheld,
    }
    return Entry(kind, transfer.id, case, details)
