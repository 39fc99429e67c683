"""A dump is one state of the store; a loaded store takes the present one's place at once (G12)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from exchange.errors import Fatal
from exchange.store import schema, sealed_rows
from exchange.store.copies import Copies, copies
from exchange.store.engine import Connection, Store
from exchange.store.tables import ledger_head, receipt

pytestmark = pytest.mark.guarantee("G12")


@pytest.fixture
def url(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def means(url: str) -> Iterator[Copies]:
    found = copies(url)
    yield found
    found.drop()


def _write(store: Store, size: int) -> None:
    with store.write() as connection:
        connection.execute(insert(ledger_head).values(size=size, at="", token=f"t{size}"))


def _sizes(connection: Connection) -> list[int]:
    return list(
        connection.execute(select(ledger_head.c.size).order_by(ledger_head.c.size)).scalars()
    )


def _read(url: str) -> list[int]:
    store = Store(url)
    try:
        with store.read() as connection:
            return _sizes(connection)
    finally:
        store.close()


def test_what_is_put_back_is_what_was_there(
    store: Store, url: str, means: Copies, tmp_path: Path
) -> None:
    _write(store, 1)
    assert means.dump(tmp_path / "dump", _sizes) == [1]
    _write(store, 2)
    store.close()
    assert _read(means.load(tmp_path / "dump")) == [1]
    assert _read(url) == [1, 2]  # until it is swapped in
    assert means.swap("old")
    assert _read(url) == [1]


def test_a_dump_under_way_sees_whole_transactions_only(
    store: Store, means: Copies, tmp_path: Path
) -> None:
    """Each transaction writes two heads; the dump and what is told of it have both or none."""
    stop = threading.Event()

    def write() -> None:
        size = 0
        while not stop.is_set():
            with store.write() as connection:
                for size in (size + 1, size + 2):
                    row = {"size": size, "at": "", "token": "t"}
                    connection.execute(insert(ledger_head).values(row))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            seen = means.dump(tmp_path / f"dump-{number}", _sizes)
            assert len(seen) % 2 == 0
            assert _read(means.load(tmp_path / f"dump-{number}")) == seen
    finally:
        stop.set()
        writer.join()


def test_nobody_may_be_connected_when_a_store_is_replaced(
    store: Store, url: str, means: Copies, tmp_path: Path
) -> None:
    means.dump(tmp_path / "dump", _sizes)
    _write(store, 1)
    means.load(tmp_path / "dump")
    with store.read() as connection:
        _sizes(connection)
        with pytest.raises(Fatal) as caught:
            means.swap("old")
    assert caught.value.code == "restore.in-use"
    store.close()
    assert _read(url) == [1]


@pytest.mark.parametrize("end", ["-wal", "-shm"])
def test_what_can_not_be_read_goes_aside_and_leaves_no_log(tmp_path: Path, end: str) -> None:
    """Left there, the log would be taken for the new store's."""
    file, url = tmp_path / "s.db", f"sqlite:///{tmp_path / 's.db'}"
    store = Store(url)
    schema.upgrade(store)
    means = copies(url)
    means.dump(tmp_path / "dump", _sizes)
    store.close()
    beside = tmp_path / f"s.db{end}"
    file.write_bytes(b"x" * 8192)
    beside.write_bytes(b"log")
    means.load(tmp_path / "dump")
    aside = means.swap("old")
    assert Path(aside).read_bytes() == b"x" * 8192
    assert not beside.exists()
    assert _read(url) == []


def test_what_was_loaded_and_not_swapped_in_is_gone(
    store: Store, url: str, means: Copies, tmp_path: Path
) -> None:
    means.dump(tmp_path / "dump", _sizes)
    loaded = means.load(tmp_path / "dump")
    means.drop()
    assert not copies(loaded).exists
    assert copies(url).exists


def test_every_bucket_of_a_sealed_body_is_told(store: Store) -> None:
    with store.write() as connection:
        for number, bucket in enumerate(("m-2031-01", "m-2031-01", "长名-2031-02")):
            name = bucket.encode()
            sealed = bytes([len(name)]) + name + b"\0\x80rest" + bytes([number])
            row = {"id": str(number), "effect": "e", "what": "applied", "at": "", "digest": ""}
            connection.execute(insert(receipt).values(**row, sealed=sealed))
        assert sealed_rows.buckets(connection) == ["m-2031-01", "长名-2031-02"]


def test_a_database_without_means_says_so() -> None:
    with pytest.raises(Fatal) as caught:
        copies("mysql://db/zhida")
    assert caught.value.code == "store.url"
