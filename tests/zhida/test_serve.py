"""``zhida serve`` as a process of its own, over the newest snapshot, until SIGTERM."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Invalid
from tests.zhida import known_firms
from tests.zhida.endpoint import USCC, Endpoint, agreement
from tests.zhida.test_policies_served import FILES
from zhida import policy_find, serve, serve_file

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "registered_name": "示例科技有限公司",
    "district": "320114",
    "founded": date(2026, 2, 1),
    "tax_clean": True,
    "rd_y1": 100_000_000,
    "insured": 11,
    "insured_y1": 10,
}
COMMAND = [sys.executable, "-c", "from zhida.cli import main; main()", "serve"]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Endpoint]:
    folder = tmp_path / "town"
    folder.mkdir()
    connections = known_firms.lay(folder / "site", folder / "books")
    files = FILES | {
        "agreements/registry-portal.yaml": agreement(
            "registry-portal", "registry", "portal-office", "enterprise-facts", "/district"
        )
    }
    found = Endpoint(folder, files, connections=connections)
    known_firms.state(found, {USCC: GOOD})
    known_firms.freeze(found.hub)
    yield found
    found.hub.close()


@contextmanager
def running(place: Endpoint) -> Iterator[subprocess.Popen[str]]:
    env = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        COMMAND, cwd=ROOT, env=env | place.env, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def healthy(place: Endpoint, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        try:
            if place.ask("/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    assert process.stderr is not None
    process.kill()
    raise AssertionError(process.stderr.read())


def test_it_answers_over_all_shipped_policies_and_ends_when_told(place: Endpoint) -> None:
    with running(place) as process:
        healthy(place, process)
        status, told, _ = place.ask(f"/enterprises/{USCC}/policies")
        assert status == 200, told
        found = {each["policy"]: each["verdict"] for each in told["policies"]}
        assert len(found) == 63  # those that are shipped, and the site's two
        assert (found["research"], found["newcomers"]) == ("pass", "pass")
        _, told, _ = place.ask(f"/enterprises/{USCC}/policies/newcomers/explain")
        shown = [each.get("value") for each in told["criteria"]]
        assert shown == [None, "320114", "11"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr is not None
        log = process.stderr.read()
    assert "client=portal route=GET /enterprises/{uscc}/policies status=200" in log
    assert USCC not in log
    reads = place.entries("read")
    assert [each["unit"] for each in reads] == ["portal-office"] * 2


def test_what_is_at_work_is_answered_before_it_ends(place: Endpoint) -> None:
    """The first question reads the snapshot through: SIGTERM comes in the middle of it."""
    with running(place) as process:
        healthy(place, process)
        found: list[Any] = []
        caller = threading.Thread(
            target=lambda: found.append(place.ask(f"/enterprises/{USCC}/policies"))
        )
        caller.start()
        time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        caller.join(30)
        assert process.wait(20) == 0
    assert [status for status, _, _ in found] == [200]


def test_a_site_without_an_endpoint_opens_none(place: Endpoint) -> None:
    (place.site / serve_file.FILE).unlink()
    with pytest.raises(Invalid, match=r"serve\.no-file"):
        serve.open_server(place.hub)


def test_in_the_clear_a_token_opens_and_nothing_else_does(place: Endpoint) -> None:
    """On loopback, if the site says so: the same answers, known by a secret of the connection."""
    text = (place.site / "serve.yaml").read_text("utf-8")
    text = text.replace("connection: hub_door", "connection: hub_door\nwithout_tls: true")
    text = text.replace("common_name: sandbox hub", "connection: portal_secret")
    text = text.replace("common_name: sandbox his", "connection: robot_secret")
    (place.site / "serve.yaml").write_text(text, "utf-8")
    place.connections["portal_secret"] = {"password": "p" * 40}
    place.connections["robot_secret"] = {"password": "r" * 40}
    with place.serving():
        target = f"/enterprises/{USCC}/policies"
        assert place.plain(target, "p" * 40)[0] == 200
        assert place.plain(target, "x" * 40)[0] == 401
        assert place.plain(target)[0] == 401
        assert place.plain("/health")[0] == 200


def test_the_routes_are_those_that_some_client_may_ask(place: Endpoint) -> None:
    """A site without the matter of applications takes none, whoever may hand them in."""
    found = serve.routes(place.hub, serve_file.load(place.hub.site))
    assert [route.pattern for route in found] == [
        "/enterprises/{uscc}/policies",
        "/enterprises/{uscc}/policies/{policy}/explain",
    ]
    assert len(policy_find.catalogue(place.site).policies) == 63
