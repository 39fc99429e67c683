"""A core enterprise's orders: told to who names both parties, changes counted, questions written down."""

from __future__ import annotations

from typing import Any

import requests

from sandbox.district import District
from sandbox.handle import Handle

ORDER = {
    "orderNo": "PO-1",
    "buyerCode": "B",
    "sellerCode": "S",
    "amount": "10.00",
    "state": "执行中",
}


def ask(system: Handle, path: str, **body: str) -> dict[str, Any]:
    answer = requests.post(f"{system.address}/open/{path}", json=body, timeout=10)
    found: dict[str, Any] = answer.json()
    return found


def test_an_order_is_told_to_who_knows_both_parties(district: District) -> None:
    system = district.system("core_enterprise")
    asked = {"orderNo": "PO-1", "buyerCode": "B", "sellerCode": "S"}
    assert ask(system, "order", **asked)["code"] == "4040"
    system.ask("POST", "/order", ORDER)
    assert ask(system, "order", **asked)["data"] == ORDER | {"changes": "0"}
    assert ask(system, "order", **{**asked, "sellerCode": "other"})["code"] == "4040"
    assert ask(system, "order", orderNo="PO-1")["code"] == "4000"
    system.ask("POST", "/order", {"orderNo": "PO-1", "state": "已取消"})
    told = ask(system, "order", **asked)["data"]
    assert (told["state"], told["changes"], told["amount"]) == ("已取消", "1", "10.00")
    assert len(system.books()) == 5


def test_a_delivery_is_what_was_put_in_last(district: District) -> None:
    system = district.system("core_enterprise")
    assert ask(system, "delivery", orderNo="PO-2")["code"] == "4040"
    told = {"orderNo": "PO-2", "arrived": "1", "accepted": "0", "slip": "YD", "date": "2026-02-01"}
    for accepted in ("0", "1"):
        system.ask("POST", "/delivery", told | {"accepted": accepted})
        assert ask(system, "delivery", orderNo="PO-2")["data"]["accepted"] == accepted
