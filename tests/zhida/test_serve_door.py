"""The door: who may ask what, how often, and what is told when something goes wrong."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.http_message import Request, Response
from exchange.errors import Fatal, Forbidden, Invalid, Problem, Retriable, Unknown, ZhidaError
from exchange.limits import rate
from zhida.serve_clients import Clients
from zhida.serve_door import HubDoor
from zhida.serve_file import Client, Settings
from zhida.serve_route import Call, Route, Told

SECRET = "320124199001010000"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Desk:
    """A door with one route that answers, or raises, what a test says."""

    def __init__(self, *, without_tls: bool = False) -> None:
        self.clock, self.calls, self.error = Clock(), list[Call](), None
        self.ill: ZhidaError | None = None
        portal = Client(
            "portal", "门户", "portal", frozenset({"ask"}), rate("20 per second"), "CN1"
        )
        robot = Client("robot", "小雨", "portal", frozenset({"tell"}), rate("1 per hour"), "CN2")
        settings = Settings("x", {"portal": portal, "robot": robot}, without_tls=without_tls)
        tokens = {"portal": "p" * 32, "robot": "r" * 32} if without_tls else {}
        self.error: Exception | None = None
        route = Route("GET", "/firms/{uscc}", "ask", self._answer)
        self.door = HubDoor(Clients(settings, tokens, self.clock), [route], self._look)

    def _answer(self, call: Call) -> Told:
        self.calls.append(call)
        if self.error:
            raise self.error
        return Told({"found": call.path["uscc"]}, headers={"X-A": "1"})

    def _look(self) -> None:
        if self.ill:
            raise self.ill

    def ask(self, target: str = "/firms/91A", name: str = "CN1", **headers: str) -> Response:
        return self.door.answer(Request("GET", target, headers, common_name=name))


def told(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.body)
    return found


def test_a_client_gets_its_answer_with_the_request_s_id() -> None:
    desk = Desk()
    found = desk.ask()
    assert (found.status, told(found)) == (200, {"found": "91A"})
    assert found.headers == {"X-Request-Id": desk.calls[0].id, "X-A": "1"}
    assert (desk.calls[0].client.unit, len(desk.calls[0].id)) == ("portal", 32)


@pytest.mark.parametrize("name", ["", "CN3", "portal"])
def test_a_certificate_that_is_nobody_s_is_no_client(name: str) -> None:
    desk = Desk()
    found = desk.ask(name=name)
    assert (found.status, told(found)["code"]) == (403, "serve.unknown-client")
    assert desk.calls == []


def test_a_client_may_only_what_is_allowed() -> None:
    desk = Desk()
    found = desk.ask(name="CN2")
    assert (found.status, told(found)["code"]) == (403, "serve.right")
    assert desk.calls == []


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", f"Basic {'p' * 32}", f"Bearer {'p' * 31}", "Bearer 令牌"]
)
def test_without_tls_only_a_token_opens(header: str) -> None:
    desk = Desk(without_tls=True)
    found = desk.ask(name="CN1", authorization=header)
    assert (found.status, told(found)["code"]) == (401, "serve.no-token")
    assert found.headers["WWW-Authenticate"] == "Bearer"
    assert desk.ask(name="", authorization=f"bearer {'p' * 32}").status == 200
    assert len(desk.calls) == 1


def test_who_asks_too_often_waits_and_the_others_do_not() -> None:
    desk = Desk()
    assert desk.ask(name="CN2").status == 403
    found = desk.ask(name="CN2")
    assert (found.status, told(found)["code"]) == (429, "serve.too-many")
    assert found.headers["Retry-After"] == "3600"
    assert desk.ask().status == 200
    desk.clock.now += timedelta(hours=1)
    assert desk.ask(name="CN2").status == 403


def test_no_more_than_agreed_in_any_second() -> None:
    desk, taken = Desk(), 0
    for _ in range(200):
        taken += desk.ask().status == 200
        desk.clock.now += timedelta(milliseconds=5)
    assert 18 <= taken <= 21


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (
            Forbidden("agreement.none", provider="a", receiver="b", document="c", purpose="d"),
            403,
            {},
        ),
        (Invalid("canonical.not-json"), 400, {}),
        (Invalid("shape.missing", path="/a"), 422, {}),
        (Retriable("store.unavailable", reason="x"), 503, {"Retry-After": "2"}),
        (Unknown("wire.lost", peer="x"), 503, {"Retry-After": "2"}),
        (Fatal("vault.bucket-gone", bucket="b"), 500, {}),
    ],
)
def test_an_error_is_told_by_what_the_caller_must_do(
    error: ZhidaError, status: int, headers: dict[str, str]
) -> None:
    desk = Desk()
    desk.error = error
    found = desk.ask()
    assert (found.status, found.content_type) == (status, "application/problem+json")
    assert dict(found.headers) == {"X-Request-Id": desk.calls[0].id, **headers}
    body = told(found)
    assert body["request"] == desk.calls[0].id
    assert body["status"] == status
    assert all(body[name] for name in ("title", "detail", "title_en", "detail_en"))
    assert body["title"] != body["title_en"]


def test_every_problem_is_told_at_once_with_its_place() -> None:
    desk = Desk()
    desk.error = Invalid.of([Problem("shape.missing", {"path": p}) for p in ("/a", "/b")])
    body = told(desk.ask())
    assert [each["path"] for each in body["problems"]] == ["/a", "/b"]


def test_a_fault_of_ours_is_told_without_its_facts(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    caplog.set_level(logging.INFO, "zhida.serve_door")
    desk.error = Fatal("site.no-key", file="/srv/secret/hub.key")
    body = told(desk.ask())
    assert body["code"] == "serve.out-of-order"
    assert "hub.key" not in json.dumps(body)
    assert "code=site.no-key" in caplog.text
    desk.error = Forbidden("key.lapsed", kid="k1", reason="key.withdrawn")
    lapsed = desk.ask()
    assert (lapsed.status, told(lapsed)["code"]) == (500, "serve.out-of-order")
    assert "withdrawn" not in lapsed.body.decode()
    assert "code=key.lapsed" in caplog.text


def test_the_log_tells_who_and_by_which_route_and_not_about_whom(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()
    caplog.set_level(logging.INFO, "zhida.serve_door")
    desk.ask(f"/firms/{SECRET}", authorization=f"Bearer {SECRET}")
    desk.ask(f"/nothing/{SECRET}")
    desk.clock.now += timedelta(seconds=1)
    desk.ask(f"/firms/{SECRET}?{SECRET}=1")
    desk.door.refuse(Retriable("http.slow", seconds=1))
    assert SECRET not in caplog.text
    assert "client=portal route=GET /firms/{uscc} status=200" in caplog.text
    assert "client=portal route=- status=404 code=serve.no-route" in caplog.text
    assert len(caplog.records) == 4


def test_health_needs_no_client_and_tells_what_the_store_says() -> None:
    desk = Desk()
    assert desk.ask("/health", name="").status == 200
    desk.ill = Retriable("store.unavailable", reason="x")
    assert desk.ask("/health", name="").status == 503
    assert desk.door.answer(Request("POST", "/health", {})).status == 403
