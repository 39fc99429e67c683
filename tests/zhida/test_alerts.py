"""One line for one incident, to a robot that may be sick itself; told again only when it is over."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from exchange import incident, times
from exchange.incident import RELAPSE, Trouble
from exchange.store import case_rows, incident_rows, ledger_rows
from sandbox.births import birth
from sandbox.handle import Handle
from zhida import alert_sinks, alerts, incidents, quiet

TOKEN = "c2VjcmV0"
GOOD = b'{"errcode":0,"errmsg":"ok"}'
CASES = {"": 20, "full": 50}[os.environ.get("ZHIDA_ROUNDS", "")]
LONG = RELAPSE.total_seconds() + 1


class Robot:
    """A chat robot on loopback: what it was told, and what it answers."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.answer = (200, GOOD)
        robot = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = robot.answer if self.path.endswith(TOKEN) else (403, b"{}")
                if (status, answer) == (200, GOOD):
                    robot.messages.append(json.loads(body))
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def connection(self) -> dict[str, Any]:
        extra = {"path": f"/robot/send?access_token={TOKEN}"}
        port = self.server.server_address[1]
        return {"schema": "http", "host": "127.0.0.1", "port": port, "extra": extra}

    def lines(self) -> list[str]:
        """What it was told since it was last asked."""
        found = [message["text"]["content"] for message in self.messages]
        self.messages.clear()
        return found

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def listening(town: Any) -> Iterator[Robot]:
    found = Robot()
    town.connections["robot"] = found.connection
    file = town.district.directory / "site" / "site.yaml"
    text = file.read_text("utf-8")
    file.write_text(text + "alerts: {webhook: robot, style: dingtalk}\n", "utf-8")
    town.hub.close()
    town.hub = town.open_hub()
    yield found
    file.write_text(text, "utf-8")
    found.close()


@pytest.fixture
def robot(listening: Robot, town: Any, police: Handle) -> Iterator[Robot]:
    """The robot, with everything quiet before and after the test."""
    settle(town)
    listening.messages.clear()
    yield listening
    listening.answer = (200, GOOD)
    police.clear()
    settle(town)


def settle(town: Any) -> None:
    """All sources looked at, every incident closed and told."""
    town.clock.skip(600)
    town.sweep("intake")
    town.clock.skip(LONG)
    alerts.tell(town.hub)


def begun(town: Any, numbers: range) -> list[str]:
    certificates = [town.bear(number) for number in numbers]
    town.take_in()
    town.sweep("birth")
    return certificates


def fail(town: Any, seconds: float = 3600, step: float = 300) -> None:
    """Sweeps against a system that is down, people being told after each."""
    for _ in range(max(4, int(seconds / step))):
        town.sweep()
        alerts.tell(town.hub)
        town.clock.skip(step)


def entries(town: Any, kind: str) -> list[dict[str, Any]]:
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries(connection, 0, 10_000)
    return [json.loads(row.body) for row in rows if row.kind == kind]


# --- one ---------------------------------------------------------------------------------------


@pytest.mark.guarantee("G4")
def test_many_failing_cases_are_one_line_that_names_the_owner(town: Any, robot: Robot) -> None:
    certificates = begun(town, range(200, 200 + CASES))
    town.police.fault("down")
    fail(town, 2 * 3600)
    [line] = robot.lines()
    assert "户政常住人口系统（溧水区示例公安分局）" in line
    assert "户政科技员 025-00000003" in line
    assert "wire.refused" in line
    assert f"{CASES} 件在等" in line
    assert len(line.splitlines()) == 1
    told = birth(200).form
    for value in (*certificates, told["xsexm"], told["sbrxm"], told["sbrsfz"], told["sbrlxdh"]):
        assert value not in line
    town.police.clear()
    town.finish(*certificates, skip=60)
    assert robot.lines() == []
    alerts.tell(town.hub)
    assert robot.lines() == [], "well for ten minutes first"
    town.clock.skip(LONG)
    alerts.tell(town.hub)
    [line] = robot.lines()
    assert line.startswith("【直达】已恢复 police-")
    assert "没有积压" in line
    alerts.tell(town.hub)
    assert robot.lines() == []


