"""The owners' platform: it tells in pages, takes what is well-formed, and counts everything it did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests

from connectors.wires import wire
from exchange.ports import Endpoint
from sandbox.buildings import building
from sandbox.district import District
from sandbox.handle import BadAction, Handle
from sandbox.moments import china_time

NUMBER, CODE = "YS-20260105-0123456789AB", "2024-320111-47-01-100001"
SM3 = "ab" * 32


@pytest.fixture
def platform(district: District) -> Iterator[Handle]:
    yield district.system("acceptance_platform")
    district.system("acceptance_platform").clear()


def ask(platform: Handle, path: str, body: dict[str, Any]) -> dict[str, Any]:
    url = f"{platform.address}/open/{path}"
    told: dict[str, Any] = requests.post(url, json=body, timeout=10).json()
    return told


def plan(**changed: Any) -> dict[str, Any]:
    told = {
        "serialNo": uuid4().hex,
        "acceptanceNo": NUMBER,
        "projectCode": CODE,
        "date": "2026-01-05",
    }
    return told | {"buildingNo": "1", "items": "a 甲\nb 乙", "materials": "c 丙"} | changed


def paper(**changed: Any) -> dict[str, Any]:
    told = {"serialNo": uuid4().hex, "paperNo": f"{NUMBER}/opinion", "acceptanceNo": NUMBER}
    told |= {
        "projectCode": CODE,
        "buildingNo": "1",
        "title": "意见书",
        "receiptNo": "YZ1",
        "sm3": SM3,
    }
    return told | {"time": "2026-02-02 09:00:00"} | changed


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("plan", plan(acceptanceNo="YS-1")),
        ("plan", plan(materials="")),
        ("plan", plan(projectCode="320111")),
        ("plan", plan(date="2026-02-30")),
        (
            "verdict",
            {"serialNo": uuid4().hex, "eventNo": "T", "acceptanceNo": NUMBER, "accepted": "是"},
        ),
        ("paper/deliver", paper(sm3="AB")),
        ("paper/collect", paper(receiptNo="")),
        ("paper/collect", paper(serialNo="1")),
    ],
)
def test_what_is_not_in_order_is_not_taken(
    platform: Handle, path: str, given: dict[str, Any]
) -> None:
    assert ask(platform, path, given)["code"] == "4001"
    assert all(row["serialNo"] != given["serialNo"] for row in platform.books())


def test_what_is_sent_twice_is_there_twice_and_known_by_its_serial_number(platform: Handle) -> None:
    given = plan()
    assert ask(platform, "query", {"serialNo": given["serialNo"]})["code"] == "4040"
    for _ in range(2):
        taken = ask(platform, "plan", given)
        assert taken["code"] == "0"
    found = ask(platform, "query", {"serialNo": given["serialNo"]})
    assert found["data"] == taken["data"]
    assert found["data"]["acceptanceNo"] == NUMBER
    assert sum(row["serialNo"] == given["serialNo"] for row in platform.books()) == 2


def test_its_books_are_listed_by_kind_and_time(platform: Handle) -> None:
    for_owner, for_district = paper(), paper()
    assert ask(platform, "paper/deliver", for_owner)["data"]["paperNo"] == for_owner["paperNo"]
    assert ask(platform, "paper/collect", for_district)["code"] == "0"
    span = {"begin": f"{china_time('%Y-%m-%d')} 00:00:00", "end": "2999-01-01 00:00:00"}
    for kind, given in (("paper", for_owner), ("collected", for_district)):
        about = span | {"of": kind, "page": 1, "size": 1000}
        rows = ask(platform, "books", about)["data"]["rows"]
        assert given["serialNo"] in {row["serialNo"] for row in rows}
        past = about | {"begin": "2001-01-01 00:00:00", "end": "2001-01-02 00:00:00"}
        assert ask(platform, "books", past)["data"] == {"total": 0, "rows": []}


def test_a_refusal_of_the_day_is_its_own_no(platform: Handle) -> None:
    platform.fault("refuse", operation="open/plan", times=1, reason="系统维护")
    given = plan()
    assert ask(platform, "plan", given) == {"code": "4000", "msg": "系统维护"}
    assert ask(platform, "plan", given)["code"] == "0"


@pytest.mark.parametrize(
    ("path", "told", "wrong"),
    [
        ("/project", {"projectCode": "1"}, "projectCode"),
        ("/project", {"owner": {"name": "示例公司", "uscc": "1" * 18}}, "owner"),
        ("/project", {"tester": {"name": "示例公司"}}, "tester"),
        ("/event", {"eventCode": "passed"}, "eventCode"),
        ("/event", {"time": "昨天"}, "time"),
        ("/event", {"materials": [{"code": "filing-form", "sm3": "1"}]}, "materials"),
    ],
)
def test_owners_can_t_write_down_what_can_t_be_right(
    platform: Handle, path: str, told: dict[str, Any], wrong: str
) -> None:
    right = {"acceptanceNo": NUMBER, "eventCode": "submitted"}
    whole = building(1).wire if path == "/project" else right
    with pytest.raises(BadAction, match=wrong):
        platform.ask("POST", path, whole | told)


def test_what_owners_have_written_down_is_read_by_the_feed_of_the_hub(platform: Handle) -> None:
    about = {"cursor": "since", "rows": "/data/rows", "next": "/data/next", "size_field": "size"}
    told = {n: about | {"call": f"GET /open/{n}"} for n in ("projects", "events")}
    feed = wire("rest").open_feed({"timeout_s": 5, "streams": told}, Endpoint(platform.address))
    _, cursor = feed.receive("events", "", limit=500)
    platform.ask("POST", "/project", building(3).wire)
    given = {"acceptanceNo": NUMBER, "eventCode": "submitted"}
    numbers = [platform.ask("POST", "/event", given)["eventNo"] for _ in range(3)]
    seen: list[str] = []
    for _ in range(4):
        found, cursor = feed.receive("events", cursor, limit=2)
        seen += [one.raw.decode() for one in found]
    feed.close()
    assert len(seen) == 3
    assert all(number in raw for number, raw in zip(numbers, seen, strict=True))
