"""What came into an account, out of a bank's notices (ISO 20022 camt.054): one row an entry, any edition.

A notice is believed whole or not at all. Rows are what booked money brought in, or took back: the credit
indicator says which way, ``RvslInd`` and ``RtrInf`` that it undoes something. A debit that undoes nothing is none of
ours and let go. What is not booked yet (``PDNG``, ``INFO``, ``FUTR``) comes again when it is. A batch that tells its
transfers is a row each, if they add up; one that doesn't is a row without a payer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from adapters import _account_entries, _iso20022
from adapters._account_entries import CREDIT, RETURNED, REVERSAL, TwiceError
from adapters._account_tail import tail
from adapters._iso20022 import BOOKED, UNREADABLE, Told
from exchange.errors import Invalid
from mappings.identifiers import gb32100

FORMAT = "camt.054"
_MESSAGE = "BkToCstmrDbtCdtNtfctn"
_LATER = ("PDNG", "INFO", "FUTR")
_NONE = "NOTPROVIDED"
_LOAN = "LOAN"
"""Type of a proprietary reference: the bank's number of a loan. Agreed with the banks, for the standard has none."""
_YES, _NO = ("true", "1"), ("", "false", "0")
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,5})?")
_WORDS = frozenset(
    {
        "Acct",
        "AcctSvcrRef",
        "Amt",
        "BookgDt",
        "Ccy",
        "CdtDbtInd",
        "RvslInd",
        "Sts",
        "TxDtls",
        _MESSAGE,
    }
)
"""What may be told of a notice that can't be read: names of its elements, never what stands in them."""
Row = dict[str, str]


def read(text: str) -> list[Row]:
    """The rows of a notice. ``Invalid`` if it can't be read, or says two things under one number."""
    try:
        found = [row for each in _notices(text) for row in _entries(each)]
        return _account_entries.once(found)
    except TwiceError as error:
        raise Invalid("bank.reference-twice", number=error.number) from None
    except UNREADABLE as error:
        told = str(error.args[0]) if error.args else ""
        reason = told if told in _WORDS else _MESSAGE
        raise Invalid("bank.unreadable-notice", reason=reason) from None


def _notices(text: str) -> Sequence[Told]:
    found: Sequence[Told] = _iso20022.message(text, _MESSAGE)["Ntfctn"]
    return found


def _entries(notice: Told) -> Iterator[Row]:
    account = _account(notice.get("Acct"))
    if not tail(account):
        raise ValueError("Acct")
    for entry in notice.get("Ntry", []):
        state = _iso20022.state(entry)
        if state == BOOKED:
            yield from _rows(entry, account)
        elif state not in _LATER:
            raise ValueError("Sts")


def _rows(entry: Told, account: str) -> Iterator[Row]:
    parts = _parts(entry)
    kinds = [_kind(entry, one) for one in parts]
    if not any(kinds):
        return
    amounts = [_amount(entry if len(parts) == 1 else one) for one in parts]
    if sum(amounts, Decimal(0)) != _amount(entry):
        raise ValueError("TxDtls")
    told = zip(parts, kinds, amounts, _references(entry, parts), strict=True)
    for one, kind, amount, reference in told:
        row = {"account": account, "account_tail": tail(account), "reference": reference}
        row |= {"id": f"{account}/{reference}/{kind}", "entry": kind, "booked_on": _day(entry)}
        row |= {"amount": f"{'-' if kind == REVERSAL else ''}{amount}"}
        if kind:
            yield row | _details(one, kind)


def _parts(entry: Told) -> Sequence[Told]:
    """The transfers of a batch if they tell their amounts; else the entry is one thing."""
    details = [each for each in entry.get("NtryDtls", []) if each]
    transfers = [one or {} for each in details for one in each.get("TxDtls", [])]
    told = ["Amt" in one or "AmtDtls" in one for one in transfers]
    if len(transfers) > 1:
        return transfers if any(told) else [{}]
    return transfers or [{}]


