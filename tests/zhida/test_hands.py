"""A turn with a long backlog is worked by several processes, and a hand may die like any worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import astuple
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from exchange.errors import Problem
from exchange.store.engine import Store
from exchange.store.tables import case_item
from zhida import hands, sweep
from zhida.hands import Done, Order, read
from zhida.site import System

STORES = ("postgresql",)
BORN = 8

_numbers = count(1)


@pytest.fixture(scope="module")
def police_options() -> dict[str, int]:
    return {"timeout_s": 20, "settle_s": 1}


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """And few cases are enough for both."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(hands, "ENOUGH", BORN // 2)


@pytest.fixture
def ready(town: Any) -> list[str]:
    """Births whose household registration can begin, by the machine's clock too."""
    found = [town.bear(next(_numbers)) for _ in range(BORN)]
    town.take_in()
    half = Order("newborn", "household", 60.0, parts=2)
    while len({half.has(town.case(each).id) for each in found}) == 1:  # seldom: all in one part
        found.append(town.bear(next(_numbers)))
        town.take_in()
    town.sweep("birth")
    with town.hub.store.write() as connection:
        connection.execute(update(case_item).values(next_at=""))
    return found


@pytest.fixture
def hand(town: Any, ready: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A hand for all births; the police register the first, and keep their answers to themselves."""
    at_once = police(town).concurrency
    assert at_once < BORN
    town.police.fault("hold", operation="csdj", stage="after", times=at_once)
    order = Order("newborn", "household", 60.0)
    told = json.dumps({"hub": town.hub.passed_on(police(town)), "order": astuple(order)})
    pipe = subprocess.PIPE
    with subprocess.Popen(hands.COMMAND, stdin=pipe, stdout=pipe, text=True, bufsize=1) as process:
        print(told, file=process.stdin)
        yield process
        process.kill()
    town.police.clear()


def police(town: Any) -> System:
    system: System = town.hub.site.systems["police"]
    return system


def threads(process: subprocess.Popen[str]) -> int:
    return len(os.listdir(f"/proc/{process.pid}/task"))


def check(town: Any, certificates: list[str]) -> None:
    town.finish(*certificates)
    for certificate in certificates:
        assert town.effects(certificate) == (1, 1, 1), certificate
        assert town.calls(certificate) == 1, certificate
    town.audit()


@pytest.mark.usefixtures("two_cores")
def test_a_backlog_is_shared_by_two_processes_each_case_once(
    town: Any, ready: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, work_through = list[Done](), sweep.work_through

    def watched(*given: Any, **told: Any) -> Done:
        mine.append(work_through(*given, **told))
        return mine[-1]

    monkeypatch.setattr(sweep, "work_through", watched)
    report = town.sweep("household")["household"]
    assert (dict(report.states), report.sick) == ({"applied": len(ready)}, None)
    assert [0 < each.states["applied"] < len(ready) for each in mine] == [True]
    check(town, ready)


@pytest.mark.usefixtures("two_cores")
def test_few_cases_are_worked_by_one_process(town: Any, ready: list[str]) -> None:
    assert hands.number(town.hub, police(town), "newborn", "household") == 2
    town.sweep("household")
    late = town.bear_ready(next(_numbers))
    assert hands.number(town.hub, police(town), "newborn", "household") == 1
    check(town, [*ready, late])


@pytest.mark.usefixtures("two_cores")
def test_one_writer_at_a_time_needs_one_process(tmp_path: Path, town: Any) -> None:
    """SQLite: without a look at the backlog."""
    embedded: Any = SimpleNamespace(store=Store(f"sqlite:///{tmp_path}/s.db"))
    assert hands.number(embedded, police(town), "newborn", "household") == 1


def test_what_a_hand_did_is_read_as_it_was_written() -> None:
    done = Done({"unknown": 1}, Problem("http.timeout", {"peer": "x:1"}), 3.5, acted=True)
    done.note("http.timeout", {"peer": "x:1"})
    done.note("http.timeout", {"peer": "x:2"})
    done.note("", {})
    assert [each.facts for each in done.causes] == [{"peer": "x:1"}]
    assert read(json.loads(json.dumps(done.written()))) == done


@pytest.mark.guarantee("G2")
def test_a_hand_whose_caller_is_gone_ends_after_the_cases_that_it_has_in_hand(
    town: Any, ready: list[str], hand: subprocess.Popen[str], until: Callable[..., None]
) -> None:
    at_once = police(town).concurrency
    until(lambda: len(town.police.held()) == at_once, 60)
    before = threads(hand)
    assert hand.stdin is not None
    hand.stdin.close()  # as the kernel does for a dead caller
    until(lambda: threads(hand) < before)  # what listened to it has heard
    town.police.release()
    assert hand.wait(30) == 0
    assert hand.stdout is not None
    done = read(json.loads(hand.stdout.read()))
    assert done.sick is None
    assert done.states == {"applied": at_once}
    check(town, ready)


@pytest.mark.guarantee("G2")
@pytest.mark.usefixtures("two_cores")
def test_a_hand_that_is_killed_is_reported_and_the_next_sweep_finds_what_it_had(
    town: Any,
    ready: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    killer = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    monkeypatch.setattr(hands, "COMMAND", (hands.COMMAND[0], "-c", f"input(); {killer}"))
    report = town.sweep("household")["household"]
    assert 0 < report.states["applied"] < len(ready)
    assert f"a helping hand ended status={-signal.SIGKILL}" in caplog.text
    check(town, ready)


@pytest.mark.usefixtures("two_cores")
def test_where_no_hand_lives_every_case_still_has_its_turn(
    town: Any, ready: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part that is ours is another one in another turn."""
    monkeypatch.setattr(hands, "ENOUGH", 1)
    monkeypatch.setattr(hands, "COMMAND", (hands.COMMAND[0], "-c", "raise SystemExit(1)"))
    check(town, ready)


@pytest.mark.guarantee("G2")
def test_a_hand_killed_with_a_call_in_flight_makes_nothing_twice(
    town: Any, ready: list[str], hand: subprocess.Popen[str], until: Callable[..., None]
) -> None:
    until(town.police.held, 60)  # a program of its own has to start
    hand.kill()
    hand.wait()
    town.police.clear()  # what the dead hand had on the wire is not held after the others went on
    until(town.is_quiet, 60)
    town.clock.skip(90)
    check(town, ready)


def hand_that(program: str) -> subprocess.Popen[str]:
    return subprocess.Popen((sys.executable, "-c", program), stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    "told", ["", "{", "[]", "null", "{}", '{"sick": 1}', '{"sick": null, "x": 1}']
)
def test_what_nobody_can_read_is_told_like_a_dead_hand(
    told: str, caplog: pytest.LogCaptureFixture
) -> None:
    with hand_that(f"print({told!r})") as hand:
        assert hands._told(hand, 60) is None
    assert "can't be read" in caplog.text


def test_a_hand_that_never_ends_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    with hand_that("import time; time.sleep(600)") as hand:
        assert hands._told(hand, 0.2) is None
    assert f"a helping hand ended status={-signal.SIGKILL}" in caplog.text


@given(case=st.text(), parts=st.integers(1, 9))
def test_each_case_is_of_exactly_one_part(case: str, parts: int) -> None:
    mine = Order("m", "i", 1.0, part=len(case) % parts, parts=parts)
    assert [each.has(case) for each in (mine, *mine.others())].count(True) == 1
