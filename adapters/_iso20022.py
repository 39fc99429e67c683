"""ISO 20022 messages of a bank, read by names alone, whatever edition of the message it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors import xml_in_text
from exchange import times

BOOKED = "BOOK"
LISTS = frozenset(
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
Told = Mapping[str, Any]


def message(raw: bytes | str, name: str) -> Told:
    """The message ``name`` in its document, of bytes in UTF-8. One of ``UNREADABLE`` for what is none."""
    text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
    found = xml_in_text.value(xml_in_text.root(text), LISTS)
    told = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(told, Mapping):
        raise ValueError(name)
    return told


def state(entry: Told) -> str:
    """The state of an entry: ``Sts`` itself until edition 6, ``Sts/Cd`` from 7 on.

    >>> state({"Sts": "BOOK"}), state({"Sts": {"Cd": "PDNG"}}), state({})
    ('BOOK', 'PDNG', '')
    """
    told = entry.get("Sts", "")
    return str(told.get("Cd", "") if isinstance(told, Mapping) else told)


def yuan(amount: Any) -> str:
    """An amount of yuan and no other money.

    >>> yuan({"@Ccy": "CNY", "#text": "12.30"})
    '12.30'
    """
    if not isinstance(amount, Mapping) or amount.get("@Ccy") != "CNY":
        raise ValueError("Ccy")
    return str(amount["#text"])


def here(told: str) -> datetime:
    """A moment or a day as it is in China; without an offset it is told there already."""
    at = datetime.fromisoformat(told)
    return at.astimezone(times.CHINA) if at.tzinfo else at