def _kind(entry: Told, one: Told) -> str:
    """Empty: money that went out, and undoes nothing."""
    way, flag = entry.get("CdtDbtInd"), entry.get("RvslInd", "")
    if way not in ("CRDT", "DBIT") or one.get("CdtDbtInd", way) != way:
        raise ValueError("CdtDbtInd")
    if flag not in (*_YES, *_NO):
        raise ValueError("RvslInd")
    undoes = flag in _YES or "RtrInf" in one
    if way == "DBIT":
        return REVERSAL if undoes else ""
    return RETURNED if undoes else CREDIT


def _amount(told: Told) -> Decimal:
    amount = told.get("Amt") or _part(told, "AmtDtls", "TxAmt").get("Amt")
    found = _iso20022.yuan(amount).strip()
    if not _AMOUNT.fullmatch(found):
        raise ValueError("Amt")
    return Decimal(found)


def _references(entry: Told, parts: Sequence[Told]) -> list[str]:
    """The bank's numbers: of transfers their own if each has one, else the entry's and which it is."""
    whole = str(entry.get("AcctSvcrRef", "")).strip()
    own = [str(_part(one, "Refs").get("AcctSvcrRef", "")).strip() for one in parts]
    if len(parts) == 1:
        own = [whole or own[0]]
    elif len(set(own)) < len(own) or not all(own):
        own = [f"{whole}/{number}" if whole else "" for number, _ in enumerate(parts, 1)]
    if not all(own):
        raise ValueError("AcctSvcrRef")
    return own


def _day(entry: Told) -> str:
    booked = entry["BookgDt"]
    if "DtTm" in booked:
        return _iso20022.here(booked["DtTm"]).date().isoformat()
    return str(booked["Dt"]).strip()[:10]  # xs:date may have an offset


def _details(one: Told, kind: str) -> Row:
    """What is told of the transfer; who had been paid before is no payer."""
    number = str(_part(one, "Refs").get("EndToEndId", "")).strip()
    words = " ".join(map(str, _part(one, "RmtInf").get("Ustrd", []))).strip()
    told = {"end_to_end": "" if number == _NONE else number, "remark": words, "loan": _loan(one)}
    parties = _part(one, "RltdPties")
    payer = _part(parties, "Dbtr")
    if kind != RETURNED:
        told |= {"payer": str((_part(payer, "Pty") or payer).get("Nm", "")).strip()}
        told |= {"payer_tail": tail(_account(parties.get("DbtrAcct")))}
        told |= {"payer_uscc": _code(_part(payer, "Pty") or payer)}
    return {name: value for name, value in told.items() if value}


def _loan(one: Told) -> str:
    """The bank's number of the loan that the credit belongs to, if it is one of a loan's account."""
    told = [each for each in _several(_part(one, "Refs"), "Prtry") if each.get("Tp") == _LOAN]
    return str(told[0].get("Ref", "")).strip() if len(told) == 1 else ""


def _code(party: Told) -> str:
    """The unified social credit code among a firm's identifications, if there is exactly one."""
    others = _several(_part(party, "Id", "OrgId"), "Othr")
    found = {str(each.get("Id", "")).strip() for each in others}
    codes = [each for each in found if gb32100.is_valid(each)]
    return codes[0] if len(codes) == 1 else ""


def _several(told: Told, name: str) -> Sequence[Told]:
    """What may stand once or several times."""
    found = told.get(name, [])
    return [each for each in (found if isinstance(found, list) else [found]) if each]


def _account(told: Told | None) -> str:
    """A number of an account; in China it stands under ``Othr``, for there is no IBAN."""
    number = _part(told or {}, "Id")
    return str(number.get("IBAN") or _part(number, "Othr").get("Id", "")).strip()


def _part(told: Told, *names: str) -> Told:
    """What stands below; nothing where the element is absent or empty."""
    for name in names:
        told = told.get(name) or {}
    return told
