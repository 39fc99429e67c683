"""Datasets in the store: what is read is what was signed; nothing of a broken one is left (G6, G7)."""

import hashlib
import json
from datetime import timedelta

import pytest

from exchange import dataset, dataset_leaf
from exchange.dataset import Form
from exchange.datasets import require
from exchange.document import raw_digest
from exchange.errors import Fatal, Invalid, Rejected
from exchange.store import dataset_rows, ledger_rows, part_rows, sealed_rows
from exchange.store.dataset_tables import sealed_part

STORES = ("sqlite", "postgresql")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of four rows, so that there are several; a power of two like the real ones."""
    for module in ("exchange.dataset_writing", "exchange.datasets"):
        monkeypatch.setattr(f"{module}.PART_SIZE", 4)
    monkeypatch.setattr("exchange.dataset_writing.chunks.__defaults__", (4,))


def count_parts(hub):
    with hub.store.read() as connection:
        return connection.execute(sealed_part.select()).all().__len__()


@pytest.mark.parametrize("count", [0, 1, 4, 5, 23])
def test_all_rows_come_back_in_order(hub, count):
    made = hub.write(hub.firms(count))
    assert list(hub.datasets.rows(made)) == hub.firms(count)


def test_the_head_is_read_once_a_part_and_not_for_every_row(hub, monkeypatch):
    made, read, digest_of = hub.write(hub.firms(40)), [], dataset.digest_of
    monkeypatch.setattr(dataset, "digest_of", lambda token: (read.append(1), digest_of(token))[1])
    assert len(list(hub.datasets.rows(made))) == 40
    assert hub.datasets.find(made, ("FIRM000017",)) is not None
    assert 0 < len(read) <= 40 / 4 + 5


def test_a_row_is_found_by_its_key(hub):
    made = hub.write(hub.firms(23))
    for n in (0, 3, 4, 11, 22):
        found = hub.datasets.find(made, (f"FIRM{n:06d}",))
        assert (found.salted.record, found.index) == (hub.firms(23)[n], n)


@pytest.mark.parametrize("key", ["A", "FIRM000003x", "Z"])
def test_what_is_not_in_it_is_not_found(hub, key):
    made = hub.write(hub.firms(23))
    assert hub.datasets.find(made, (key,)) is None
    with pytest.raises(Rejected, match="no-row"):
        require(None, made.id)


def test_a_key_of_several_fields(hub):
    rows = [{"uscc": u, "policy": p} for u in "AB" for p in "xyz"]
    made = hub.write(rows, Form("decisions", ("uscc", "policy")))
    assert hub.datasets.find(made, ("B", "x")).index == 3


@pytest.mark.parametrize("order", [[0, 1, 1], [0, 2, 1], [0, 1, 2, 3, 3, 4], [0, 1, 2, 3, 2]])
def test_rows_out_of_order_leave_nothing(hub, order):
    rows = [hub.firms(10)[n] for n in order]
    with pytest.raises(Invalid, match=r"dataset\.order"):
        hub.write(rows)
    assert count_parts(hub) == 0


def test_what_fails_in_the_last_transaction_leaves_nothing(hub):
    def breaks(_connection, _dataset):
        raise Rejected("peer.refused")

    with pytest.raises(Rejected):
        hub.write(hub.firms(9), also=breaks)
    assert count_parts(hub) == 0
    with hub.store.read() as connection:
        assert dataset_rows.listed(connection) == []


def test_what_a_dead_process_left_is_dropped_a_day_later(hub):
    with hub.store.write() as connection:
        part_rows.put(connection, [part_rows.PartRow("dead", "rows", 0, 1, "", "2026-03-02T00:00:00.000000Z", b"x")])  # fmt: skip
    hub.write(hub.firms(1))
    assert count_parts(hub) == 3  # the dead one's, rows and index
    hub.clock.now += timedelta(days=1)
    hub.write(hub.firms(1))
    assert count_parts(hub) == 4


def test_a_part_that_was_exchanged_is_noticed(hub):
    """Sealed rightly, by somebody with the vault, and not what was signed."""
    made = hub.write(hub.firms(9))
    other = dataset_leaf.pack(dataset_leaf.salt(hub.firms(8)[4:]))
    with hub.store.write() as connection:
        connection.execute(sealed_part.delete().where(sealed_part.c.role == "rows", sealed_part.c.number == 1))  # fmt: skip
    kept = part_rows.PartRow(made.id, "rows", 1, 4, _digest(hub, made, 1), "", b"")
    hub.parts.put(kept, other, "grants-2036-03")
    with pytest.raises(Fatal, match=r"dataset\.changed"):
        list(hub.datasets.rows(made))
    with pytest.raises(Fatal, match=r"dataset\.changed"):
        hub.datasets.find(made, ("FIRM000005",))


def _digest(hub, made, number):
    again = hub.write(hub.firms(9))  # only to have a digest of 64 digits that is wrong
    return hub.parts.digests(again.id, "rows")[number][0]


def test_a_part_less_is_noticed_before_the_first_row(hub):
    made = hub.write(hub.firms(9))
    with hub.store.write() as connection:
        connection.execute(sealed_part.delete().where(sealed_part.c.role == "rows", sealed_part.c.number == 2))  # fmt: skip
    with pytest.raises(Fatal, match=r"dataset\.changed"):
        next(hub.datasets.rows(made))


def test_what_was_read_is_kept_and_named_by_its_digest(hub):
    made = hub.write(hub.firms(3), raw=[b"one", b"two"])
    assert list(hub.parts.all(made.id, "raw")) == [b"one", b"two"]
    with hub.store.read() as connection:
        from exchange.store import document_rows

        row = document_rows.get(connection, made.id)
    import base64

    told = json.loads(hub.parts.vault.unseal(row.raw, about=f"{made.id}/raw"))
    salt = base64.b64decode(told["salt"])
    assert made.document.origin.raw_digest == raw_digest(b"onetwo", salt)


def test_the_ledger_says_how_many_rows_were_signed_and_none_of_them(hub):
    made = hub.write(hub.firms(9))
    with hub.store.read() as connection:
        (entry,) = ledger_rows.entries(connection, 0, 9)
        told = json.loads(entry.body)
        assert sealed_rows.buckets(connection) == ["grants-2036-03"]
    assert (told["kind"], told["ref"], told["count"]) == ("dataset", made.id, 9)
    assert told["root"] == made.root.hex()
    assert b"FIRM" not in entry.body


def test_the_newest_of_a_source_is_found(hub):
    first, second = hub.write(hub.firms(1)), hub.write(hub.firms(2))
    with hub.store.read() as connection:
        found = dataset_rows.newest(connection, "enterprise-facts", "tax-facts")
        assert found.id in (first.id, second.id)
        assert dataset_rows.newest(connection, "enterprise-facts", "other") is None
        assert dataset_rows.newest(connection, "enterprise-facts", "tax-facts", "2026") is None
        assert {row.id for row in dataset_rows.listed(connection)} == {first.id, second.id}
        assert [row.count for row in dataset_rows.like(connection, second.id[:8])] == [2]


def test_nothing_of_a_row_lies_in_the_store_in_clear(hub):
    hub.write(hub.firms(9), raw=[b"FIRM000001 raw"])
    with hub.store.read() as connection:
        for table in (sealed_part, *_tables()):
            for row in connection.execute(table.select()):
                for value in row:
                    text = value if isinstance(value, bytes) else str(value).encode()
                    assert b"FIRM0" not in text
                    assert hashlib.sha256(b"FIRM000001").hexdigest().encode() not in text


def _tables():
    from exchange.store.dataset_tables import dataset
    from exchange.store.tables import document, ledger_entry

    return dataset, document, ledger_entry
