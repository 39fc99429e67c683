"""The insurance platform over its wire: envelope, signature, its many spellings of one answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import pytest

from sandbox import resident_id
from sandbox.district import District
from sandbox.handle import Handle

Call = Callable[..., dict[str, Any]]
CHILD = resident_id.compose("320117", "20260105", 1)


def _envelope(infno: str, data: dict[str, str], secret: str) -> dict[str, Any]:
    envelope: dict[str, Any] = {
        "infno": infno,
        "msgid": "H32011700000120260105090000" + "0001",
        "mdtrtarea_admvs": "320117",
        "insuplc_admdvs": "",
        "recer_sys_code": "HUB",
        "signtype": "SM3",
        "infver": "V1.0",
        "opter_type": "1",
        "opter": "hub",
        "opter_name": "直达",
        "inf_time": "2026-01-05 09:00:00",
        "fixmedins_code": "H32011700001",
        "fixmedins_name": "示例",
    }
    joined = "&".join(f"{name}={envelope[name]}" for name in sorted(envelope))
    signature = hashlib.new("sm3", f"{joined}&key={secret}".encode()).hexdigest()
    return envelope | {"cainfo": signature, "input": {"data": data}}


@pytest.fixture
def post(insurance: Handle) -> Call:
    def send(infno: str, body: bytes) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", insurance.port, timeout=10)
        connection.request("POST", f"/fsi/api/rsfComIfsService/callService/{infno}", body)
        answer = connection.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        connection.close()
        return told | {"http": answer.status}

    return send


@pytest.fixture
def call(post: Call, district: District) -> Call:
    def send(infno: str, data: dict[str, str], **changed: Any) -> dict[str, Any]:
        envelope = _envelope(infno, data, district.secrets["insurance"]) | changed
        return post(infno, json.dumps(envelope).encode())

    return send


def _child(certno: str = CHILD, **changed: str) -> dict[str, str]:
    data = {"psn_cert_type": "01", "certno": certno, "psn_name": "王小直", "gend": "1"}
    data |= {"naty": "01", "brdy": "2026-01-05", "insutype": "390", "insuplc_admdvs": "320117"}
    guardian = resident_id.compose("320117", "19960214", 2)
    return data | {"grd_certno": guardian, "grd_psn_name": "李小直"} | changed


def _who(call: Call, certno: str) -> dict[str, Any]:
    answer = call("1101", {"psn_cert_type": "01", "certno": certno, "psn_name": "王小直"})
    output: dict[str, Any] = answer["output"]
    return output


def test_an_enrolment_is_a_row_and_a_person_number(call: Call, insurance: Handle) -> None:
    answer = call("9101", _child())
    assert str(answer["infcode"]) == "0"
    row = insurance.books()[-1]
    assert answer["output"]["psn_no"] == row["psn_no"]
    assert (row["certno"], row["insutype"], row["insuplc_admdvs"]) == (CHILD, "390", "320117")


def test_the_same_enrolment_twice_is_two_rows(call: Call, insurance: Handle) -> None:
    before = len(insurance.books())
    first, second = call("9101", _child()), call("9101", _child())
    assert first["output"]["psn_no"] != second["output"]["psn_no"]
    assert len(insurance.books()) == before + 2


def test_infcode_comes_as_text_and_as_number(call: Call) -> None:
    assert {type(call("1101", {"certno": "x"})["infcode"]) for _ in range(2)} == {str, int}


def test_one_insurance_comes_as_an_object_and_as_a_list(call: Call) -> None:
    certno = resident_id.compose("320117", "20260106", 3)
    call("9101", _child(certno))
    assert {type(_who(call, certno)["insuinfo"]) for _ in range(2)} == {dict, list}


def test_two_insurances_come_as_a_list_and_the_day_with_spaces(call: Call) -> None:
    certno = resident_id.compose("320117", "20260107", 3)
    call("9101", _child(certno))
    call("9101", _child(certno))
    output = _who(call, certno)
    assert len(output["insuinfo"]) == 2
    assert output["baseinfo"]["brdy"] == "2026 - 01 - 05"


def test_nobody_is_found_as_empty_lists(call: Call) -> None:
    certno = resident_id.compose("320117", "20250101", 5)
    assert _who(call, certno) == {"baseinfo": {}, "insuinfo": []}


@pytest.mark.parametrize("cainfo", ["0" * 64, "wrong"])
def test_a_wrong_signature_is_refused(call: Call, insurance: Handle, cainfo: str) -> None:
    before = len(insurance.books())
    answer = call("9101", _child(), cainfo=cainfo)
    assert (str(answer["infcode"]), answer["err_msg"], answer["http"]) == ("-1", "验签失败", 200)
    assert len(insurance.books()) == before


@pytest.mark.parametrize("name", ["opter_name", "mdtrtarea_admvs", "inf_time"])
def test_a_parameter_changed_after_signing_is_noticed(call: Call, name: str) -> None:
    assert call("1101", {}, **{name: "changed"})["err_msg"] == "验签失败"


@pytest.mark.parametrize(
    "changed",
    [
        {"certno": "320117202601050010"},
        {"gend": "男"},
        {"naty": "57"},
        {"brdy": "20260105"},
        {"insutype": "310"},
        {"psn_cert_type": "111"},
        {"grd_psn_name": ""},
    ],
)
def test_bad_data_is_minus_one(call: Call, insurance: Handle, changed: dict[str, str]) -> None:
    before = len(insurance.books())
    answer = call("9101", _child(**changed))
    assert str(answer["infcode"]) == "-1"
    assert answer["err_msg"].startswith(next(iter(changed)))
    assert len(insurance.books()) == before


def test_refuse_gives_its_reason(call: Call, insurance: Handle) -> None:
    insurance.fault("refuse", operation="9101", reason="已在外地参保", times=1)
    assert call("9101", _child())["err_msg"] == "已在外地参保"
    assert str(call("9101", _child())["infcode"]) == "0"


@pytest.mark.parametrize("body", [b"", b"<xml/>", b"[]", b"{}", b"\xff"])
def test_no_envelope_is_minus_one_with_200(post: Call, body: bytes) -> None:
    answer = post("1101", body)
    assert (str(answer["infcode"]), answer["http"]) == ("-1", 200)


def test_another_number_than_the_address_says_is_refused(post: Call, district: District) -> None:
    envelope = _envelope("1101", {}, district.secrets["insurance"])
    assert post("9101", json.dumps(envelope).encode())["err_msg"] == "交易编号与地址不一致"


def test_an_unknown_interface_is_not_found(post: Call) -> None:
    assert post("9999", b"{}")["http"] == 404
