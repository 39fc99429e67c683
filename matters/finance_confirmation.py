"""Until when a buyer has by law to say whether it owes: public bodies and large firms within thirty days of being asked.

Regulation on Securing Payments to SMEs (保障中小企业款项支付条例, 2025), article 16 as the dossier has it. It does not
say that silence is a confirmation, so after the last day silence is told as what it is, with the article; of other
buyers nothing follows from it. Who a buyer is stands in the reviewed list of core enterprises; that it was asked is told
by the buyer itself, or else by the bank. The day of the asking does not count, and a last day of rest moves on
(民法典 article 203).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from exchange.ports import Scalar
from matters import terms
from matters.core_list import DUTIFUL, CoreList
from matters.durations import Duration
from matters.working_days import Holidays

ASKED = ("/order/confirmation_asked_on", "/request/confirmation_asked_on")
"""The buyer's own word first."""
BUYER = "/order/buyer/uscc"
_WHOSE = {ASKED[0]: "核心企业的系统", ASKED[1]: "银行告知"}


@dataclass(frozen=True, slots=True)
class Period:
    """It runs, or is over."""

    asked_on: date
    last: date
    by: str
    """Path of whose word it is that it was asked."""

    def text(self, source: str) -> str:
        """What follows from silence after its last day, in Chinese. ``source``: the law, as the file names it."""
        asked = (
            f"{self.asked_on}请求确认（{_WHOSE[self.by]}），最后一日{self.last}，没有确认也没有否认"
        )
        return f"{asked}。{source}"


def period(
    fields: Mapping[str, Scalar], core: CoreList | None, holidays: Holidays | None, days: int
) -> Period | None:
    """None: the law asks nothing of this buyer, or it is not known whether, since when, or until when.

    ``fields``: leaves of the papers that may be used, as ``/order/stage``.
    """
    firm = core.firms.get(str(fields.get(BUYER))) if core else None
    is_due = firm is not None and firm.term is not None and firm.kind in DUTIFUL
    told = next((path for path in ASKED if path in fields), None)
    if not is_due or told is None or holidays is None:
        return None
    asked = date.fromisoformat(str(fields[told]))
    due = terms.last_day(Duration(days, "day"), asked, holidays)
    return None if due.day is None or due.doubt else Period(asked, due.day, told)
