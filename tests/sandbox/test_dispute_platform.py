"""A unit's own platform: it tells in pages, takes what is well-formed, and counts everything it did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests

from connectors.wires import wire
from exchange.ports import Endpoint
from sandbox.district import District
from sandbox.handle import BadAction, Handle
from sandbox.moments import china_time
from sandbox.resident_id import compose

WORKER = {"name": "钱示例", "idNo": compose("320115", "19900101", 1)}
MATERIAL = {"worker": WORKER, "employer": {"name": "示例劳务有限公司"}, "facts": "拖欠三个月工资"}


@pytest.fixture
def union(district: District) -> Iterator[Handle]:
    yield district.system("union_platform")
    district.system("union_platform").clear()


def ask(platform: Handle, path: str, body: dict[str, Any]) -> dict[str, Any]:
    url = f"{platform.address}/open/{path}"
    told: dict[str, Any] = requests.post(url, json=body, timeout=10).json()
    return told


def dispute(**changed: Any) -> dict[str, Any]:
    made = {"serialNo": uuid4().hex, "referralNo": f"YS-{uuid4().hex[:8]}", "fromUnit": "联调中心"}
    made |= {"disputeNo": "LT-20260105-0123456789AB", "eventCode": "diverted", "disputeType": "01"}
    return made | {"referTime": "2026-01-05 09:30:00", "workerCount": "1"} | changed


def registered(platform: Handle, **facts: Any) -> str:
    told = {"disputeType": "01", "worker": WORKER, "employer": {"name": "示例劳务有限公司"}}
    return str(platform.ask("POST", "/register", told | facts)["regNo"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("disputeNo", "LT-2026-1"),
        ("serialNo", ""),
        ("disputeType", "07"),
        ("referTime", "2026-02-30 09:30:00"),
        ("material", {**MATERIAL, "worker": {"name": "钱示例", "idNo": "1" * 18}}),
        ("material", {"worker": WORKER}),
        ("offers", [{"by": "3", "text": "一次付清"}]),
    ],
)
def test_what_is_not_in_order_is_not_taken(union: Handle, field: str, value: Any) -> None:
    given = dispute(**{field: value})
    assert ask(union, "dispute/take", given)["code"] == "4001"
    assert all(row["serialNo"] != given["serialNo"] for row in union.books())


def test_what_is_sent_twice_is_there_twice_and_known_by_its_serial_number(union: Handle) -> None:
    given = dispute(material=MATERIAL)
    assert ask(union, "query", {"serialNo": given["serialNo"]})["code"] == "4040"
    for _ in range(2):
        taken = ask(union, "dispute/take", given)
        assert taken["code"] == "0"
    found = ask(union, "query", {"serialNo": given["serialNo"]})
    assert found["data"] == taken["data"]
    assert found["data"]["referralNo"] == given["referralNo"]
    assert sum(row["serialNo"] == given["serialNo"] for row in union.books()) == 2


def test_its_books_are_listed_by_the_time_of_the_doing(union: Handle) -> None:
    given = dispute()
    ask(union, "dispute/take", given)
    today, span = china_time("%Y-%m-%d"), {"of": "dispute", "page": 1, "size": 1000}
    now = {"begin": f"{today} 00:00:00", "end": "2999-01-01 00:00:00"}
    rows = ask(union, "books", span | now)["data"]["rows"]
    assert given["serialNo"] in {row["serialNo"] for row in rows}
    past = {"begin": "2001-01-01 00:00:00", "end": "2001-01-02 00:00:00"}
    assert ask(union, "books", span | past)["data"] == {"total": 0, "rows": []}
    assert ask(union, "books", span | now | {"of": "verdict"})["data"]["total"] == 0


def test_material_of_which_use_was_stopped_is_gone(union: Handle) -> None:
    told = MATERIAL | {"facts": f"拖欠工资{uuid4().hex}"}
    given = dispute(material=told, offers=[{"by": "2", "text": "分期付清"}])
    stop = {"serialNo": uuid4().hex, "orgSerialNo": given["serialNo"]}
    stop |= {"referralNo": given["referralNo"]}
    assert ask(union, "dispute/stop", stop)["code"] == "4041"
    ask(union, "dispute/take", given)
    assert ask(union, "dispute/stop", stop)["code"] == "0"
    assert told["facts"] not in str(union.ask("GET", "/received"))
    (row,) = [r for r in union.ask("GET", "/received") if r["serialNo"] == given["serialNo"]]
    assert row["state"] == "9"
    assert row["given"]["disputeNo"] == given["disputeNo"]


def test_what_came_of_its_own_is_taken(union: Handle) -> None:
    serial, number = uuid4().hex, "LT-20260105-0123456789AB"
    triage = {"serialNo": serial, "regNo": "GH1", "disputeNo": number, "goesTo": "street"}
    assert ask(union, "triage", triage)["data"]["regNo"] == "GH1"
    assert ask(union, "triage", triage | {"goesTo": "街道"})["code"] == "4001"
    verdict = {"serialNo": uuid4().hex, "eventNo": "E1", "disputeNo": number, "accepted": "0"}
    assert ask(union, "verdict", verdict | {"status": "已受理"})["data"]["eventNo"] == "E1"
    assert ask(union, "verdict", verdict)["code"] == "4001"


def test_a_refusal_of_the_day_is_its_own_no(union: Handle) -> None:
    union.fault("refuse", operation="open/dispute/take", times=1, reason="不属于本单位")
    given = dispute()
    assert ask(union, "dispute/take", given) == {"code": "4000", "msg": "不属于本单位"}
    assert ask(union, "dispute/take", given)["code"] == "0"


def test_people_can_t_write_down_what_can_t_be_right(union: Handle) -> None:
    with pytest.raises(BadAction, match="worker"):
        union.ask("POST", "/register", {"disputeType": "01", "employer": {"name": "示例公司"}})
    with pytest.raises(BadAction, match="time"):
        event = {"disputeNo": "LT-1", "eventCode": "accepted", "time": "昨天"}
        union.ask("POST", "/event", event)


def test_what_people_have_written_down_is_read_by_the_feed_of_the_hub(district: District) -> None:
    court = district.system("court_platform")
    about = {"cursor": "since", "rows": "/data/rows", "next": "/data/next", "size_field": "size"}
    paths = {"registrations": "registrations", "events": "events"}
    told = {n: about | {"call": f"GET /open/{path}"} for n, path in paths.items()}
    feed = wire("rest").open_feed({"timeout_s": 5, "streams": told}, Endpoint(court.address))
    found, cursor = feed.receive("registrations", "", limit=500)
    numbers = [registered(court, facts=f"事实{n}") for n in range(3)]
    court.ask("POST", "/event", {"disputeNo": "LT-1", "eventCode": "sued"})
    seen = []
    for _ in range(4):
        found, cursor = feed.receive("registrations", cursor, limit=2)
        seen += [one.raw.decode() for one in found]
    feed.close()
    assert len(seen) == 3
    assert all(number in raw for number, raw in zip(numbers, seen, strict=True))
    assert all(number.startswith("FY") for number in numbers)
