"""Invented orders of small suppliers, and what a bank asks about one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.district import District
from sandbox.firms import BANKS, BUYER, SELLERS, Firm, Firms
from sandbox.lender import Lender
from sandbox.moments import china_time
from sandbox.office import Office
from sandbox.officers import Officers

CONTRACT = "HT-2026-01"
BANK = "bank-a"


def placed(number: str, firm: Firm) -> dict[str, str]:
    """An order over a million yuan, under way, as the core enterprise's system has it."""
    today = china_time("%Y-%m-%d")
    told = {"orderNo": number, "contractNo": CONTRACT, "amount": "1000000.00", "paid": "0.00"}
    told |= {"buyerCode": BUYER["uscc"], "buyerName": BUYER["name"]}
    told |= {"sellerCode": firm.uscc, "sellerName": firm.name, "assignable": "1"}
    told |= {"signDate": today, "stage": "生产中", "state": "执行中"}
    return told | {"confirmed": "1", "confirmDate": today}


def asked(number: str, letter: str, order: str, firm: Firm) -> dict[str, Any]:
    """A bank's request about it: half a million."""
    told: dict[str, Any] = {"number": number, "letter": letter, "order": order}
    told |= {"contract": CONTRACT, "buyer": dict(BUYER), "amount_fen": 50_000_000}
    told["seller"] = {"uscc": firm.uscc, "name": firm.name}
    return told | {"account": {"tail": "0001", "is_locked": True}}


def borrow(district: District, number: int) -> Mapping[str, Any]:
    """The ``number``-th order: placed, its firm's letter handed in, and asked about by a bank; what the bank was told."""
    secret, name = district.secrets["ca"], f"{number:04}"
    address = f"http://127.0.0.1:{district.ports['hub']['port']}"
    firm = Firms(district.directory, secret).firm(SELLERS[(number - 1) % len(SELLERS)])
    bank = Lender(district.directory, BANK, address, secret)
    order = f"PO-2026-{name}"
    district.system("core_enterprise").ask("POST", "/order", placed(order, firm))
    bank.hand_in(firm.letter(f"SQS-{name}", BANKS[BANK], order))
    return bank.ask(asked(f"SQ-{name}", f"SQS-{name}", order, firm))


def let_people_act(district: District) -> int:
    """The justice bureau's desk and the law firm do what waits for them in the OA; how many that was."""
    return Officers(district.system("oa").address, Office()).work()
