"""The companies' register with JSON of our own: on the spot or later, its codes, its refusals."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
import requests

from sandbox import uscc
from sandbox.district import District
from sandbox.handle import Handle

NUMBERS = count(1)


@pytest.fixture
def market(district: District) -> Handle:
    return district.system("market")


def ask(market: Handle, path: str, body: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = requests.post(
        f"{market.address}/ent/{path}", json=body, timeout=10
    ).json()
    return told


def application(**changed: Any) -> dict[str, Any]:
    number = next(NUMBERS)
    place = {"districtCode": "320117", "dom": f"示例路{number}号"}
    what = {"opScope": "食品销售；餐饮服务", "scopeItems": ["食品销售", "餐饮服务"]}
    who = {"leRep": "钱示例", "certType": "01", "certNo": "11010519491231002X"}
    papers = {"regCap": "50.000000", "charterNo": "ZC20260001", "applyDate": "2026-11-26"}
    named = {"applyNo": f"MC{number:010}", "entName": f"示例{number}公司"}
    return {"serialNo": f"{number:032x}", **named, **place, **what, **who, **papers} | changed


def test_a_company_is_registered_with_a_code_of_its_own(market: Handle) -> None:
    asked = application()
    told = ask(market, "register", asked)
    assert (told["code"], told["data"]["applyNo"]) == ("0", asked["applyNo"])
    assert uscc.is_valid(told["data"]["uniscid"])
    assert ask(market, "query", {"serialNo": asked["serialNo"]})["data"] == told["data"]


def test_a_repetition_is_another_request_and_its_name_is_taken(market: Handle) -> None:
    asked = application()
    assert ask(market, "register", asked)["code"] == "0"
    assert ask(market, "register", asked | {"serialNo": "f" * 32})["code"] == "1001"


def test_what_is_complicated_waits_until_somebody_decides(market: Handle) -> None:
    yes, no = application(), application()
    for asked in (yes, no):
        market.ask("POST", "/slow", {"applyNo": asked["applyNo"]})
        assert ask(market, "register", asked)["code"] == "2001"
    market.ask("POST", "/finish", {"applyNo": yes["applyNo"]})
    market.ask("POST", "/finish", {"applyNo": no["applyNo"], "reason": "不符合规定"})
    assert ask(market, "query", {"serialNo": yes["serialNo"]})["code"] == "0"
    assert ask(market, "query", {"serialNo": no["serialNo"]})["msg"] == "不符合规定"


@pytest.mark.parametrize(
    "changed",
    [{"regCap": "50"}, {"certNo": "110105194912310021"}, {"districtCode": "320114"},
     {"scopeItems": ["食品销售"]}, {"serialNo": "1"}],
)  # fmt: skip
def test_what_makes_no_sense_is_our_own_mistake(market: Handle, changed: dict[str, Any]) -> None:
    assert ask(market, "register", application(**changed))["code"] == "4000"


def test_an_address_may_be_another_company_s(market: Handle) -> None:
    market.ask("POST", "/occupy", {"dom": "旧址1号"})
    for dom, used in (("旧址1号", "1"), ("新址1号", "0")):
        asked = {"applyNo": "MC0000000001", "districtCode": "320117", "dom": dom}
        assert ask(market, "premises", asked)["data"]["inUse"] == used


def test_an_unknown_serial_number_is_surely_not_there(market: Handle) -> None:
    assert ask(market, "query", {"serialNo": "0" * 32})["code"] == "404"
