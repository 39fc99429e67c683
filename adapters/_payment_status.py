"""What a report of payments (ISO 20022 pain.002; pain.014 is like it) says of one transfer, and what that means.

The report speaks at three levels, and the nearest counts: of the transfer itself (``TxSts``), else of the payment
that holds it (``PmtInfSts``), else of the whole message (``GrpSts``). ``PART`` says of a transfer that the report does
not list nothing by itself: at a bank that lists only what it refused the rest was accepted, at another it
may not have been looked at yet. Accepted is never paid: money has moved when it is booked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters._iso20022 import Told

PAID, FAILED, PENDING, UNKNOWN = "paid", "failed", "pending", "unknown"
_PARTLY = "PART"
_MEANING: Mapping[str, str] = {
    "ACCC": PAID,
    **dict.fromkeys(("RJCT", "CANC"), FAILED),
    **dict.fromkeys(
        ("RCVD", "ACTC", "PATC", "ACCP", "ACFC", "ACWC", "ACWP", "ACSP", "ACSC", "PDNG"), PENDING
    ),
}
"""``ACSC`` is settled on the debtor's side only, and by its own definition no word about money."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a transfer is named in its message: ``MsgId``, ``PmtInfId``, ``EndToEndId``."""

    message: str
    payment: str
    transfer: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The status as it is written, with the last reason for it."""

    status: str
    code: str = ""
    reason: str = ""


def meaning(status: str, *, lists_refusals_only: bool = False) -> str:
    """``paid``, ``failed``, ``pending`` or ``unknown``; an unknown status is asked after, never repeated.

    ``lists_refusals_only``: the bank has said that what its partial reports do not list was accepted.

    >>> meaning("RJCT"), meaning("ACSC"), meaning("PART"), meaning("PART", lists_refusals_only=True)
    ('failed', 'pending', 'unknown', 'pending')
    """
    if status == _PARTLY and lists_refusals_only:
        return PENDING
    return _MEANING.get(status, UNKNOWN)


def standing(report: Told, numbers: Numbers) -> Standing | None:
    """What is said of the transfer; None where it is named without a status. ``ValueError``: of another."""
    found = next(_levels(report, numbers), None)
    if found is None:
        raise ValueError("another order")
    status, told = found
    if not status:
        return None
    code, words = reason(told.get("StsRsnInf", []))
    return Standing(str(status), code, words)


def _levels(report: Told, numbers: Numbers) -> Iterator[tuple[object, Told]]:
    """Nearest first; of several words about the same the last counts."""
    payments = report.get("OrgnlPmtInfAndSts", [])
    transfers = [one for each in payments for one in each.get("TxInfAndSts", [])]
    for one in reversed(transfers):
        if one.get("OrgnlEndToEndId") == numbers.transfer:
            yield one.get("TxSts"), one
    for each in reversed(payments):
        if each.get("OrgnlPmtInfId") == numbers.payment and each.get("PmtInfSts"):
            yield each["PmtInfSts"], each
    group = report.get("OrgnlGrpInfAndSts", {})
    if group.get("OrgnlMsgId") == numbers.message:
        yield group.get("GrpSts"), group


def reason(told: list[Told]) -> tuple[str, str]:
    """Code and words of the last reason.

    >>> reason([{"Rsn": {"Cd": "AC04"}, "AddtlInf": ["账户", "已销户"]}])
    ('AC04', '账户 已销户')
    """
    last = told[-1] if told else {}
    code = last.get("Rsn", {})
    return code.get("Cd") or code.get("Prtry") or "", " ".join(last.get("AddtlInf", []))