def test_what_ends_while_the_robot_takes_its_beginning_is_told_as_well(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(town)
    lines: list[str] = []

    def send(line: str) -> None:
        lines.append(line)
        if len(lines) == 1:
            with town.hub.store.write() as connection:
                incident.end(connection, "police", "system", town.hub.clock())
            town.clock.skip(1)

    @contextmanager
    def sink(*_: Any) -> Iterator[Callable[[str], None]]:
        yield send

    monkeypatch.setattr(alert_sinks, "open_sink", sink)
    trouble = Trouble("police", "system", "wire.refused", {})
    with town.hub.store.write() as connection:
        incident.begin(connection, trouble, town.hub.clock())
    alerts.tell(town.hub)
    town.clock.skip(LONG)
    alerts.tell(town.hub)
    assert [line.split("：")[0].split()[0] for line in lines] == [
        "【直达】系统故障",
        "【直达】已恢复",
    ]


def test_a_system_that_fails_and_answers_by_turns_rings_once(town: Any, robot: Robot) -> None:
    certificates = begun(town, range(250, 254))
    for _ in range(5):
        town.police.fault("down")
        fail(town, 1200)
        town.police.clear()
        town.sweep()
        alerts.tell(town.hub)
        certificates += begun(town, range(250 + len(certificates), 251 + len(certificates)))
    assert len(robot.lines()) == 1
    town.finish(*certificates, skip=60)


def test_two_systems_are_two_lines_and_both_legs_of_one_system_are_one(
    town: Any, robot: Robot
) -> None:
    certificates = begun(town, range(260, 262))
    town.sweep("household insurance")
    late = begun(town, range(262, 265))
    oa = town.district.system("oa")
    oa.fault("down")
    town.police.fault("down")
    fail(town)
    oa.clear()
    lines = robot.lines()
    assert sorted(line.split()[1].split("-")[0] for line in lines) == ["oa", "police"]
    with town.hub.store.read() as connection:
        kinds = {row.kind for row in incident_rows.still_open(connection, system="oa")}
    assert kinds == {"system", "source"}
    town.police.clear()
    town.finish(*certificates, *late, skip=60)


# --- the robot ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        (270, (200, b'{"errcode":310000,"errmsg":"keywords not in content"}')),
        (271, (200, b"<html>login</html>")),
        (272, (500, b"{}")),
    ],
)
def test_a_line_that_the_robot_did_not_take_is_told_again_and_stops_nothing(
    town: Any,
    robot: Robot,
    caplog: pytest.LogCaptureFixture,
    number: int,
    answer: tuple[int, bytes],
) -> None:
    robot.answer = answer
    certificates = begun(town, range(number, number + 1))
    town.police.fault("down")
    fail(town)
    assert robot.lines() == []
    assert TOKEN not in caplog.text
    assert "alert.refused" in caplog.text
    robot.answer = (200, GOOD)
    alerts.tell(town.hub)
    alerts.tell(town.hub)
    assert len(robot.lines()) == 1
    town.police.clear()
    town.finish(*certificates, skip=60)


def test_a_robot_that_is_not_there_stops_nothing(
    town: Any, robot: Robot, caplog: pytest.LogCaptureFixture
) -> None:
    certificates = begun(town, range(275, 277))
    town.connections["robot"] = robot.connection | {"port": 1}
    town.police.fault("down")
    fail(town)
    assert "wire.refused" in caplog.text
    town.connections["robot"] = robot.connection
    alerts.tell(town.hub)
    assert len(robot.lines()) == 1
    town.police.clear()
    town.finish(*certificates, skip=60)


