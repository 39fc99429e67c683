"""Events are sent to a bank's program: signed, in order, none left out, until it says that it took them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from connectors.http_message import Request
from exchange.errors import Fatal, Rejected, Retriable
from exchange.keyring import Keyring
from exchange.store import delivery_rows, incident_rows
from sandbox import pki
from tests.zhida.finance_feeds import BANK, ROOT, SYSTEM, Feeds, Heard, Program
from zhida import finance_advance, finance_push, finance_push_batch, legs, serve_body, trust
from zhida.serve_file import Client

REST = {"wire": "rest", "to": "/zhida/events?from=hub", "settings": {"timeout_s": 5}}


@pytest.fixture(scope="module")
def listening() -> Iterator[Program]:
    with Program() as found:
        yield found


@pytest.fixture
def program(listening: Program) -> Program:
    listening.heard.clear()
    listening.answer = lambda _: 204
    return listening


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, listening: Program) -> Iterator[Feeds]:
    found = Feeds(tmp_path_factory.mktemp("feeds"), REST, listening.connection)
    yield found
    found.close()


@pytest.fixture
def feeds(town: Feeds) -> Iterator[Feeds]:
    town.reset()
    yield town
    town.audit()


def test_each_event_is_posted_once_in_order_signed_by_the_hub(
    feeds: Feeds, program: Program
) -> None:
    loan = feeds.lend()
    feeds.happen(loan, 3)
    assert finance_push.advance(feeds.hub) == {"sent": 3, "books": 0, "unsent": 0}
    assert program.taken == [1, 2, 3]
    assert [each.headers["idempotency-key"] for each in program.heard] == ["1", "2", "3"]
    assert (feeds.position.seq, feeds.position.until, feeds.position.code) == (3, 3, "")
    for each in program.heard:
        _verify(feeds, each)
    assert feeds.turn().taken == 0
    assert [each["seq"] for each in feeds.entries("finance-push")] == [1, 2, 3]
    assert [each["last"] for each in feeds.entries("finance-taken")] == [1, 2, 3]


def _verify(feeds: Feeds, heard: Heard) -> None:
    """As the bank does it: with what the hub itself uses for what comes in."""
    hub = feeds.hub
    known = Keyring(trust.unit_certificates(hub.site))
    client = Client("hub", "hub", hub.site.unit, frozenset(), rate=None)  # type: ignore[arg-type]
    serve_body.require(
        known, client, Request("POST", heard.target, heard.headers, heard.body), feeds.clock()
    )
    assert hub.archive.verify(json.loads(heard.body)["signed"]).record["loan"] == "FK1"


def test_what_the_bank_does_not_take_is_sent_again_before_anything_else(
    feeds: Feeds, program: Program
) -> None:
    feeds.happen(feeds.lend(), 3)
    program.answer = lambda heard: 500 if heard.seq == 2 else 200
    turn = feeds.turn()
    assert isinstance(turn.error, Retriable)
    assert (turn.taken, turn.error.code) == (1, "bank-feed.not-taken")
    assert turn.error.facts["status"] == 500
    assert (feeds.position.seq, feeds.position.code) == (1, "bank-feed.not-taken")
    program.answer = lambda _: 200
    assert feeds.turn().taken == 2
    assert program.taken == [1, 2, 2, 3]
    first, again = program.heard[1:3]
    assert (first.body, first.headers["idempotency-key"]) == (
        again.body,
        again.headers["idempotency-key"],
    )
    assert len(feeds.entries("finance-push")) == 3


@pytest.mark.parametrize("status", [0, 202, 301, 409])
def test_only_2xx_is_taken(feeds: Feeds, program: Program, status: int) -> None:
    feeds.happen(feeds.lend())
    program.answer = lambda _: status
    assert (feeds.turn().taken == 1) == (status == 202)
    assert (feeds.position.code == "") == (status == 202)


def test_a_bank_that_is_down_for_days_is_one_incident_and_gets_everything_after(
    feeds: Feeds, program: Program
) -> None:
    loan = feeds.lend()
    program.answer = lambda _: 503
    for _ in range(3):  # days
        feeds.happen(loan)
        for _ in range(4):
            feeds.turn()
            feeds.clock.skip(minutes=1)
        feeds.clock.skip(days=1)
    before = len(program.heard)
    with feeds.hub.store.read() as connection:
        [incident] = incident_rows.still_open(connection)
        circuit = delivery_rows.get_circuit(connection, SYSTEM)
    assert (incident.system, incident.code) == (SYSTEM, "bank-feed.not-taken")
    assert circuit is not None
    assert circuit.failures == before
    assert set(program.taken) == {1}
    program.answer = lambda _: 200
    assert feeds.turn().taken == 3
    assert program.taken[before:] == [1, 2, 3]
    with feeds.hub.store.read() as connection:
        assert incident_rows.still_open(connection) == []


def test_while_its_system_rests_or_is_stopped_nothing_leaves(
    feeds: Feeds, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds.happen(feeds.lend())
    program.answer = lambda _: 500
    for _ in range(6):
        feeds.turn()
    assert len(program.heard) == 3  # then its circuit is open
    feeds.clock.skip(minutes=10)
    monkeypatch.setattr(legs, "mode", lambda *_: legs.STOPPED)
    feeds.turn()
    monkeypatch.setattr(legs, "mode", lambda *_: legs.SHADOW)
    feeds.turn()
    assert len(program.heard) == 3


def test_a_second_process_does_not_send_beside_the_first(feeds: Feeds, program: Program) -> None:
    feeds.happen(feeds.lend())
    with feeds.hub.locks.hold(finance_push.lock_of(BANK)) as owned:
        assert owned
        assert feeds.turn().taken == 0
    assert program.heard == []


def test_what_no_agreement_gives_the_bank_stays_and_is_told(feeds: Feeds, program: Program) -> None:
    feeds.happen(feeds.lend())
    told = feeds.site / "agreements" / "after-loan-hub-to-bank-a-finance-event.yaml"
    was = told.read_text("utf-8")
    told.write_text(was.replace("2030-12-31", "2026-03-01"), "utf-8")
    feeds.open()
    turn = feeds.turn()
    told.write_text(was, "utf-8")
    feeds.open()
    assert turn.error is not None
    assert turn.error.code == feeds.position.code == "agreement.expired"
    assert program.heard == []


def test_what_was_wrong_while_nothing_waited_is_over_once_it_is_mended(
    feeds: Feeds, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds.happen(feeds.lend())
    assert feeds.turn().taken == 1

    def wrong(*_: object) -> None:
        raise Fatal("wire.tls-file", file="client.key", reason="")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(finance_push_batch, "sink", wrong)
        for _ in range(3):
            feeds.turn()
    assert feeds.position.code == "wire.tls-file"
    feeds.clock.skip(minutes=10)
    feeds.turn()
    assert (feeds.position.code, feeds.position.seq) == ("", 1)
    with feeds.hub.store.read() as connection:
        assert incident_rows.still_open(connection) == []


def test_the_minutes_work_sends_even_if_its_other_part_fails(
    feeds: Feeds, program: Program
) -> None:
    feeds.happen(feeds.lend())  # on a request that is not there
    with pytest.raises(Rejected) as error:
        finance_advance.advance(feeds.hub)
    assert error.value.code == "finance.no-request"
    assert program.taken == [1]


SENDER = """
import datetime, os, sys
from pathlib import Path
from zhida import connections, finance_push, site
from zhida.hub import Hub

