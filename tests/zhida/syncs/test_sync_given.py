"""Table to queue, with a real broker: what is new goes once, a repeat is the same to the letter."""

from __future__ import annotations

import json
import secrets
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import amqp
import pytest

from exchange.errors import Rejected
from exchange.store import sync_batch_rows
from sandbox.rabbitmq import RabbitMq
from tests.zhida.syncs.conftest import Town, counted, firm
from zhida.sync_given import GivenTarget
from zhida.sync_line import Work


@dataclass
class Queue:
    """The recipient's side."""

    broker: RabbitMq
    name: str

    def declare(self) -> None:
        with self._open() as connection:
            connection.channel().queue_declare(self.name, durable=True, auto_delete=False)

    def taken(self) -> list[tuple[str, bytes]]:
        """Everything that waits there, taken: message id and body. Each outlives the broker."""
        found = []
        with self._open() as connection:
            channel = connection.channel()
            channel.auto_decode = False
            while (message := channel.basic_get(self.name, no_ack=True)) is not None:
                assert message.properties["delivery_mode"] == 2
                found.append((message.properties["message_id"], message.body))
        return found

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.taken()]

    def _open(self) -> Any:
        broker = self.broker
        return amqp.Connection(f"127.0.0.1:{broker.port}", broker.login, broker.password)


@pytest.fixture
def queue(town: Town, broker: RabbitMq) -> Queue:
    login = {"login": broker.login, "password": broker.password}
    town.connections["mq"] = {"host": "127.0.0.1", "port": broker.port, **login}
    told = {"system": "mq", "title": "消息队列", "unit": "licensing", "adapter": "recipient"}
    town.write("systems", "mq", {**told, "connection": "mq", "options": {"wire": "amqp"}})
    found = Queue(broker, f"firms-{secrets.token_hex(4)}")
    town.sync(targets=[{"system": "mq", "route": found.name}])
    return found


def test_what_is_new_or_changed_goes_once(town: Town, queue: Queue) -> None:
    """A row that is changed back is another message: who drops repeats by their id must not drop it."""
    queue.declare()
    town.registry.put("firm", *(firm(n) for n in range(10)))
    assert town.counts() == counted(read=10, applied=10)
    first = queue.told()
    assert [(each["number"], each["row"]["CODE"]) for each in first] == [
        (1 + n // 7, f"9132{n:06}") for n in range(10)
    ]
    assert {(e["sync"], e["document"], e["gone"]) for e in first} == {("firms", "firm-row", False)}
    assert first[0]["row"] == {
        "CODE": "9132000000", "NAME": "企业0", "CAPITAL": "10000.50", "SINCE": "2020-01-05",
        "MTIME": "2026-01-04T00:00:00",
    }  # fmt: skip
    ids = set()
    for name in ("甲", "乙", "甲"):
        town.registry.run(f"UPDATE firm SET \"NAME\" = '{name}' WHERE \"CODE\" = '9132000009'")
        assert town.counts() == counted(read=10, unchanged=9, applied=1)
        [(key, body)] = queue.taken()
        assert json.loads(body)["row"]["NAME"] == name
        assert "9132000009" not in key
        ids.add(key)
    assert len(ids) == 3


def test_what_is_gone_is_a_message_of_its_own(town: Town, queue: Queue) -> None:
    """Keys that are numbers at the source are texts in what is signed and given."""
    queue.declare()
    town.sync(mode="snapshot", stop={"drop": 90}, targets=[{"system": "mq", "route": queue.name}])
    town.registry.run("DROP TABLE firm")
    town.registry.run('CREATE TABLE firm ("CODE" INTEGER PRIMARY KEY, "NAME" VARCHAR(40))')
    town.registry.put("firm", *((n, f"企业{n}") for n in range(10)))
    assert town.counts().applied == 10
    queue.taken()
    town.registry.run('DELETE FROM firm WHERE "CODE" IN (3, 5)')
    assert town.counts() == counted(read=8, unchanged=8, gone=2, deleted=2)
    told = queue.told()
    assert sorted(each["row"]["CODE"] for each in told) == ["3", "5"]
    assert all(each["gone"] and each["row"].keys() == {"CODE"} for each in told)
    town.registry.put("firm", (3, "企业3"))
    assert town.counts().applied == 1
    assert [each["row"]["NAME"] for each in queue.told()] == ["企业3"]


def _dies(*_: object, **__: object) -> None:
    raise SystemExit


def in_flight(town: Town, queue: Queue) -> bool:
    with closing(town.hub()) as hub, hub.store.read() as connection:
        return sync_batch_rows.sent(connection, "firms", f"mq/{queue.name}") is not None


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("owner", [GivenTarget, Work])
def test_a_death_after_the_confirms_gives_the_same_again_or_nothing(
    town: Town, queue: Queue, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is noted that they were given: the same ids and bodies; after it: nothing more."""
    queue.declare()
    town.registry.put("firm", *(firm(n) for n in range(5)))
    monkeypatch.setattr(owner, {GivenTarget: "_note", Work: "close"}[owner], _dies)
    with pytest.raises(SystemExit):
        town.run()
    monkeypatch.undo()
    assert in_flight(town, queue)
    first = queue.taken()
    town.registry.run("UPDATE firm SET \"NAME\" = '后来的' WHERE \"CODE\" = '9132000001'")
    town.run()
    assert not in_flight(town, queue)
    assert queue.taken() == (first if owner is GivenTarget else [])
    assert town.counts() == counted(read=5, unchanged=4, applied=1)


def test_a_queue_that_is_not_there_stops_it_and_nothing_is_lost(town: Town, queue: Queue) -> None:
    town.registry.put("firm", firm(1))
    with pytest.raises(Rejected, match=r"amqp\.unroutable"):
        town.run()
    assert in_flight(town, queue)
    queue.declare()
    town.run()
    assert len(queue.taken()) == 1
