"""Events by a real broker, and as files in the folder of a real SFTP server."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from connectors.amqp import AmqpPublisher, open_feed
from exchange.errors import Rejected, Retriable, Unknown
from exchange.ports import Endpoint
from exchange.store import finance_push_rows
from sandbox.rabbitmq import RabbitMq
from tests.sftp_server import SftpServer
from tests.zhida.finance_feeds import BANK, Feeds
from zhida import finance_layout, finance_push, finance_reconciling, finance_resend
from zhida.finance_layout import BOOKS, EVENTS

QUEUE = "bank-a.events"
AMQP = {"wire": "amqp", "to": QUEUE, "settings": {"timeout_s": 10, "window": 3}}
SFTP = {"wire": "sftp", "to": "out", "settings": {"folders": {"out": {"folder": "out"}}}}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Feeds]:
    found = Feeds(tmp_path_factory.mktemp("feeds"), AMQP, {})
    yield found
    found.close()


@pytest.fixture
def feeds(town: Feeds) -> Iterator[Feeds]:
    town.reset()
    yield town
    town.audit()


# --- by a broker ----------------------------------------------------------------------------------


@pytest.fixture
def by_queue(feeds: Feeds, broker: RabbitMq) -> Feeds:
    feeds.connections["bank_a_events"] = {
        "host": "127.0.0.1",
        "port": broker.port,
        "login": broker.login,
        "password": broker.password,
    }
    feeds.configure(AMQP)
    _received(broker)  # declares the queue, and empties it
    return feeds


def _received(broker: RabbitMq) -> list[Any]:
    """All that waits for the bank, in order."""
    where = Endpoint(f"127.0.0.1:{broker.port}", broker.login, broker.password)
    queue = open_feed({"declare": True}, where)
    try:
        found: list[Any] = []
        while parcels := queue.receive(QUEUE, "", limit=100, wait=1.0)[0]:
            queue.settle(QUEUE, [each.key for each in parcels])
            found += parcels
        return found
    finally:
        queue.close()


def test_what_a_broker_has_confirmed_counts_and_what_it_has_not_leaves_again(
    by_queue: Feeds, broker: RabbitMq, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_queue.happen(by_queue.lend(), 5)
    publish = AmqpPublisher.publish

    def cut(self: AmqpPublisher, messages: Any) -> list[Any]:
        """All of them leave, and the word on the third is lost."""
        told = publish(self, messages)
        return [*told[:2], Unknown("amqp.unconfirmed", peer="-", operation="-"), *told[3:]]

    monkeypatch.setattr(AmqpPublisher, "publish", cut)
    turn = by_queue.turn()
    assert (turn.taken, by_queue.position.seq, by_queue.position.until) == (2, 2, 5)
    assert turn.error is not None
    assert turn.error.code == "amqp.unconfirmed"
    monkeypatch.undo()
    assert by_queue.turn().taken == 3
    parcels = _received(broker)
    bodies = [each.raw for each in parcels]
    assert [json.loads(each)["seq"] for each in bodies] == [1, 2, 3, 4, 5, 3, 4, 5]
    assert bodies[2:5] == bodies[5:]
    assert [each.key.split()[0] for each in parcels[2:5]] == [
        each.key.split()[0] for each in parcels[5:]
    ]
    assert all(each.key.startswith(f"bank-a-{json.loads(each.raw)['seq']}") for each in parcels)
    assert [each["seq"] for each in by_queue.entries("finance-push")] == [1, 2, 3, 4, 5]


# --- as files -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    found = SftpServer(tmp_path_factory.mktemp("sftp"))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def by_files(feeds: Feeds, server: SftpServer) -> Feeds:
    shutil.rmtree(server.home / "out", ignore_errors=True)
    (server.home / "out").mkdir()
    feeds.connections["bank_a_events"] = server.connection
    feeds.configure(SFTP)
    return feeds


def _files(server: SftpServer) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted((server.home / "out").iterdir())}


def test_a_day_that_is_over_is_one_file_with_what_is_signed_beside_it(
    by_files: Feeds, server: SftpServer
) -> None:
    loan = by_files.lend()
    by_files.happen(loan, 3)
    assert (by_files.turn().taken, _files(server)) == (0, {})
    by_files.clock.skip(hours=15)
    by_files.happen(loan)
    assert by_files.turn().taken == 3
    stem = "EVENTS_bank-a_20260506_0000000001-0000000003"
    found = _files(server)
    assert sorted(found) == ["BOOKS_bank-a_20260506.txt", f"{stem}.jsonl", f"{stem}.txt"]
    head, *rows, end = finance_layout.read(found[f"{stem}.txt"], EVENTS)
    told = {"form": "ZHIDA1", "kind": "EVENTS", "bank": BANK, "day": 20260506, "count": 3}
    assert head == ("H", told | {"first": 1, "last": 3})
    assert [(mark, each["seq"], each["title"]) for mark, each in rows] == [
        ("D", n, "已交货") for n in (1, 2, 3)
    ]
    assert (end[1]["count"], end[1]["sum"]) == (3, 6)
    lines = [json.loads(each) for each in found[f"{stem}.jsonl"].splitlines()]
    for row, line in zip(rows, lines, strict=True):
        assert row[1]["signed_sha256"] == hashlib.sha256(line["signed"].encode()).hexdigest()
        assert by_files.hub.archive.verify(line["signed"]).record["id"] == row[1]["id"]


def test_files_that_leave_again_are_the_same_and_none_is_ever_changed(
    by_files: Feeds, server: SftpServer
) -> None:
    by_files.configure(SFTP | {"each": "sweep"})
    loan = by_files.lend()
    by_files.happen(loan, 2)
    assert by_files.turn().taken == 2
    first = _files(server)
    assert len(first) == 2
    by_files.happen(loan)
    by_files.turn()
    _forget(by_files)
    for path in (server.home / "out").glob("*0001-*"):
        path.unlink()  # the bank has taken them away
    by_files.turn()
    again = _files(server)
    stem = "EVENTS_bank-a_20260506_0000000001-0000000003"
    assert again[f"{stem}.jsonl"].startswith(first[next(n for n in first if n.endswith("jsonl"))])
    _forget(by_files)
    other = server.home / "out" / f"{stem}.txt"
    other.write_bytes(b"something else")
    turn = by_files.turn()
    assert turn.error is not None
    assert turn.error.code == "files.other-content"
    assert other.read_bytes() == b"something else"


def _forget(feeds: Feeds) -> None:
    """As if it had died before it wrote down that they were taken: all it knows is what may have left."""
    with feeds.hub.store.write() as connection:
        row = finance_push_rows.get(connection, BANK)
        finance_push_rows.put(connection, replace(row, seq=0))


def test_a_day_that_died_after_its_file_was_put_is_put_again_as_it_was(
    by_files: Feeds, server: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    loan = by_files.lend()
    by_files.configure(SFTP | {"each": "sweep"})
    by_files.happen(loan, 2)
    monkeypatch.setattr(finance_push, "_moved", _die)
    with pytest.raises(KeyboardInterrupt):
        by_files.turn()
    monkeypatch.undo()
    first = _files(server)
    by_files.happen(loan)  # meanwhile
    assert by_files.turn().taken == 3
    found = _files(server)
    assert {name: found[name] for name in first} == first
    names = sorted(each for each in found if each.endswith(".txt"))
    assert [each[-25:] for each in names] == [
        "0000000001-0000000002.txt",
        "0000000003-0000000003.txt",
    ]


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_books_of_each_day_are_a_file_that_says_what_rest_says(
    by_files: Feeds, server: SftpServer
) -> None:
    loan = by_files.lend()
    by_files.happen(loan, 2)
    by_files.turn()
    by_files.clock.skip(days=2)
    by_files.turn()
    found = {name: raw for name, raw in _files(server).items() if name.startswith("BOOKS")}
    assert sorted(found) == [f"BOOKS_bank-a_2026050{day}.txt" for day in (6, 7)]
    head, *rows, end = finance_layout.read(found["BOOKS_bank-a_20260506.txt"], BOOKS)
    told = finance_reconciling.of_day(by_files.hub, BANK, "2026-05-06")
    shown = finance_reconciling.shown(told, with_rows=False)
    assert head[1]["count"] == len(rows) == sum(shown["counts"].values()) == 3
    assert [mark for mark, _ in rows] == ["E", "E", "L"]
    assert end[1]["books_sha256"] == shown["digests"]["all"]
    assert end[1]["paid_out_fen"] == shown["sums_fen"]["paid_out"] == 50_000_000
    assert by_files.position.books == "2026-05-07"
    (server.home / "out" / "BOOKS_bank-a_20260506.txt").unlink()  # the bank has lost it
    to = finance_resend.bank(by_files.hub, BANK)
    day, who = date(2026, 5, 6), by_files.operator()
    finance_resend.books(by_files.hub, who, to, day=day, reason="")
    assert by_files.turn().books == 2
    again = {name: raw for name, raw in _files(server).items() if name.startswith("BOOKS")}
    assert again == found
    with pytest.raises(Rejected) as error:
        finance_resend.books(by_files.hub, who, to, day=date(2026, 5, 9), reason="")
    assert (error.value.code, error.value.facts["last"]) == ("finance.resend-day", "2026-05-07")


def test_a_server_that_is_down_is_waited_for(by_files: Feeds, server: SftpServer) -> None:
    by_files.happen(by_files.lend())
    by_files.clock.skip(days=1)
    server.stop()
    turn = by_files.turn()
    assert isinstance(turn.error, Retriable)
    server.start()
    by_files.clock.now += timedelta(minutes=1)
    assert (by_files.turn().taken, by_files.position.code) == (1, "")
    assert len(_files(server)) == 2
