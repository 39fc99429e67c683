"""The envelope of the insurance platform: what goes in, how it is signed, what comes back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import _insurance_envelope as wire

SENDER = wire.Sender("H32011700001", "溧水区示例医保经办中心", "320117", "ZHIDA", "hub", "中枢")
AT = datetime(2026, 1, 7, 16, 30, 5, tzinfo=UTC)
NAMES = [
    "infno",
    "msgid",
    "mdtrtarea_admvs",
    "insuplc_admdvs",
    "recer_sys_code",
    "dev_no",
    "dev_safe_info",
    "cainfo",
    "signtype",
    "infver",
    "opter_type",
    "opter",
    "opter_name",
    "inf_time",
    "fixmedins_code",
    "fixmedins_name",
    "sign_no",
    "input",
]


def _envelope(key: str = "k1", secret: str = "s") -> dict[str, Any]:
    question = wire.Question("9101", {"certno": "1", "psn_name": "张小直"}, "320117")
    return wire.envelope(question, SENDER, at=AT, effect_key=key, secret=secret)


def test_the_envelope_has_the_platform_s_fields_and_its_misspelling() -> None:
    envelope = _envelope()
    assert set(envelope) == set(NAMES)
    assert envelope["mdtrtarea_admvs"] == envelope["insuplc_admdvs"] == "320117"
    assert envelope["input"] == {"data": {"certno": "1", "psn_name": "张小直"}}


def test_times_are_china_time_whatever_the_clock_s_zone() -> None:
    assert _envelope()["inf_time"] == "2026-01-08 00:30:05"
    assert _envelope()["msgid"].startswith("HH32011700001" + "20260108003005")


def test_a_message_id_differs_with_the_effect_and_repeats_with_it() -> None:
    ids = {_envelope(f"k{number}")["msgid"] for number in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch(r"H[A-Z0-9]{12}[0-9]{18}", one) for one in ids)
    assert _envelope()["msgid"] == _envelope()["msgid"]


def test_the_signature_is_sm3_over_all_but_itself_and_the_input() -> None:
    envelope = _envelope()
    assert envelope["cainfo"] == wire.signature(envelope, "s")
    assert re.fullmatch(r"[0-9a-f]{64}", envelope["cainfo"])
    assert wire.signature({**envelope, "input": {}}, "s") == envelope["cainfo"]
    assert wire.signature({**envelope, "opter": "x"}, "s") != envelope["cainfo"]
    assert wire.signature(envelope, "t") != envelope["cainfo"]


def test_the_signature_agrees_with_the_openssl_command() -> None:
    # printf 'a=1&b=2&key=s' | openssl dgst -sm3
    expected = "2ca9bc32992c087c"
    assert wire.signature({"b": "2", "a": "1"}, "s").startswith(expected)


@pytest.mark.parametrize("code", [0, "0"])
def test_success_as_number_or_as_text(code: Any) -> None:
    told = wire.outcome({"infcode": code, "inf_refmsgid": "r1", "output": {"psn_no": "1"}})
    assert told == wire.Outcome(True, "", "r1", {"psn_no": "1"})


@pytest.mark.parametrize("code", [-1, "-1"])
@pytest.mark.parametrize("output", [{}, None])
def test_failure_as_number_or_as_text_with_the_platform_s_words(code: Any, output: Any) -> None:
    told = wire.outcome({"infcode": code, "err_msg": "重复参保", "output": output})
    assert (told.accepted, told.text) == (False, "重复参保")


def test_an_absent_output_is_an_empty_one() -> None:
    assert wire.outcome({"infcode": 0}).output == {}


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "0",
        {},
        {"infcode": "00"},
        {"infcode": None},
        {"infcode": True},
        {"infcode": 0, "output": "BASE64+SM4=="},
        {"infcode": 0, "output": [1]},
    ],
)
def test_anything_else_is_unreadable(body: Any) -> None:
    with pytest.raises(wire.UnreadableAnswerError):
        wire.outcome(body)


def test_insurances_come_as_a_list_as_one_object_or_not_at_all() -> None:
    row = {"psn_no": "1"}
    assert wire.insurances({"insuinfo": [row, row]}) == [row, row]
    assert wire.insurances({"insuinfo": row}) == [row]
    assert wire.insurances({"insuinfo": []}) == wire.insurances({}) == []
    for wrong in ("x", [1], 7):
        with pytest.raises(wire.UnreadableAnswerError):
            wire.insurances({"insuinfo": wrong})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["infcode", "output", "insuinfo", "err_msg"]), inner)
    ),
    max_leaves=8,
)


@given(JSON)
def test_any_json_is_an_outcome_or_unreadable(body: Any) -> None:
    try:
        wire.insurances(wire.outcome(body).output)
    except wire.UnreadableAnswerError:
        return
