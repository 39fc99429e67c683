"""What an answer comes to: only one that speaks of what was asked counts, in whatever encoding."""

from __future__ import annotations

from typing import Any

import pytest

from adapters import _generic_answer
from adapters._generic_plan import Reading
from adapters._generic_request import Sent
from exchange.errors import Rejected, Unknown
from exchange.ports import Reply

SENT = Sent("POST /x", "POST /x", {}, {"id": "A"})
READING = Reading.of(
    {
        "success": [{"at": "/code", "equals": 0}],
        "not_there": [{"at": "/code", "equals": 404}],
        "unknown": [{"at": "/code", "equals": 7}],
        "busy": [{"at": "/code", "equals": 8}],
        "refused": {"when": [{"at": "/code", "equals": 9}], "text": "/msg"},
        "same": {"/id": "/id"},
    },
    None,
)


def refusal(text: str, encoding: str = "utf-8") -> Rejected:
    return Rejected("wire.status-refused", status=400).answered(text.encode(encoding))


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("code", [0, 404, 8, 9])
def test_whatever_is_said_of_another_is_unknown(code: int) -> None:
    value: Any = {"code": code, "id": "B"}
    with pytest.raises(Unknown, match=r"generic\.answer-about-another"):
        _generic_answer.read(READING, Reply(b"", value), SENT, "act")
    told = _generic_answer.despite(READING, refusal(f'{{"code":{code},"id":"B"}}'), SENT, "act")
    assert isinstance(told, Unknown)
    assert told.code == "generic.answer-about-another"


@pytest.mark.parametrize("unsaid", [{}, {"id": None}, {"id": ""}, {"id": "A"}])
def test_a_refusal_need_not_repeat_what_it_refuses(unsaid: dict[str, Any]) -> None:
    with pytest.raises(Rejected, match=r"generic\.refused"):
        _generic_answer.read(READING, Reply(b"", {"code": 9, **unsaid}), SENT, "act")
    assert _generic_answer.read(READING, Reply(b"", {"code": 404, **unsaid}), SENT, "act") is None


@pytest.mark.parametrize("unsaid", [{}, {"id": ""}])
def test_a_success_must_say_whose_it_is(unsaid: dict[str, Any]) -> None:
    with pytest.raises(Unknown, match=r"generic\.answer-about-another"):
        _generic_answer.read(READING, Reply(b"", {"code": 0, **unsaid}), SENT, "act")


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030"])
def test_a_refusal_by_status_is_read_in_its_own_encoding(encoding: str) -> None:
    doubt = refusal('{"code": 7, "msg": "处理中"}', encoding)
    told = _generic_answer.despite(READING, doubt, SENT, "act")
    assert isinstance(told, Unknown)
    assert told.code == "generic.told-unknown"
    no = _generic_answer.despite(READING, refusal('{"code":9,"msg":"张"}', encoding), SENT, "act")
    assert isinstance(no, Rejected)
    assert no.reason == "张"


def test_what_is_no_text_at_all_leaves_the_wire_s_refusal() -> None:
    told = Rejected("wire.status-refused", status=400).answered(b"\xff\xff{")
    assert _generic_answer.despite(READING, told, SENT, "act") is told
