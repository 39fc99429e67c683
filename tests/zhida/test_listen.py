"""Messages that wait at a real broker become cases in a hub on PostgreSQL, each exactly once."""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Fatal
from exchange.ports import Arrival
from exchange.store import document_rows, incident_rows
from mappings import compiler
from sandbox.births import birth
from tests.kills import QUEUED, TAKEN, Kills
from tests.zhida.bedside_queue import (
    Queue,
    cases,
    declaration,
    drained,
    files,
    has_case,
    listener,
)
from zhida import dead_letters, intake, leg_switch, listen, site
from zhida.ear import Ear
from zhida.message import Stream

KIND, FORM = "birth-declaration", compiler.load("oa_form_615_birth_declaration")
ROOT = Path(__file__).resolve().parents[2]
MESSAGES = {"": 60, "full": 150}[os.environ.get("ZHIDA_ROUNDS", "")]
"""That wait while one listener after another is killed."""


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    return files()


@pytest.fixture(scope="module")
def store_address(postgres: Any) -> str:
    found: str = postgres.database(f"listen-{secrets.token_hex(4)}")
    return found


@pytest.fixture
def queue(town: Any, broker: Any) -> Iterator[Any]:
    found = Queue(town, broker)
    yield found
    found.publisher.close()


@pytest.fixture
def stream(town: Any) -> Stream:
    (found,) = listen.streams(town.hub)
    return found


def ear(stream: Stream, stop: threading.Event, found: list[Any]) -> threading.Thread:
    thread = threading.Thread(target=Ear(stream, stop, found.append).listen)
    thread.start()
    return thread


def test_what_lies_there_becomes_cases(town: Any, queue: Any) -> None:
    queue.send(*map(declaration, range(3)))
    assert drained(town) == {"opened": 3}
    assert all(has_case(town, number) for number in range(3))
    assert drained(town) == {}


def test_a_running_listener_opens_a_case_when_its_message_comes(
    town: Any, queue: Any, until: Callable[..., None]
) -> None:
    with listener(town) as process:
        for number in (10, 11):
            queue.send(declaration(number))
            until(lambda number=number: has_case(town, number))
    assert process.returncode == 0


@pytest.mark.guarantee("G1")
def test_the_same_declaration_five_times_is_one_case(town: Any, queue: Any) -> None:
    before = cases(town)
    queue.send(*[declaration(20)] * 5)
    assert drained(town) == {"opened": 1, "known": 4}
    assert cases(town) == before + 1
    assert drained(town) == {}


@pytest.mark.guarantee("G1")
def test_what_cannot_be_understood_is_kept_and_holds_up_no_other(town: Any, queue: Any) -> None:
    queue.send(b"\xff\x00{", declaration(30), b"[]", b"", declaration(31))
    assert drained(town) == {"opened": 2, "invalid": 3}
    assert has_case(town, 31)
    assert drained(town) == {}


@pytest.mark.guarantee("G1")
def test_a_listener_killed_at_any_moment_loses_nothing_and_opens_no_case_twice(
    town: Any, queue: Any, until: Callable[..., None], seed: int, kills: Kills, record_property: Any
) -> None:
    kills.of("the listener", seed=seed)
    numbers, before = range(100, 100 + MESSAGES), cases(town)
    rng = random.Random(seed)
    queue.send(*map(declaration, numbers))
    while cases(town) < before + len(numbers) and kills.fell.total() < 60:
        seen = cases(town)
        with town.worker("-m", "zhida", "listen") as process:
            until(lambda seen=seen: cases(town) > seen or process.poll() is not None, 60)
            time.sleep(rng.uniform(0, 0.08))
            process.kill()
        sure = len(numbers) - (cases(town) - before)
        until(lambda sure=sure: queue.depth() >= sure)
        if lying := queue.depth():
            kills.fell[TAKEN if lying > sure else QUEUED] += 1
    record_property("rounds", kills.in_flight)
    drained(town)
    assert all(has_case(town, number) for number in numbers)
    assert cases(town) == before + len(numbers)
    assert kills.in_flight > 3


