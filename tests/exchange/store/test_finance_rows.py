"""Letters are counted down to nothing and no further; what was taken back stays so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from exchange.store import finance_report_rows, finance_rows
from exchange.store.engine import Connection, Store
from exchange.store.finance_report_rows import Span
from exchange.store.finance_rows import LetterRow, ReadRow, RevocationRow

STORES = ("sqlite", "postgresql")
AT = "2026-05-06T01:00:00.000000Z"
LETTER = LetterRow(
    "id-1", "L1", "bank-a", "91320117MA0000015D", "print", "order-finance", "invoice tax", "", "",
    "2026-05-01", "2026-08-31", 2, 0, "content", "document", AT,
)  # fmt: skip
READ = ReadRow("bank-a", "r1", "read", "id-1", "order-finance invoice", "c1", AT, "", "{}", AT)


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        yield opened


def test_a_letter_is_added_once(connection: Connection) -> None:
    assert finance_rows.add_letter(connection, LETTER)
    assert not finance_rows.add_letter(connection, replace(LETTER, max_uses=9))
    assert finance_rows.get_letter(connection, "id-1", hold=True) == LETTER
    assert finance_rows.get_letter(connection, "id-2") is None


def test_no_more_uses_than_it_allows(connection: Connection) -> None:
    finance_rows.add_letter(connection, LETTER)
    assert [finance_rows.use_letter(connection, "id-1") for _ in range(3)] == [True, True, False]
    found = finance_rows.get_letter(connection, "id-1")
    assert found is not None
    assert found.uses == 2


def test_letters_are_listed_newest_first_and_found_by_their_beginning(
    connection: Connection,
) -> None:
    later = replace(LETTER, id="id-2", bank="bank-b", taken_at=AT.replace("05-06", "05-07"))
    for row in (LETTER, later):
        finance_rows.add_letter(connection, row)
    assert finance_rows.letters(connection) == [later, LETTER]
    assert finance_rows.letters(connection, bank="bank-a") == [LETTER]
    assert len(finance_rows.letters_like(connection, "id-")) == 2
    assert finance_rows.letters_like(connection, "i%") == []


def test_what_was_taken_back_is_so_since_the_first_time(connection: Connection) -> None:
    first = RevocationRow("id-1", AT, "firm", "d1")
    assert finance_rows.revocation(connection, "id-1") is None
    assert finance_rows.revoke(connection, first)
    assert not finance_rows.revoke(connection, replace(first, by="operator"))
    assert finance_rows.revocation(connection, "id-1") == first
    assert finance_rows.revocations(connection) == {"id-1": first}


def test_the_last_decision_on_a_reading_counts(connection: Connection) -> None:
    finance_rows.put_read(connection, replace(READ, code="finance.quota"))
    finance_rows.put_read(connection, READ)
    assert finance_rows.get_read(connection, "bank-a", "r1") == READ
    assert finance_rows.get_read(connection, "bank-b", "r1") is None
    assert finance_rows.reads(connection, limit=9, letter="id-1", bank="") == [READ]
    assert finance_rows.reads(connection, limit=9, bank="bank-b") == []


def test_turns_are_counted_for_each_bank_act_and_day(connection: Connection) -> None:
    key = ("bank-a", "read", "2026-05-06")
    for n in range(2):
        assert finance_rows.hold_turns(connection, *key) == n
        finance_rows.take_turn(connection, *key)
    for other in (("bank-b", *key[1:]), ("bank-a", "request", key[2]), (*key[:2], "2026-05-07")):
        assert finance_rows.hold_turns(connection, *other) == 0


def test_readings_of_a_day_are_found_by_when_they_were_decided_on_and_counted(
    connection: Connection,
) -> None:
    later = AT.replace("05-06", "05-07")
    denied = replace(READ, id="r2", at=later, code="finance.quota", counted_at="")
    for row in (READ, denied, replace(READ, bank="bank-b")):
        finance_rows.put_read(connection, row)
    assert finance_rows.counted_between(connection, "bank-a", AT, "2026-06") == [READ]
    span = Span("bank-a", AT, "2026-06")
    assert finance_report_rows.counted(connection, span) == {READ.act: 1}
    assert finance_report_rows.refused(connection, span) == {"finance.quota": 1}
    assert finance_report_rows.readings(connection, span) == ["r2"]
    assert finance_report_rows.readings(connection, span, act=READ.act) == [READ.id]
    since = Span("bank-a", later, "2026-06")
    assert finance_report_rows.counted(connection, since) == {}
    assert finance_report_rows.refused(connection, since) == {"finance.quota": 1}
