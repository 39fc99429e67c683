"""What a treasury's ISO 20022 files say of an order: pain.002, camt.054, and camt.053 of a day.

Read by names alone, whatever edition of the message it is. ``ValueError`` for what is no such
message, or one that does not speak of our order: nothing is concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from adapters import _treasury_repaid
from adapters._treasury_repaid import REPAID
from connectors import xml_in_text
from exchange import times

BOOKED, RETURNED = "BOOK", "RETURNED"
PAYMENT, REPAYMENT = "payment", "repayment"
"""Kinds of rows: of our orders, and of what firms pay back."""
_LISTS = frozenset(
    [
        "OrgnlPmtInfAndSts",
        "TxInfAndSts",
        "StsRsnInf",
        "Ntfctn",
        "Stmt",
        "Ntry",
        "NtryDtls",
        "TxDtls",
        "AddtlInf",
        "Strd",
        "Ustrd",
    ]
)
"""What may stand several times: always read as a list."""
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
"""What reading a file raises that is no such message."""
Row = dict[str, str]
Told = Mapping[str, Any]


def status(raw: bytes, order: str, message: str = "CstmrPmtStsRpt") -> Row | None:
    """The report of a payment's status (pain.002; pain.014 is like it); None while it names no status."""
    report = _message(raw, message)
    payments = report.get("OrgnlPmtInfAndSts", [])
    found = [tx for each in payments for tx in each.get("TxInfAndSts", [])]
    mine = [tx for tx in found if tx.get("OrgnlEndToEndId") == order]
    group = report.get("OrgnlGrpInfAndSts", {})
    if not mine and group.get("OrgnlMsgId") != order:
        raise ValueError("another order")
    told = mine[-1] if mine else {"TxSts": group.get("GrpSts"), **group}
    if not told.get("TxSts"):
        return None
    return {"order": order, "status": told["TxSts"], **_reason(told.get("StsRsnInf", []))}


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
    message = _message(raw, "BkToCstmrDbtCdtNtfctn")
    return [row for each in message.get("Ntfctn", []) for row in _entries(each)]


def statement(raw: bytes) -> list[Row]:
    """Everything booked on a day (camt.053) that is ours, each with its time."""
    message = _message(raw, "BkToCstmrStmt")
    return [row for each in message.get("Stmt", []) for row in _entries(each)]


def _message(raw: bytes, name: str) -> Told:
    found = xml_in_text.value(xml_in_text.root(raw.decode("utf-8")), _LISTS)
    message = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(message, Mapping):
        raise ValueError(name)
    return message


def _entries(told: Told) -> Iterator[Row]:
    """Booked entries; a credit that says why it came is a payment that came back.

    Another credit is somebody's own transfer: ours if it names a number of ours.
    """
    for entry in told.get("Ntry", []):
        state = entry.get("Sts", {})
        if (state.get("Cd") if isinstance(state, Mapping) else state) != BOOKED:
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
    why = _reason([one.get("RtrInf", {})]) if came_back else {}
    return told | {"kind": PAYMENT} | _booked(entry) | why


def _booked(entry: Told) -> Row:
    """How much, under which voucher, and when."""
    booked = entry["BookgDt"]
    row = {"amount": _text(entry["Amt"]), "voucher": entry.get("AcctSvcrRef", "")}
    return row | _when(booked.get("DtTm") or booked["Dt"])


def _when(told: str) -> Row:
    """The day in China, and the moment as books are compared."""
    at = datetime.fromisoformat(told)
    here = at.astimezone(times.CHINA) if at.tzinfo else at
    return {"day": here.date().isoformat(), "time": here.strftime("%Y-%m-%d %H:%M:%S")}


def _reason(told: list[Told]) -> Row:
    """Code and words of the last reason."""
    last = told[-1] if told else {}
    code = last.get("Rsn", {})
    words = last.get("AddtlInf", [])
    return {"code": code.get("Cd") or code.get("Prtry") or "", "reason": " ".join(words)}


def _text(amount: Any) -> str:
    """An amount of yuan and no other money."""
    if not isinstance(amount, Mapping) or amount.get("@Ccy") != "CNY":
        raise ValueError("Ccy")
    return str(amount["#text"])