def test_sigterm_ends_a_listener_after_the_message_in_hand(
    town: Any, queue: Any, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.send(*map(declaration, range(40, 44)))
    stop, found, take = threading.Event(), list[Any](), intake.message.take

    def last(*given: Any) -> str:
        stop.set()
        return take(*given)

    with monkeypatch.context() as patched:
        patched.setattr(intake.message, "take", last)
        ear(stream, stop, found).join(30)
    assert [one.words for one in found] == [{"opened": 1}]
    assert drained(town) == {"opened": 3}


# --- beside the sweeps, and beside another listener ----------------------------------------------


def test_a_sweep_leaves_a_stream_to_its_listener_and_takes_over_when_it_is_dead(
    town: Any, queue: Any, stream: Stream, until: Callable[..., None]
) -> None:
    with town.worker("-m", "zhida", "listen") as process:
        queue.send(declaration(50))
        until(lambda: has_case(town, 50))
        town.clock.skip(3600)  # due, whatever the listener wrote
        process.send_signal(signal.SIGSTOP)  # alive, and slow
        queue.send(declaration(51))
        assert dict(town.sweep("intake")["intake"].states) == {}
        process.kill()
    until(lambda: town.sweep("intake") and has_case(town, 51))


def test_a_listener_that_lives_keeps_its_stream_from_falling_due(
    town: Any, queue: Any, stream: Stream, until: Callable[..., None]
) -> None:
    stop, found = threading.Event(), list[Any]()
    thread = ear(stream, stop, found)
    town.clock.skip(3600)
    with town.hub.store.read() as connection:
        due = document_rows.get_cursor(connection, "queue", "births")[1]

    def moved() -> bool:
        with town.hub.store.read() as connection:
            return document_rows.get_cursor(connection, "queue", "births")[1] > due

    until(moved)
    stop.set()
    thread.join(30)


def test_a_stopped_leg_is_not_read_until_it_is_started(
    town: Any, queue: Any, until: Callable[..., None]
) -> None:
    who = town.operator("wang")
    leg_switch.switch(town.hub, who, town.hub.site.system("queue"), wanted="stopped", reason="维护")
    queue.send(declaration(60))
    with listener(town):
        assert drained(town) == {}
        assert not has_case(town, 60)
        leg_switch.switch(town.hub, who, town.hub.site.system("queue"), wanted="live", reason="完")
        until(lambda: has_case(town, 60))


@pytest.mark.guarantee("G1")
def test_a_broker_that_is_away_is_an_incident_that_ends_when_it_is_back(
    town: Any, queue: Any, broker: Any, stream: Stream, until: Callable[..., None]
) -> None:
    stop, found = threading.Event(), list[Any]()
    thread = ear(stream, stop, found)
    until(lambda: found)
    broker.kill()
    until(lambda: opened(town, "source"), 60)
    broker.start()
    broker.wait()
    queue.send(declaration(70))
    until(lambda: has_case(town, 70), 60)
    until(lambda: not opened(town, "source"))
    stop.set()
    thread.join(30)


def opened(town: Any, kind: str) -> list[str]:
    with town.hub.store.read() as connection:
        return [row.code for row in incident_rows.still_open(connection, kind, "queue")]


def test_dead_letters_are_one_incident_until_there_are_none(
    town: Any, queue: Any, stream: Stream
) -> None:
    assert (dead_letters.look(town.hub, [stream]), opened(town, "dead-letters")) == (0, [])
    queue.send(b"in vain", b"in vain", to="births.dead")
    for _ in range(2):
        assert dead_letters.look(town.hub, [stream]) == 2
    assert opened(town, "dead-letters") == ["intake.dead-letters"]
    queue.empty("births.dead")
    assert (dead_letters.look(town.hub, [stream]), opened(town, "dead-letters")) == (0, [])


# --- two takers at once ---------------------------------------------------------------------------


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("same_key", [True, False], ids=["the same message", "the same business"])
def test_two_workers_at_once_open_one_case(
    town: Any, queue: Any, stream: Stream, same_key: bool, record_property: Any
) -> None:
    other = town.open_hub()
    before, told = cases(town), list[list[str]]()
    for number in range(300, 315):
        told.append(at_once(town.hub, other, stream, number + 100 * same_key, same_key))
    other.close()
    record_property("rounds", len(told))
    assert told == [["known", "opened"]] * len(told)
    assert cases(town) == before + len(told)
    assert town.audit()


def at_once(one: Any, other: Any, stream: Stream, number: int, same_key: bool) -> list[str]:
    """What two hubs make of it; each has read before either writes."""
    both, words = threading.Barrier(2), list[str]()

    def take(hub: Any, key: str) -> None:
        mine = Stream(hub, stream.matter, stream.opening, stream.system)
        arrival = arriving(number, key)
        both.wait()
        words.append(intake.take(mine, arrival))

    keys = [f"k{number}", f"k{number}" if same_key else f"other-{number}"]
    threads = [
        threading.Thread(target=take, args=(hub, key))
        for hub, key in zip((one, other), keys, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(words)


def arriving(number: int, key: str) -> Arrival:
    form = birth(number).form
    record = FORM.apply(form)
    return Arrival(key, json.dumps(form).encode(), KIND, record, mapping_digest=FORM.digest)


# --- what a site may ask for -----------------------------------------------------------------------


def test_a_defect_in_what_is_told_every_minute_ends_nothing(
    town: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The ears would go on, and nobody would be told of incidents any more."""
    stop, minutes = threading.Event(), list[int]()

    def broken(*_: Any) -> Any:
        minutes.append(1)
        if len(minutes) > 2:
            stop.set()
        raise KeyError("张小直")

    monkeypatch.setattr(listen, "MINUTE", 0.01)
    monkeypatch.setattr(listen, "streams", lambda _: [])
    monkeypatch.setattr(listen.alerts, "tell", broken)
    with caplog.at_level("ERROR"):
        listen.listen(town.hub, stop)
    assert len(minutes) == 3
    assert "KeyError" in caplog.text
    assert "张小直" not in caplog.text


def test_a_site_without_a_feed_has_nothing_to_listen_to(town: Any) -> None:
    hub = town.open_hub()
    hub.site = site.load(ROOT / "sandbox" / "site")
    with pytest.raises(Fatal, match=r"listen\.nothing"):
        listen.streams(hub)
    hub.close()
