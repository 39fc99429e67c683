"""What is sent: in the charset that the peer reads, and shown to nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from adapters import _generic_plan, generic
from adapters._generic_plan import Message
from adapters._generic_request import built
from adapters._generic_system import Asked
from exchange.errors import Invalid
from exchange.ports import Endpoint, Prepared

TOLD = {
    "title": "查询",
    "effect": False,
    "call": "GET /q?xm={/xm}",
    "constants": {"/xm": "张"},
    "answer": {"success": [{"at": "/code", "equals": "0"}]},
}


def called(charset: str, value: str = "张") -> str:
    plan = _generic_plan.plan("ask", TOLD | {"constants": {"/xm": value}}, Endpoint(""), charset)
    return built(plan.request, {}, "k").call


def test_a_value_in_the_address_is_written_in_the_wire_s_charset() -> None:
    assert called("utf-8") == "GET /q?xm=%E5%BC%A0"
    assert called("gbk") == "GET /q?xm=%D5%C5"
    assert called("gb18030", "㛃") == "GET /q?xm=%820%B71"


def test_what_the_charset_lacks_is_told_with_its_place() -> None:
    with pytest.raises(Invalid) as caught:
        called("gbk", "㛃")
    (problem,) = caught.value.problems
    assert (problem.code, dict(problem.facts)) == (
        "rest.not-encodable",
        {"path": "/xm", "charset": "gbk"},
    )


@pytest.fixture
def opened() -> Iterator[Callable[..., generic.Generic]]:
    made = []

    def one(**settings: Any) -> generic.Generic:
        options = {"wire": "rest", "settings": settings, "operations": {"ask": TOLD}}
        made.append(generic.open_system(options, Endpoint("http://127.0.0.1:9")))
        return made[-1]

    yield one
    for each in made:
        each.close()


def test_the_charset_is_the_wire_s(opened: Callable[..., generic.Generic]) -> None:
    assert opened(charset="gbk").prepare("ask", {}, "k").body.request.call.endswith("%D5%C5")
    assert opened().prepare("ask", {}, "k").body.request.call.endswith("%E5%BC%A0")


@pytest.mark.guarantee("G8")
def test_a_prepared_call_prints_as_the_site_wrote_it() -> None:
    message = Message(
        call="POST /person/{/name}",
        constants={"/name": "张小直", "/id": "320117202601050015"},
        credentials={"/password": "S3cret"},
    )
    sent = built(message, {}, "k")
    assert sent.body["password"] == "S3cret"
    shown = repr(Prepared("act", "k", Asked(sent, sent)))
    assert "POST /person/{/name}" in shown
    for secret in ("S3cret", "张小直", "%E5%BC%A0", "320117202601050015"):
        assert secret not in shown