def test_without_a_robot_the_line_goes_into_the_log(
    town: Any, robot: Robot, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    certificates = begun(town, range(278, 280))
    monkeypatch.setattr(town.hub, "site", replace(town.hub.site, alerts=None))
    town.police.fault("down")
    with caplog.at_level(logging.WARNING, "zhida.alerts"):
        fail(town)
    told = [record.getMessage() for record in caplog.records if record.name == "zhida.alerts"]
    assert len([line for line in told if "户政科技员 025-00000003" in line]) == 1
    assert robot.lines() == []
    town.police.clear()
    town.finish(*certificates, skip=60)


def test_while_another_worker_is_telling_nobody_else_does(town: Any, robot: Robot) -> None:
    certificates = begun(town, range(280, 282))
    town.police.fault("down")
    with town.hub.locks.hold("alerts") as mine:
        assert mine
        fail(town)
    assert robot.lines() == []
    assert len(alerts.tell(town.hub)) == len(robot.lines()) == 1
    town.police.clear()
    town.finish(*certificates, skip=60)


# --- people ------------------------------------------------------------------------------------


def test_what_is_silenced_is_not_told_until_the_silence_ends(town: Any, robot: Robot) -> None:
    certificates = begun(town, range(285, 287))
    town.police.fault("down")
    for _ in range(4):
        town.sweep()
        town.clock.skip(60)
    with town.hub.store.read() as connection:
        [row] = incident_rows.still_open(connection)
    quiet.silence(town.hub, town.operator("wang"), row.id, town.clock() + timedelta(hours=8))
    fail(town, 7 * 3600, 1800)
    assert robot.lines() == []
    town.clock.skip(2 * 3600)
    alerts.tell(town.hub)
    assert len(robot.lines()) == 1
    [entry] = [e for e in entries(town, "operator") if e["incident"] == row.id]
    assert (entry["action"], entry["operator"]) == ("silence", "wang")
    town.police.clear()
    town.finish(*certificates, skip=60)


def test_of_what_somebody_has_acknowledged_only_the_end_is_told_if_the_beginning_was(
    town: Any, robot: Robot
) -> None:
    certificates = begun(town, range(288, 290))
    town.police.fault("down")
    for _ in range(4):
        town.sweep()
        town.clock.skip(60)
    with town.hub.store.read() as connection:
        [row] = incident_rows.still_open(connection)
    incidents.acknowledge(town.hub, town.operator("wang"), row.id)
    fail(town)
    assert robot.lines() == []
    assert entries(town, "operator")[-1]["action"] == "acknowledge"
    town.police.clear()
    town.finish(*certificates, skip=60)
    settle(town)
    assert robot.lines() == []
    town.audit()


# --- parked items, sources -----------------------------------------------------------------------


def park(town: Any, certificate: str, state: str) -> None:
    facts = {
        "agreement": "hospital-to-police",
        "until": "2026-01-02",
        "receiver": "public-security",
    }
    values = {"state": state, "code": "agreement.expired" if state == "parked" else ""}
    values |= {"facts": json.dumps(facts | {"provider": "hospital"})}
    with town.hub.store.write() as connection:
        case_rows.set_item(connection, town.case(certificate).id, "household", values)


def test_items_parked_for_one_reason_are_one_line_and_its_end_comes_with_the_last(
    town: Any, robot: Robot
) -> None:
    certificates = begun(town, range(290, 294))
    for certificate in certificates[:3]:
        park(town, certificate, "parked")
        alerts.tell(town.hub)
    [line] = robot.lines()
    assert line.startswith("【直达】需人工处理 police-")
    assert "agreement.expired" in line
    assert "不再向 溧水区示例公安分局（public-security） 提供" in line, line
    assert "1 件在等" in line
    for certificate in certificates[:3]:
        with town.hub.store.read() as connection:
            assert len(incident_rows.still_open(connection, "parked")) == 1
        park(town, certificate, "ready")
        alerts.tell(town.hub)
    with town.hub.store.read() as connection:
        assert incident_rows.still_open(connection, "parked") == []
    town.clock.skip(LONG)
    alerts.tell(town.hub)
    assert robot.lines()[0].startswith("【直达】已处理 police-")
    town.finish(*certificates)


def invalid(town: Any) -> list[str]:
    with town.hub.store.read() as connection:
        return [row.id for row in incident_rows.still_open(connection, "invalid")]


def spoil(town: Any, certificate: str, state: str = "invalid") -> None:
    """As a sweep does that can't make the message."""
    code = "agreement.withheld-needed" if state == "invalid" else ""
    values = {"state": state, "code": code, "updated_at": times.stamp(town.clock())}
    with town.hub.store.write() as connection:
        case_rows.set_item(connection, town.case(certificate).id, "household", values)


def test_items_that_could_not_be_sent_are_one_line_a_leg_and_its_end_comes_with_the_last(
    town: Any, robot: Robot
) -> None:
    certificates = begun(town, range(280, 283))
    for certificate in certificates:
        spoil(town, certificate)
        alerts.tell(town.hub)
    [line] = robot.lines()
    assert line.startswith("【直达】数据无效未发送 police-")
    assert "1 件没有发出" in line
    assert "agreement.withheld-needed" in line
    for certificate in certificates:
        assert len(invalid(town)) == 1
        spoil(town, certificate, "ready")
        alerts.tell(town.hub)
    assert invalid(town) == []
    town.finish(*certificates)
    town.clock.skip(LONG)
    alerts.tell(town.hub)
    assert robot.lines()[0].startswith("【直达】已处理 police-")


def test_who_knows_of_invalid_items_ends_their_incident_and_of_the_next_one_is_told(
    town: Any, robot: Robot
) -> None:
    first, second = begun(town, range(284, 286))
    spoil(town, first)
    alerts.tell(town.hub)
    [known] = invalid(town)
    incidents.acknowledge(town.hub, town.operator("wang"), known)
    alerts.tell(town.hub)
    assert invalid(town) == []
    robot.lines()
    town.clock.skip(1)
    spoil(town, second)
    alerts.tell(town.hub)
    assert len(robot.lines()) == 1
    assert invalid(town) != [known]
    for certificate in (first, second):
        spoil(town, certificate, "ready")
    town.finish(first, second)


def test_a_source_that_can_not_be_read_is_told_and_so_is_that_it_can_be_again(
    town: Any, robot: Robot
) -> None:
    oa = town.district.system("oa")
    oa.fault("down")
    for _ in range(4):
        town.sweep("intake")
        town.clock.skip(70)
    alerts.tell(town.hub)
    oa.clear()
    [line] = robot.lines()
    assert line.startswith("【直达】来件中断 oa-")
    assert "办公系统管理员 025-00000006" in line
    town.sweep("intake")
    town.clock.skip(LONG)
    alerts.tell(town.hub)
    assert robot.lines()[0].startswith("【直达】已恢复 oa-")
