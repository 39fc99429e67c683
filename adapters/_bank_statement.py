"""What came into an account in a span of days, out of a front-end machine: all of it or an error.

The bank tells a day at a time, page after page (``_bank_page``). Around midnight its day is not ours, so the
day before and the day after are asked as well, and what counts is the day on which it booked. A day of a hundred
pages, a number that does not move on, an entry that says two things: nothing is concluded.

Error map::

    what the line raises (bank.front-end, bank.not-told …)   as it is: nothing was changed, ask again
    a page that does not add up or go on                     Retriable  bank.unreadable-statement
    one number of the bank's for two entries                 Rejected   bank.reference-twice
    more entries than one document holds                     Rejected   bank.too-many-entries
    a field that the mapping can't read                      Unknown    coded.not-understood
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from adapters import _account_entries, _bank_page, _coded_record
from adapters._account_entries import RETURNED, TwiceError
from adapters._account_tail import tail
from adapters._bank_page import Page, PageError
from connectors import json_text
from exchange.errors import Invalid, Rejected, Retriable
from exchange.ports import Connector, Record
from mappings.compiler import Mapping as Compiled

OPTIONS: dict[str, Any] = {
    "title": "账户收款查询（回款账户）",
    "description": "写了才有 account_credits。银行须先授权该用户查询这些账户；查谁的账户、查到哪一天，由协议和授权书决定。",
    "type": "object",
    "additionalProperties": False,
    "required": ["branch"],
    "properties": {
        "branch": {
            "title": "开户地区的分行号（BBKNBR）",
            "type": "string",
            "pattern": "^[0-9]{2}$",
        },
        "mapping": {
            "title": "读取一笔交易的映射文件",
            "type": "string",
            "default": "bank_entry_account_credit",
        },
    },
}
FUNCTION = "GetTransInfoEX"
WINDOW = 100
"""Days that may be asked about at once, with the day before and the day after."""
MOST = 2000
_PAGES = 100
_DAY = timedelta(days=1)
_OF_THE_ACCOUNT = ("account", "account_tail")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: an account, and the days that count, both of them included."""

    account: str = field(repr=False)
    since: date
    until: date

    def days(self, today: date) -> Iterator[date]:
        """The days to ask about: none of them is to come yet, for a bank refuses that."""
        day, last = self.since - _DAY, min(self.until + _DAY, today)
        while day <= last:
            yield day
            day += _DAY


def asked(query: Record, today: date) -> Asked:
    """The question. ``Invalid`` with all that is wrong with it: it is not sent."""
    lacking = [f"/query/{name}" for name in ("account", "since", "until") if name not in query]
    if lacking:
        raise Invalid("effect.no-identity", path=", ".join(lacking))
    found = Asked(
        query["account"], date.fromisoformat(query["since"]), date.fromisoformat(query["until"])
    )
    if found.until > today:
        raise Invalid("bank.day-ahead", path="/query/until")
    if not 0 <= (found.until - found.since).days <= WINDOW - 3:
        raise Invalid("bank.span", path="/query/since", most=WINDOW - 2)
    return found


@dataclass(frozen=True, slots=True)
class Statement:
    """A front-end machine that tells an account's entries."""

    line: Connector
    branch: str
    """The bank's number of the city in which the account is kept (BBKNBR)."""
    mapping: Compiled

    def read(self, asked: Asked, today: date) -> tuple[bytes, Record]:
        """What was made of the bank's answers (with their digests, without what went out), and the record."""
        rows: list[Mapping[str, Any]] = []
        pages: list[str] = []
        for day in asked.days(today):
            self._day(asked.account, day, rows, pages)
        entries = [_coded_record.read(self.mapping, row, FUNCTION) for row in rows]
        raw = json_text.written({"answers": pages, "entries": entries})
        return raw, _record(asked, _once(entries, raw), today)

    def _day(
        self, account: str, day: date, rows: list[Mapping[str, Any]], pages: list[str]
    ) -> None:
        after = 0
        for _ in range(_PAGES):
            sent = {"BBKNBR": self.branch, "ACCNBR": account, "TRSDAT": f"{day:%Y%m%d}"}
            reply = self.line.call(FUNCTION, {"SDKRBPTRSX": sent | {"TRSSEQ": str(after)}})
            pages.append(hashlib.sha256(reply.raw).hexdigest())
            page = _page(reply.value, account, rows)
            if page.after < 0:
                return
            if page.after < after or not page.rows:
                break
            after = page.after + 1
        raise Retriable("bank.unreadable-statement", reason="TRSSEQ")


def _page(value: Mapping[str, Any], account: str, rows: list[Mapping[str, Any]]) -> Page:
    try:
        page = _bank_page.read(value)
        rows += _bank_page.kept(page.rows, account)
    except PageError as error:
        raise Retriable("bank.unreadable-statement", reason=str(error)) from None
    return page


def _once(entries: Sequence[Record], raw: bytes) -> list[Record]:
    try:
        return _account_entries.once(entries)
    except TwiceError as error:
        raise Rejected("bank.reference-twice", number=error.number).answered(raw) from None


def _record(asked: Asked, entries: Sequence[Record], today: date) -> Record:
    span = asked.since.isoformat(), asked.until.isoformat()
    found = [each for each in entries if span[0] <= each["booked_on"] <= span[1]]
    if len(found) > MOST:
        raise Rejected("bank.too-many-entries", count=len(found), most=MOST)
    found.sort(key=lambda each: (each["booked_on"], each["reference"]))
    told: dict[str, Any] = {"account": asked.account, "account_tail": tail(asked.account)}
    told |= {"since": span[0], "until": span[1], "complete": asked.until < today}
    told |= {"count": len(found), "total_fen": sum(map(_paid, found))}
    return told | ({"credits": [_without_account(each) for each in found]} if found else {})


def _paid(entry: Record) -> int:
    return 0 if entry["entry"] == RETURNED else int(entry["amount_fen"])


def _without_account(entry: Record) -> Record:
    return {name: value for name, value in entry.items() if name not in _OF_THE_ACCOUNT}
