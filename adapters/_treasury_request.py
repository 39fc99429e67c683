"""A request that a firm pays an award back, as ISO 20022 ``pain.013.001.07`` (request to pay).

A payment that was right when it was made can't be cancelled: ``camt.055`` and ``camt.056`` take back an
instruction, ``pacs.004`` is between banks, ``pain.008`` wants a mandate. So money comes back by the firm's
own transfer, which this asks for; the amount and both parties are those of our own order, the other
way round. Whoever carries it, or doesn't, the transfer is known by its reference: our number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors import xml_in_text
from exchange import times

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.013.001.07"
Told = Mapping[str, Any]


def written(original: bytes, body: Told, now: datetime) -> bytes:
    """The file, in UTF-8. ``original``: the pain.001 that paid; ``body``: ``order``, ``award``, ``root``.

    ``ValueError`` (or what reading a mapping raises) for what is no such order.
    """
    here = now.astimezone(times.CHINA).replace(microsecond=0)
    paid = _told(original, "CstmrCdtTrfInitn")["PmtInf"]
    head = {
        "MsgId": body["order"],
        "CreDtTm": here.isoformat(),
        "NbOfTxs": "1",
        "InitgPty": paid["Dbtr"],
    }
    payment = {
        "PmtInfId": body["order"],
        "PmtMtd": "TRF",
        "ReqdExctnDt": {"Dt": here.date().isoformat()},
        **_debtor(paid["CdtTrfTxInf"]),
        "CdtTrfTx": _transfer(paid, body),
    }
    content = {"@xmlns": NAMESPACE, "CdtrPmtActvtnReq": {"GrpHdr": head, "PmtInf": payment}}
    return xml_in_text.written("Document", content, "UTF-8").encode()


def amount(raw: bytes) -> str:
    """What a request that we wrote asks for, in yuan."""
    return str(_told(raw, "CdtrPmtActvtnReq")["PmtInf"]["CdtTrfTx"]["Amt"]["InstdAmt"]["#text"])


def _debtor(one: Told) -> dict[str, Any]:
    """Who was paid."""
    return {"Dbtr": one["Cdtr"], "DbtrAcct": one["CdtrAcct"], "DbtrAgt": one["CdtrAgt"]}


def _transfer(paid: Told, body: Told) -> dict[str, Any]:
    numbers = [("PAYMENT-ORDER", body["root"]), ("AWARD", body["award"])]
    documents = [{"Tp": {"CdOrPrtry": {"Prtry": code}}, "Nb": text} for code, text in numbers]
    reference = {"Tp": {"CdOrPrtry": {"Cd": "SCOR"}}, "Ref": body["order"]}
    return {
        "PmtId": {"InstrId": body["order"], "EndToEndId": body["order"]},
        "Amt": paid["CdtTrfTxInf"]["Amt"],
        "ChrgBr": "SLEV",
        "CdtrAgt": paid["DbtrAgt"],
        "Cdtr": paid["Dbtr"],
        "CdtrAcct": paid["DbtrAcct"],
        "RmtInf": {"Strd": {"RfrdDocInf": documents, "CdtrRefInf": reference}},
    }


def _told(raw: bytes, name: str) -> Told:
    found = xml_in_text.value(xml_in_text.root(raw.decode("utf-8")))
    message = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(message, Mapping):
        raise ValueError(name)
    return message
