"""Which route a request means, and what it says in its path and query."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.http_message import Request
from exchange.errors import Invalid, Rejected, ZhidaError
from zhida import serve_route
from zhida.serve_route import Call, Route, Told


def _answer(_: Call) -> Told:
    return Told({})


ALL = Route("GET", "/enterprises/{uscc}/policies", "policies", _answer, frozenset({"on"}))
ONE = Route("GET", "/enterprises/{uscc}/policies/{policy}/explain", "explain", _answer)
APPLY = Route("POST", "/grants/applications", "apply", _answer)
ASK = Route("GET", "/grants/applications", "apply", _answer)
ROUTES = (ALL, ONE, APPLY, ASK)


def find(target: str, method: str = "GET") -> tuple[Route, dict[str, str], dict[str, str]]:
    return serve_route.find(ROUTES, Request(method, target, {}))


def test_the_names_of_a_path_are_decoded() -> None:
    route, names, query = find("/enterprises/91A/policies/%E7%A8%B3%E5%B2%97/explain")
    assert (route, names, query) == (ONE, {"uscc": "91A", "policy": "稳岗"}, {})


def test_one_path_may_have_several_methods() -> None:
    assert find("/grants/applications")[0] is ASK
    assert find("/grants/applications", "POST")[0] is APPLY
    with pytest.raises(Rejected, match=r"serve\.method") as told:
        find("/grants/applications", "DELETE")
    assert told.value.facts == {"allowed": "GET, POST"}


def test_the_query_has_known_names_once() -> None:
    assert find("/enterprises/1/policies?on=2026-05-01")[2] == {"on": "2026-05-01"}
    for query in ("no=1", "on=1&on=2", "on", "on=%ff", "&"):
        with pytest.raises(Invalid, match=r"serve\.query"):
            find(f"/enterprises/1/policies?{query}")


@pytest.mark.parametrize(
    "target",
    [
        "/", "", "*", "/enterprises", "/enterprises//policies", "/enterprises/1/policies/",
        "/enterprises/a%2Fb/policies", "/enterprises/%00/policies", "/enterprises/%FF/policies",
        "/enterprises/1/../policies", "//enterprises/1/policies", "/Enterprises/1/policies",
        f"/enterprises/{'a' * 129}/policies", "http://x/enterprises/1/policies",
    ],
)  # fmt: skip
def test_what_is_nearly_a_route_is_none(target: str) -> None:
    with pytest.raises(Rejected, match=r"serve\.no-route"):
        find(target)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
def test_any_target_is_a_route_or_told(target: str) -> None:
    for path in (target, f"/enterprises/{target}"):
        try:
            route, names, _ = find(path)
        except ZhidaError as error:
            assert error.code in {"serve.no-route", "serve.query"}
        else:
            assert route in ROUTES
            assert all(names.values())


@pytest.mark.parametrize("body", [b"", b"{", b'{"a":1.5}', b'{"a":null}', b'{"a":1,"a":2}'])
def test_a_body_that_has_two_meanings_has_none(body: bytes) -> None:
    call: Any = Call("1", None, body=body)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        call.json()
