"""What a bank is given to try its client: a firm's letter and a request for each situation, with what there is to know.

The orders lie in the core enterprise's own system; nothing about them is made up at the endpoint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.district import District
from sandbox.firms import BANKS, BUYER, SELLERS, Firms
from sandbox.moments import china_time

BANK = "bank-a"
AMOUNT = 50_000_000
ORDER, REQUEST = "PO-KIT-", "SQ-"
"""How numbers begin."""
SITUATIONS: Mapping[str, str] = {
    "clean": "什么都顺利：结果完整、没有不符。验过签名就告知放款（/finance/loans），以后取贷后事件、对账。",
    "lost": "申请发出后，答复在路上丢了。",
    "slow": "有一家答得慢：先得到不完整的答复（202）。",
    "busy": "中枢先答 429。",
    "conflict": "这个申请编号已经用过，内容不同：答 409。",
    "forged": "第一次给的结果被人改过，签名不对；真的结果有一项不符。",
}
"""Name → what will happen."""
_DATASETS = ("order", "registry")
"""What is known at once: nobody has to do anything in an OA."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One of them, as the bank is given it."""

    name: str
    text: str
    letter: str
    """The JWS that the firm has signed."""
    number: str
    """Of the letter, chosen by the firm."""
    request: Mapping[str, Any]

    def told(self) -> dict[str, Any]:
        """For the bank's file."""
        given = {"situation": self.name, "text": self.text, "letter": self.letter}
        return {**given, "request": dict(self.request)}


def make(district: District, run: str = "") -> list[Situation]:
    """All of them; their orders are placed. ``run``: behind every number, where it is not the district's first."""
    firms = Firms(district.directory, district.secrets["ca"])
    return [
        _situation(district, firms, (name, run), SELLERS[place])
        for place, name in enumerate(SITUATIONS)
    ]


def _situation(
    district: District, firms: Firms, named: tuple[str, str], seller: Mapping[str, str]
) -> Situation:
    """Each of its own seller, so that none speaks for another."""
    name, run = named
    order, number = f"{ORDER}{name}{run}", f"SQS-{name}{run}"
    place(district, order, seller)
    letter = firms.firm(seller).letter(
        number, BANKS[BANK], order, datasets=list(_DATASETS), max_uses=100
    )
    request = {
        "number": f"{REQUEST}{name}{run}",
        "letter": number,
        "order": order,
        "contract": "HT-2026-01",
    }
    parties = {"buyer": dict(BUYER), "seller": dict(seller), "amount_fen": AMOUNT}
    account = {"account": {"tail": "0001", "is_locked": name != "forged"}}
    return Situation(name, SITUATIONS[name], letter, number, {**request, **parties, **account})


def place(district: District, order: str, seller: Mapping[str, str], **changed: str) -> None:
    """The core enterprise's order; again: what has changed in it."""
    told = {"orderNo": order, "contractNo": "HT-2026-01", "amount": "1000000.00"}
    told |= {"buyerCode": BUYER["uscc"], "buyerName": BUYER["name"], "paid": "0.00"}
    told |= {"sellerCode": seller["uscc"], "sellerName": seller["name"], "assignable": "1"}
    told |= {"signDate": china_time("%Y-%m-%d"), "stage": "生产中", "state": "执行中"}
    told |= {"confirmed": "1", "confirmDate": china_time("%Y-%m-%d")}
    district.system("core_enterprise").ask("POST", "/order", told | changed)


def make_late(district: District) -> None:
    """The next two who are asked for registrations answer after the bank has had its answer."""
    late = {"seconds": 4.0, "stage": "before", "times": 2}
    district.system("standings").fault("slow", **late)


def change(district: District, run: str = "") -> None:
    """What happens after the loan of ``clean``: the order is changed, its seller gets into the list of abnormal firms."""
    place(district, f"{ORDER}clean{run}", SELLERS[0], amount="900000.00", stage="已交付")
    told = {"holder": "registry", "uscc": SELLERS[0]["uscc"], "abnormal": "1"}
    district.system("standings").ask("POST", "/standing", told)
