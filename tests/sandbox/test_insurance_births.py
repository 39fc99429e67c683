"""The insurance platform's part in a birth: premiums, expected children, stays and settlements."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from sandbox.books import Books
from sandbox.insurance_births import SCHEMA, Births
from sandbox.insurance_envelope import Refused

NUMBERS = count(1)
MOTHER = "320117199602140025"


@pytest.fixture
def births(tmp_path: Any) -> Births:
    return Births(Books(tmp_path / "books.sqlite", SCHEMA, effects="settlements"))


def _do(births: Births, name: str, **given: Any) -> Any:
    return births.actions[("POST", name)](given)


def _application(**changed: str) -> dict[str, str]:
    who = {"certno": MOTHER, "psn_name": "李小直", "brth_cert_no": "X320117001"}
    return {"msgid": "m", "evtsn": f"k{next(NUMBERS)}"} | who | changed


def test_a_premium_is_due_once_and_as_the_control_port_says(births: Births) -> None:
    births.enrolled("P1", MOTHER)
    assert births.premium("P1")["premium_amt"] == "400.00"
    assert births.premium("P2") == {}
    _do(births, "/premium", amount="")
    births.enrolled("P2", MOTHER)
    assert births.premium("P2") == {}


def test_an_expected_child_is_merged_once_while_its_number_is_good(births: Births) -> None:
    first = _do(births, "/expect", grd_certno=MOTHER)["psn_no"]
    _do(births, "/expect", grd_certno=MOTHER, until="2020-01-01")
    births.enrolled("P1", "320117199408080011")
    assert births.premium("P1"), "another's guardian"
    births.enrolled("P2", MOTHER)
    births.enrolled("P3", MOTHER)
    assert (births.premium("P2"), bool(births.premium("P3"))) == ({}, True)
    rows = {r["psn_no"]: r["merged_into"] for r in births.actions[("GET", "/expected")]({})}
    assert rows.pop(first) == "P2"
    assert list(rows.values()) == [""]


def test_without_a_stay_it_does_as_it_was_told(births: Births) -> None:
    with pytest.raises(Refused, match="未查询到"):
        births.does["9105"](_application())
    _do(births, "/no-stay", says="not-yet")
    with pytest.raises(Refused, match="尚未出院结算"):
        births.does["9105"](_application())
    _do(births, "/no-stay", says="wait")
    waiting = births.does["9105"](_application())
    assert waiting["stt"] == "0"
    _do(births, "/stay", certno=MOTHER, psn_name="李小直", fund_pay_sumamt="12.30")
    (found,) = births.does["9106"]({"evtsn": waiting["evtsn"]})["setlinfo"]
    assert (found["stt"], found["fund_pay_sumamt"]) == ("1", "12.30")


def test_it_does_not_know_a_repetition(births: Births) -> None:
    _do(births, "/stay", certno=MOTHER, psn_name="李小直", fund_pay_sumamt="12.30")
    asked = _application()
    numbers = {births.does["9105"](asked)["setl_id"] for _ in range(2)}
    assert len(numbers) == 2
    assert len(births.does["9106"]({"evtsn": asked["evtsn"]})["setlinfo"]) == 2
    span = {"begntime": "2020-01-01 00:00:00", "endtime": "2090-01-01 00:00:00"}
    listed = births.does["9107"](span | {"page_num": "1", "page_size": "1"})
    assert (listed["total"], len(listed["detail"])) == (2, 1)


@pytest.mark.parametrize("name", ["evtsn", "certno", "psn_name", "brth_cert_no"])
def test_what_is_missing_is_named(births: Births, name: str) -> None:
    with pytest.raises(Refused, match=name):
        births.does["9105"](_application(**{name: ""}))


def test_the_mother_s_name_must_be_that_of_her_stay(births: Births) -> None:
    _do(births, "/stay", certno=MOTHER, psn_name="李小直", fund_pay_sumamt="12.30")
    with pytest.raises(Refused, match="不一致"):
        births.does["9105"](_application(psn_name="李某"))
