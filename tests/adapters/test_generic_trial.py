"""A tried sample comes to what the same answer would really come to, whatever the sample is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import _generic_plan
from adapters._generic_system import Generic
from adapters._generic_trial import Trial, leaves
from connectors.memory import Memory
from exchange.errors import Invalid, ZhidaError
from exchange.ports import Answer, Endpoint, Reply

SUCCESS = [{"at": "/code", "equals": "0"}, {"at": "/data/id", "present": True}]
TOLD: dict[str, Any] = {
    "title": "办理",
    "needs": {"a": "citizen-id"},
    "identity": ["a/citizen_id"],
    "call": "POST /x",
    "answer": {
        "success": SUCCESS,
        "refused": {"when": [{"at": "/code", "equals": 1}], "text": "/msg", "code": "/code"},
        "busy": [{"at": "/msg", "matches": ".*忙.*"}],
        "login": [{"at": "/code", "equals": 4}],
        "unknown": [{"at": "/code", "equals": 9}],
        "unwrap": [{"at": "/data", "as": "json"}],
        "reference": "/data/id",
        "same": {"/idno": "/nothing"},
    },
    "probe": {"call": "POST /x", "there": SUCCESS, "not_there": [{"at": "/code", "equals": 2}]},
}
PLAN = _generic_plan.plan("act", TOLD, Endpoint(""))
WIRE = Memory({})
VALUES = st.sampled_from([0, 1, 2, 4, 9, "0", "系统忙", None, [], '{"id": "7"}', "{", "x"])
ANSWERS = st.recursive(
    VALUES,
    lambda inner: st.dictionaries(
        st.sampled_from(["code", "msg", "data", "id", "idno"]), inner, max_size=5
    ),
    max_leaves=8,
)


def trial(sample: bytes, *, probe: bool = False) -> Trial:
    adapter = Generic(WIRE, {"act": PLAN})
    return adapter.rehearse(adapter.prepare("act", {"a": {}}, "k"), sample, probe=probe)


def real(value: Any, *, probe: bool) -> Any:
    adapter = Generic(Memory({"POST /x": lambda _: Reply(b"", value)}), {"act": PLAN})
    prepared = adapter.prepare("act", {"a": {}}, "k")
    try:
        return adapter.probe(prepared) if probe else adapter.submit(prepared)
    except ZhidaError as error:
        return error


def told(outcome: Any) -> Any:
    if isinstance(outcome, ZhidaError):
        return (outcome.code, outcome.facts)
    return (outcome.reference, outcome.waiting) if isinstance(outcome, Answer) else outcome


@settings(max_examples=500, deadline=None)
@given(ANSWERS, st.booleans())
def test_it_comes_to_what_the_answer_would(value: Any, probe: bool) -> None:
    found = trial(json.dumps(value).encode(), probe=probe)
    if found.answer is not None and (probe or not _is_inner(value)):
        assert told(found.outcome) == told(real(value, probe=probe))
    for name, tests in found.rules.items():
        if name == found.verdict:
            assert all(test.holds for test in tests)


def _is_inner(value: Any) -> bool:
    """The sample has nothing where ``unwrap`` reads: it is taken for what stands there."""
    return not isinstance(value, dict) or value.get("data") is None


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=80) | st.text(max_size=40).map(str.encode), st.booleans())
def test_no_sample_breaks_it(sample: bytes, probe: bool) -> None:
    try:
        found = trial(sample, probe=probe)
    except Invalid as error:
        assert error.code == "generic.sample"
    else:
        assert not isinstance(found.outcome, Answer)


@pytest.mark.parametrize("sample", [b"[" * 100_000, b'{"a":' * 100_000, b"<a>" * 100_000, b""])
def test_a_sample_without_end_is_told_too(sample: bytes) -> None:
    found = trial(sample)
    assert isinstance(found.outcome, ZhidaError)


def test_the_inner_text_alone_is_enough() -> None:
    found = trial(b'{"id": "7"}')
    assert found.answer is not None
    assert found.answer.value == {"data": {"id": "7"}}


def test_leaves_of_a_deep_answer_are_listed() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    assert [value for _, value in leaves(deep)] == [1]