folder, moment = Path(sys.argv[1]), datetime.datetime.fromisoformat(sys.argv[2])
hub = Hub(site.load(folder / "site"), var=folder / "var", secret=os.environ["ZHIDA_KEY_PASSWORD"].encode(),
          clock=lambda: moment)
print(finance_push.advance(hub))
"""


def test_killed_between_sending_and_recording_it_sends_the_same_again(
    feeds: Feeds, program: Program
) -> None:
    """kill -9 in the moment in which the bank has the event and the hub has not heard so: no loss, no gap."""
    feeds.happen(feeds.lend(), 4)
    struck: list[subprocess.Popen[str]] = []

    def strike(heard: Heard) -> int:
        if heard.seq == 3 and len(program.heard) == 3:
            struck[0].send_signal(signal.SIGKILL)
            struck[0].wait(20)
        return 200

    program.answer = strike
    env = {k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ}
    env |= {"PYTHONPATH": str(ROOT), "ZHIDA_KEY_PASSWORD": pki.secrets_of(feeds.folder)["hub"]}
    env["AIRFLOW_CONN_BANK_A_EVENTS"] = json.dumps(program.connection)
    words = [sys.executable, "-c", SENDER, str(feeds.folder), feeds.clock().isoformat()]
    struck.append(subprocess.Popen(words, cwd=ROOT, env=env, text=True))
    end = time.monotonic() + 60
    while struck[0].poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    assert struck[0].returncode == -signal.SIGKILL
    assert (feeds.position.seq, feeds.position.until) == (2, 3)
    assert feeds.turn().taken == 2
    assert program.taken == [1, 2, 3, 3, 4]
    assert program.heard[2].body == program.heard[3].body
    assert [each["seq"] for each in feeds.entries("finance-push")] == [1, 2, 3, 4]


def test_no_more_leave_at_once_than_the_bank_s_system_bears(
    feeds: Feeds, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds.happen(feeds.lend(), 3)
    monkeypatch.setattr(finance_push, "BUDGET", 0.2)
    told = feeds.site / "systems" / f"{SYSTEM}.yaml"
    was = told.read_text("utf-8")
    told.write_text(f"{was}rate: 1 per minute\n", "utf-8")
    feeds.open()
    assert feeds.turn().taken == 1
    feeds.clock.skip(minutes=1)
    assert feeds.turn().taken == 1
    told.write_text(was, "utf-8")
    feeds.open()
    assert feeds.turn().taken == 1
    assert program.taken == [1, 2, 3]


def test_a_bank_that_hangs_delays_no_other(feeds: Feeds, program: Program) -> None:
    """The first one answers only once the second has got its event."""
    came = threading.Event()
    program.answer = lambda _: 200 if came.wait(30) else 500
    rules, system = feeds.site / "finance.yaml", feeds.site / "systems" / "bank-b-events.yaml"
    was = rules.read_text("utf-8")
    first = (feeds.site / "systems" / f"{SYSTEM}.yaml").read_text("utf-8")
    with Program(lambda _: 200 if came.set() is None else 500) as other:
        feeds.connections["bank_b_events"] = other.connection
        system.write_text(first.replace("bank-a", "bank-b").replace("bank_a", "bank_b"), "utf-8")
        rules.write_text(was.replace("  bank-b: {", "  bank-b: {feed: bank-b-events, "), "utf-8")
        feeds.open()
        feeds.happen(feeds.lend())
        feeds.happen(feeds.lend("FK2", "bank-b"))
        assert finance_push.advance(feeds.hub) == {"sent": 2, "books": 0, "unsent": 0}
        assert (program.taken, other.taken) == ([1], [1])  # each bank's own numbers
    rules.write_text(was, "utf-8")
    system.unlink()
    feeds.open()
