"""A receipt keeps the peer's answer as it came, and shows outside only that there was one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from exchange import receipt
from exchange.document import raw_digest
from exchange.errors import Fatal
from exchange.ports import Answer
from exchange.receipt import Receipt
from exchange.store import delivery_rows
from exchange.store.engine import Store
from exchange.vault import Vault

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ANSWERS = [
    Answer(b""),
    Answer(b"\x00\xff raw", "N1", {"a": {"b": ["x", 1, True]}}),
    Answer("回执𠮷".encode("gb18030"), "号 1", {}, "e30.e30.e30~", "ab" * 32, NOW),
    Answer(b"stored", waiting=True),
]


def keep(store: Store, vault: Vault, made: Receipt) -> tuple[Receipt, Any]:
    with store.write() as connection:
        entry = receipt.put(connection, vault, made, bucket="m-2031-01", now=NOW)
        row = delivery_rows.get_receipt(connection, made.id)
    assert row is not None
    return receipt.open_row(vault, row), entry


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_comes_back_as_it_came(store: Store, vault: Vault, answer: Answer) -> None:
    made = receipt.of_answer("e1", answer)
    opened, _ = keep(store, vault, made)
    read_at = answer.as_of or NOW  # told again later it is as old as when it was read
    assert opened == replace(made, as_of=read_at)
    assert opened.answer() == replace(answer, as_of=read_at)
    assert opened.what == ("stored" if answer.waiting else "applied")


def test_a_refusal_keeps_the_peers_own_words(store: Store, vault: Vault) -> None:
    opened, _ = keep(store, vault, receipt.of_refusal("e1", b"<no/>", "材料不符：\ud800"))
    assert (opened.what, opened.raw, opened.reason) == ("refused", b"<no/>", "材料不符：?")


def test_ten_megabytes_are_kept(store: Store, vault: Vault) -> None:
    raw = bytes(range(256)) * 40_960
    opened, _ = keep(store, vault, receipt.of_answer("e1", Answer(raw)))
    assert opened.raw == raw


def test_outside_stand_only_digests(store: Store, vault: Vault) -> None:
    made = receipt.of_answer("e1", Answer(b"yes", "X320117001", {"name": "张小直"}))
    _, entry = keep(store, vault, made)
    assert entry.details == {
        "effect": "e1",
        "what": "applied",
        "raw_digest": raw_digest(b"yes", made.salt),
    }
    with store.read() as connection:
        (row,) = delivery_rows.receipts(connection, ["e1"])
    told = repr(row).encode()
    assert "张小直".encode() not in told
    assert b"X320117001" not in told
    assert len(made.salt) == 16


def test_two_equal_answers_have_different_digests(store: Store, vault: Vault) -> None:
    digests = {
        keep(store, vault, receipt.of_answer("e1", Answer(b"yes")))[1].details["raw_digest"]
        for _ in range(3)
    }
    assert len(digests) == 3


def test_a_receipt_put_into_another_row_does_not_open(store: Store, vault: Vault) -> None:
    one = receipt.of_answer("e1", Answer(b"one"))
    keep(store, vault, one)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE receipt SET id = 'other'")
        row = delivery_rows.get_receipt(connection, "other")
    assert row is not None
    with pytest.raises(Fatal, match=r"vault\.broken"):
        receipt.open_row(vault, row)
