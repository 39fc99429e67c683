"""One payment order as ISO 20022 ``pain.001.001.09``: a message of one payment with one transfer.

Accounts stand in ``Othr/Id``, for China has no IBAN; banks under the clearing system ``CNAPS``. Budget
line and classes go as referred documents of structured remittance information, which the schema
leaves to those who agree on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors import xml_in_text
from exchange import times

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CLEARING = "CNAPS"
_REFERRED = (
    ("line", "BUDGET-LINE"),
    ("function", "FUNCTION-CLASS"),
    ("economic", "ECONOMIC-CLASS"),
)


def written(body: Mapping[str, Any], now: datetime) -> bytes:
    """The file, in UTF-8. ``body``: ``order``, ``award``, ``amount`` in yuan, ``payee``, ``payer``…"""
    here = now.astimezone(times.CHINA).replace(microsecond=0)
    initiation = {"GrpHdr": _head(body, here), "PmtInf": _payment(body, here)}
    content = {"@xmlns": NAMESPACE, "CstmrCdtTrfInitn": initiation}
    return xml_in_text.written("Document", content, "UTF-8").encode()


def _head(body: Mapping[str, Any], here: datetime) -> dict[str, Any]:
    return {
        "MsgId": body["order"],
        "CreDtTm": here.isoformat(),
        "NbOfTxs": "1",
        "CtrlSum": body["amount"],
        "InitgPty": {"Nm": body["payer"]["name"]},
    }


def _payment(body: Mapping[str, Any], here: datetime) -> dict[str, Any]:
    payer = body["payer"]
    return {
        "PmtInfId": body["order"],
        "PmtMtd": "TRF",
        "NbOfTxs": "1",
        "CtrlSum": body["amount"],
        "ReqdExctnDt": {"Dt": here.date().isoformat()},
        "Dbtr": {"Nm": payer["name"]},
        "DbtrAcct": _account(payer["account"]),
        "DbtrAgt": _agent(payer["bank"]),
        "CdtTrfTxInf": _transfer(body),
    }


def _transfer(body: Mapping[str, Any]) -> dict[str, Any]:
    payee = body["payee"]
    return {
        "PmtId": {"InstrId": body["order"], "EndToEndId": body["order"]},
        "Amt": {"InstdAmt": {"@Ccy": "CNY", "#text": body["amount"]}},
        "CdtrAgt": _agent(payee["bank"]),
        "Cdtr": {"Nm": payee["name"]},
        "CdtrAcct": _account(payee["account"]),
        "RmtInf": {"Ustrd": body["purpose"], "Strd": _referred(body)},
    }


def _referred(body: Mapping[str, Any]) -> dict[str, Any]:
    found = [(code, body["budget"][name]) for name, code in _REFERRED]
    numbers = [(code, text) for code, text in (*found, ("AWARD", body["award"]))]
    documents = [{"Tp": {"CdOrPrtry": {"Prtry": code}}, "Nb": text} for code, text in numbers]
    return {"RfrdDocInf": documents}


def _account(number: str) -> dict[str, Any]:
    return {"Id": {"Othr": {"Id": number}}}


def _agent(cnaps: str) -> dict[str, Any]:
    member = {"ClrSysId": {"Cd": CLEARING}, "MmbId": cnaps}
    return {"FinInstnId": {"ClrSysMmbId": member}}
