"""``kill -9`` of the message broker with declarations in flight: each is one case (G1, G2).

A sender publishes, each message to be confirmed; ``zhida listen`` takes in; the broker dies at any
moment, and in most rounds the listener in the same. What was not confirmed is sent again under the
same key, as a real sender does: the broker may have had it.
"""

from __future__ import annotations

import itertools
import os
import random
import secrets
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from connectors.amqp import Outgoing
from exchange.errors import Unknown
from sandbox.rabbitmq import SETTLED
from tests.kills import QUEUED, RECORDED, TAKEN, UNCONFIRMED, Kills
from tests.zhida.bedside_queue import Queue, cases, declaration, drained, files, has_case

WANTED = {"": 2, "full": 50}[os.environ.get("ZHIDA_ROUNDS", "")]
"""Kills with something in flight."""
BATCH = 10
"""Messages a round."""
SURVIVES = 0.25
"""In how many rounds the listener outlives the broker (it then waits longer from try to try)."""


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    return files()


@pytest.fixture(scope="module")
def store_address(postgres: Any) -> str:
    found: str = postgres.database(f"broker-{secrets.token_hex(4)}")
    return found


@pytest.fixture
def queue(town: Any, broker: Any) -> Iterator[Queue]:
    found = Queue(town, broker)
    time.sleep(SETTLED)
    yield found
    found.publisher.close()


class Listener:
    """One at a time."""

    def __init__(self, town: Any) -> None:
        self._town = town
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        if self.process is None:
            quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
            self.process = self._town.worker("-m", "zhida", "listen", **quiet)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def listener(town: Any) -> Iterator[Listener]:
    found = Listener(town)
    yield found
    found.kill()


class Sender:
    """Sends until each message is confirmed; one that is not is sent again under the same key."""

    def __init__(self, queue: Queue, until: Callable[..., None]) -> None:
        self._queue, self._until = queue, until
        self.confirmed: set[int] = set()
        self.doubtful = False
        """Whether the last try left a message of which nobody knows."""

    def send(self, numbers: list[int], pauses: Iterable[float] = itertools.repeat(0.0)) -> None:
        """One by one; ends with the first that is not confirmed."""
        for number, pause in zip(numbers, pauses, strict=False):
            message = Outgoing("births", declaration(number), f"sender-{number}")
            (told,) = self._queue.publisher.publish([message])
            self.doubtful = isinstance(told, Unknown)
            if told is not None:
                return
            self.confirmed.add(number)
            time.sleep(pause)

    def insist(self, numbers: list[int]) -> None:
        """Until each is confirmed."""

        def is_over() -> bool:
            self.send([number for number in numbers if number not in self.confirmed])
            return self.confirmed >= set(numbers)

        self._until(is_over, 60)


class Scene:
    """What a round needs."""

    def __init__(
        self,
        town: Any,
        queue: Queue,
        *,
        broker: Any,
        listener: Listener,
        until: Callable[..., None],
    ) -> None:
        self.town, self.queue, self.until = town, queue, until
        self.broker, self.listener = broker, listener

    def cases_of(self, numbers: Iterable[int]) -> int:
        return sum(has_case(self.town, number) for number in numbers)

    def kill(self, sender: Sender, batch: list[int], chance: random.Random) -> str:
        """Kill the broker while it is sent to and read from, and start it again; what was hit."""
        pauses = [chance.uniform(0, 0.02) for _ in batch]
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(sender.send, batch[1:], pauses)
            time.sleep(chance.uniform(0, 0.2))
            self.broker.kill()
            taken = self.cases_of(batch)
            survives = chance.random() < SURVIVES
            if not survives:
                self.listener.kill()
        sending.result()
        self.broker.start()
        self.broker.wait()
        return self._hit(sender, batch, taken if survives else None)

    def _hit(self, sender: Sender, batch: list[int], taken: int | None) -> str:
        """``taken``: cases in that moment, if the listener lives on and goes on with what it has."""
        confirmed = len(sender.confirmed.intersection(batch))
        if sender.doubtful:
            return UNCONFIRMED
        if taken is not None:
            return QUEUED if taken < confirmed else RECORDED
        sure = confirmed - self.cases_of(batch)
        self.until(lambda: self.queue.depth() >= sure)  # else it has lost what it confirmed
        lying = self.queue.depth()
        return TAKEN if lying > sure else QUEUED if lying else RECORDED


@pytest.mark.guarantee("G1")
@pytest.mark.guarantee("G2")
def test_a_killed_broker_loses_nothing_that_it_confirmed_and_nothing_becomes_two_cases(
    town: Any,
    queue: Queue,
    broker: Any,
    listener: Listener,
    until: Callable[..., None],
    seed: int,
    kills: Kills,
    record_property: Callable[[str, object], None],
) -> None:
    kills.of("the message broker", seed=seed)
    chance, numbers, before = random.Random(seed), iter(range(100, 1000)), cases(town)
    scene = Scene(town, queue, broker=broker, listener=listener, until=until)
    sender = Sender(queue, until)
    while kills.in_flight < WANTED and kills.fell.total() < 2 * WANTED:
        batch = list(itertools.islice(numbers, BATCH))
        listener.start()
        sender.insist(batch[:1])
        until(lambda first=batch[:1]: scene.cases_of(first), 60)
        kills.fell[scene.kill(sender, batch, chance)] += 1
        sender.insist(batch)
        listener.start()
        until(lambda batch=batch: scene.cases_of(batch) == len(batch), 60)
        assert cases(town) == before + len(sender.confirmed), (seed, batch)
    record_property("rounds", kills.in_flight)
    listener.kill()
    drained(town)  # what it had in hand comes once more
    assert cases(town) == before + len(sender.confirmed)
    assert queue.depth() == 0
    assert kills.in_flight == WANTED
    town.audit()
