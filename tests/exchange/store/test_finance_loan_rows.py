"""A loan is found by its bank's number of it and by its request; what was told stays in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from exchange.store import finance_loan_rows
from exchange.store.engine import Connection, Store
from exchange.store.finance_loan_rows import LOG, LoanRow, ToldRow

STORES = ("sqlite", "postgresql")
AT, LATER = "2026-05-06T01:00:00.000000Z", "2026-05-07T01:00:00.000000Z"
LOAN = LoanRow("c1", "bank-a", "F1", "r1", "l", "2026-05-06", 100, "2026-08-06", "x", AT)
TOLD = ToldRow("c1", 1, "M1", "repaid-in-part", "2026-05-07", 30, "", "y", "d1", LATER)


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        yield opened


def test_a_number_is_its_bank_s(connection: Connection) -> None:
    other = replace(LOAN, case="c2", bank="bank-b", request="r2")
    assert LOG.add(connection, LOAN)
    assert LOG.add(connection, other)
    assert finance_loan_rows.of_bank(connection, "bank-a", "F1") == LOAN
    assert finance_loan_rows.of_bank(connection, "bank-b", "F1") == other
    assert finance_loan_rows.of_bank(connection, "bank-a", "F2") is None
    assert finance_loan_rows.of_request(connection, "r2") == other
    assert finance_loan_rows.all_of_bank(connection, "bank-a") == [LOAN]


def test_a_request_has_one_loan(connection: Connection) -> None:
    LOG.add(connection, LOAN)
    assert not LOG.add(connection, replace(LOAN, case="c2", number="F2"))


def test_what_was_told_on_a_day_is_found(connection: Connection) -> None:
    LOG.add(connection, LOAN)
    LOG.append(connection, [TOLD])
    assert LOG.told(connection, "c1") == [TOLD]
    found = finance_loan_rows.told_between(connection, "bank-a", AT, "2026-05-08")
    assert found == [TOLD]
    assert finance_loan_rows.told_between(connection, "bank-a", AT, LATER) == []
    assert finance_loan_rows.told_between(connection, "bank-b", AT, "2026-05-08") == []
    assert finance_loan_rows.opened_between(connection, "bank-a", AT, LATER) == [LOAN]
    assert finance_loan_rows.opened_between(connection, "bank-a", LATER, "2026-05-08") == []
