"""The treasury's ISO 20022 messages: pain.002.001.10, camt.054.001.08, camt.053.001.08."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from sandbox.moments import china_time
from sandbox.treasury_desk import RETURNED, Order, Outcome

_SPACE = "urn:iso:std:iso:20022:tech:xsd:"
_ACCOUNT = "0000000000000001"


class Element:
    """A name with a text or with parts; ``None`` among the parts is left out."""

    def __init__(self, name: str, *parts: Element | str | None, **attributes: str) -> None:
        self.name, self.parts, self.attributes = name, parts, attributes

    def drawn(self) -> etree._Element:
        """As lxml has it."""
        element = etree.Element(self.name, self.attributes)
        for part in self.parts:
            if isinstance(part, Element):
                element.append(part.drawn())
            elif part is not None:
                element.text = part
        return element


E = Element


def _document(message: str, body: Element) -> bytes:
    text = etree.tostring(body.drawn(), encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{_SPACE}{message}">{text}</Document>'.encode()


def _now() -> str:
    return china_time("%Y-%m-%dT%H:%M:%S+08:00")


def status(order: Order, code: str, told: Outcome | None = None) -> bytes:
    """How far the payment is; with an outcome, why it was refused."""
    number = order.orderno
    why = None
    if told is not None:
        reason = E("Rsn", E("Cd", told.code))
        why = E("StsRsnInf", reason, E("AddtlInf", told.reason[:105]))
    one = E("TxInfAndSts", E("OrgnlEndToEndId", number), E("TxSts", code), why)
    report = E(
        "CstmrPmtStsRpt",
        E("GrpHdr", E("MsgId", f"S{number}"), E("CreDtTm", _now())),
        E(
            "OrgnlGrpInfAndSts",
            E("OrgnlMsgId", number),
            E("OrgnlMsgNmId", "pain.001.001.09"),
        ),
        E("OrgnlPmtInfAndSts", E("OrgnlPmtInfId", number), one),
    )
    return _document("pain.002.001.10", report)


def notice(order: Order, told: Outcome) -> bytes:
    """The debit that paid, and the credit by which it came back."""
    entries = _entries([(order, Outcome("2", "", told.pzh, told.day, told.time))])
    if told.status == RETURNED:
        entries = _entries(
            [(order, Outcome("2", "", told.pzh, told.day, told.time)), (order, told)]
        )
    head = E("GrpHdr", E("MsgId", f"N{order.orderno}"), E("CreDtTm", _now()))
    body = E("Ntfctn", E("Id", f"N{order.orderno}"), E("CreDtTm", _now()), _account(), *entries)
    return _document("camt.054.001.08", E("BkToCstmrDbtCdtNtfctn", head, body))


def statement(day: str, entries: Sequence[tuple[Order, Outcome]]) -> bytes:
    """Everything booked on a day. The balances are invented: nobody reads them."""
    head = E("GrpHdr", E("MsgId", f"D{day}"), E("CreDtTm", _now()))
    balance = E(
        "Bal",
        E("Tp", E("CdOrPrtry", E("Cd", "CLBD"))),
        E("Amt", "0.00", Ccy="CNY"),
        E("CdtDbtInd", "CRDT"),
        E("Dt", E("Dt", _dashed(day))),
    )
    found = _entries(entries)
    body = E("Stmt", E("Id", f"D{day}"), E("CreDtTm", _now()), _account(), balance, *found)
    return _document("camt.053.001.08", E("BkToCstmrStmt", head, body))


def _account() -> Element:
    return E("Acct", E("Id", E("Othr", E("Id", _ACCOUNT))))


def _entries(entries: Sequence[tuple[Order, Outcome]]) -> list[Element]:
    return list(map(_entry, *zip(*entries, strict=True))) if entries else []


def _entry(order: Order, told: Outcome) -> Element:
    back = told.status == RETURNED
    amount = f"{order.fen // 100}.{order.fen % 100:02}"
    transaction = E("Domn", E("Cd", "PMNT"), E("Fmly", E("Cd", "ICDT"), E("SubFmlyCd", "DMCT")))
    at = told.time.replace(" ", "T") + "+08:00"
    return E(
        "Ntry",
        E("Amt", amount, Ccy="CNY"),
        E("CdtDbtInd", "CRDT" if back else "DBIT"),
        E("RvslInd", "true") if back else None,
        E("Sts", E("Cd", "BOOK")),
        E("BookgDt", E("DtTm", at)),
        E("AcctSvcrRef", told.pzh),
        E("BkTxCd", transaction),
        E("NtryDtls", E("TxDtls", *_details(order, told, back=back))),
    )


def _details(order: Order, told: Outcome, *, back: bool) -> Iterator[Element]:
    yield E("Refs", E("EndToEndId", order.orderno))
    if back:
        yield E("RtrInf", E("Rsn", E("Cd", told.code)), E("AddtlInf", told.reason[:105]))


def _dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"
