"""No answer whatsoever is success unless the success rule holds, and holds alone."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import _generic_plan, _generic_rules, generic
from adapters._generic_rules import holds, verdict
from adapters._generic_system import Generic
from connectors.memory import Memory
from exchange.errors import ZhidaError
from exchange.ports import Answer, Endpoint, Reply

SUCCESS = [{"at": "/code", "equals": "0"}, {"at": "/data/id", "present": True}]
RULES = {
    "success": SUCCESS,
    "refused": [{"at": "/code", "one_of": ["1", "2"]}],
    "busy": [{"at": "/msg", "matches": ".*繁忙.*"}],
    "ours": [{"at": "/code", "equals": "9001"}],
}
OPTIONS: dict[str, Any] = {
    "wire": "rest",
    "operations": {
        "act": {
            "title": "办理",
            "needs": {"a": "citizen-id"},
            "identity": ["a/citizen_id"],
            "idempotence": "none",
            "call": "POST /x",
            "answer": {
                "success": SUCCESS,
                "refused": {"when": RULES["refused"], "text": "/msg", "code": "/code"},
                "busy": RULES["busy"],
                "unwrap": [{"at": "/data", "as": "json"}],
                "reference": "/data/id",
            },
        }
    },
}

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["0", "1", "2", 0, 1, "", " ", "系统繁忙", "N1", '{"id": "7"}', "{", "null"]),
)
ANSWERS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["code", "msg", "data", "id", "x"]), inner, max_size=4),
    ),
    max_leaves=12,
) | st.fixed_dictionaries(
    {"code": SCALARS},
    optional={"msg": SCALARS, "data": SCALARS | st.fixed_dictionaries({"id": SCALARS})},
)


PLANS = {"act": _generic_plan.plan("act", OPTIONS["operations"]["act"], Endpoint(""))}


def adapter_of(answer: Any) -> Generic:
    return Generic(Memory({"POST /x": lambda _: Reply(b"?", answer)}), PLANS)


def test_the_options_are_without_mistakes() -> None:
    assert generic.mistakes(OPTIONS, None) == []


@settings(max_examples=1500, deadline=None)
@given(ANSWERS)
def test_no_answer_is_success_unless_its_rule_holds(answer: Any) -> None:
    adapter = adapter_of(answer)
    try:
        told: Any = adapter.submit(adapter.prepare("act", {"a": {}}, "k" * 32))
    except ZhidaError as error:
        told = error
    if not isinstance(told, Answer):
        return
    assert isinstance(answer, dict)
    assert str(answer["code"]).strip() == "0"
    data = answer["data"]
    if isinstance(data, str):
        data = json.loads(data, parse_float=Decimal)
    assert data["id"] not in (None, "")
    assert not isinstance(data["id"], str) or data["id"].strip()
    assert "繁忙" not in str(answer.get("msg")) or not isinstance(answer["msg"], str)


def test_the_success_that_it_is_about_does_occur() -> None:
    adapter = adapter_of({"code": 0, "data": '{"id": "7"}'})
    assert adapter.submit(adapter.prepare("act", {"a": {}}, "k")).reference == "7"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"code": "0", "data": {"id": "N"}}, "success"),
        ({"code": 0, "data": {"id": 7}}, "success"),
        ({"code": "0", "data": {"id": "N"}, "msg": "系统繁忙"}, "contradictory"),
        ({"code": "00", "data": {"id": "N"}}, ""),
        ({"code": 0.0, "data": {"id": "N"}}, ""),
        ({"code": "0"}, ""),
        ({"code": "1"}, "refused"),
        ({"code": "1", "msg": "繁忙"}, "busy"),
        ({"code": 9001}, "ours"),
        ({"code": 9001, "msg": "系统繁忙"}, "ours"),
        ({"code": True}, ""),
        ({"code": ["0"], "data": {"id": "N"}}, ""),
        (None, ""),
        ("0", ""),
        ([], ""),
        (b"0", ""),
    ],
)
def test_verdicts(answer: Any, expected: str) -> None:
    assert verdict(RULES, answer) == expected


def test_an_unknown_by_rule_outweighs_all() -> None:
    rules = RULES | {"unknown": [{"at": "/msg", "matches": "处理中"}]}
    assert verdict(rules, {"code": "0", "data": {"id": "N"}, "msg": "处理中"}) == "unknown"
    assert verdict(rules, {"code": "1", "msg": "处理中"}) == "unknown"


def test_long_texts_match_nothing() -> None:
    tests = [{"at": "/msg", "matches": ".*"}]
    assert holds(tests, {"msg": "a" * _generic_rules.LONGEST})
    assert not holds(tests, {"msg": "a" * (_generic_rules.LONGEST + 1)})


def test_a_part_of_a_text_does_not_match() -> None:
    tests = [{"at": "/msg", "matches": "成功"}]
    assert holds(tests, {"msg": "成功"})
    assert not holds(tests, {"msg": "不成功"})
    assert holds(tests, {"msg": "\n 成功\n"}), "line ends around it are the XML's, not the text's"


def test_empty_is_a_list_and_nothing_else() -> None:
    tests = [{"at": "", "empty": True}]
    assert [holds(tests, value) for value in ([], (), {}, None, "", [1])] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


def test_no_tests_hold_for_nothing() -> None:
    assert not holds([], {"code": "0"})
