"""What a treasury's ISO 20022 files say of an order: pain.002, camt.054, and camt.053 of a day.

Read by names alone, whatever edition of the message it is. ``ValueError`` for what is no such
message, or one that does not speak of our order: nothing is concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters import _iso20022, _payment_status, _treasury_repaid
from adapters._iso20022 import BOOKED, UNREADABLE, Told
from adapters._payment_status import Numbers
from adapters._treasury_repaid import REPAID

__all__ = [
    "BOOKED",
    "PAYMENT",
    "REPAYMENT",
    "RETURNED",
    "UNREADABLE",
    "Row",
    "notice",
    "notified",
    "statement",
    "status",
]

RETURNED = "RETURNED"
PAYMENT, REPAYMENT = "payment", "repayment"
"""Kinds of rows: of our orders, and of what firms pay back."""
Row = dict[str, str]


def status(raw: bytes, order: str, message: str = "CstmrPmtStsRpt") -> Row | None:
    """The report of a payment's status (pain.002; pain.014 is like it); None while it names no status."""
    report = _iso20022.message(raw, message)
    found = _payment_status.standing(report, Numbers(order, order, order))
    if found is None:
        return None
    return {"order": order, "status": found.status, "code": found.code, "reason": found.reason}


def notice(raw: bytes, order: str) -> Row | None:
    """The notification of a booking (camt.054); None while nothing of the order is booked."""
    rows = notified(raw)
    mine = [row for row in rows if row["order"] == order]
    if rows and not mine:
        raise ValueError("another order")
    if not mine or mine[-1]["status"] != REPAID:
        return mine[-1] if mine else None
    return mine[-1] | {"status": RETURNED}  # a bank that does not say why it came back


def notified(raw: bytes) -> list[Row]:
    """Everything that a notice (camt.054) books."""
    message = _iso20022.message(raw, "BkToCstmrDbtCdtNtfctn")
    return [row for each in message.get("Ntfctn", []) for row in _entries(each)]


def statement(raw: bytes) -> list[Row]:
    """Everything booked on a day (camt.053) that is ours, each with its time."""
    message = _iso20022.message(raw, "BkToCstmrStmt")
    return [row for each in message.get("Stmt", []) for row in _entries(each)]


def _entries(told: Told) -> Iterator[Row]:
    """Booked entries; a credit that says why it came is a payment that came back.

    Another credit is somebody's own transfer: ours if it names a number of ours.
    """
    for entry in told.get("Ntry", []):
        if _iso20022.state(entry) != BOOKED:
            continue
        for details in entry.get("NtryDtls", []):
            for one in details.get("TxDtls", []):
                if row := _row(entry, one):
                    yield row


def _row(entry: Told, one: Told) -> Row | None:
    way = entry.get("CdtDbtInd")
    if way not in ("CRDT", "DBIT"):
        raise ValueError("CdtDbtInd")
    came_back = way == "CRDT" and ("RtrInf" in one or entry.get("RvslInd") == "true")
    if way == "CRDT" and not came_back:
        number = _treasury_repaid.number(one)
        told = {"order": number, "status": REPAID, "kind": REPAYMENT}
        return told | _booked(entry) if number else None
    told = {"order": one["Refs"]["EndToEndId"], "status": RETURNED if came_back else BOOKED}
    why = _reason(one.get("RtrInf", {})) if came_back else {}
    return told | {"kind": PAYMENT} | _booked(entry) | why


def _booked(entry: Told) -> Row:
    """How much, under which voucher, and when."""
    booked = entry["BookgDt"]
    row = {"amount": _iso20022.yuan(entry["Amt"]), "voucher": entry.get("AcctSvcrRef", "")}
    return row | _when(booked.get("DtTm") or booked["Dt"])


def _when(told: str) -> Row:
    """The day in China, and the moment as books are compared."""
    here = _iso20022.here(told)
    return {"day": here.date().isoformat(), "time": here.strftime("%Y-%m-%d %H:%M:%S")}


def _reason(told: Told) -> Row:
    code, words = _payment_status.reason([told])
    return {"code": code, "reason": words}
