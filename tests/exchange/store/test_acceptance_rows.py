"""Acceptances keep what was said of them, in the order in which it was told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange.store.acceptance_rows import LOG, AcceptanceRow, EventRow
from exchange.store.engine import Connection, Store

AT = "2026-03-02T01:00:00.000000Z"


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        yield opened


def test_it_is_found_by_its_number_with_what_was_said(connection: Connection) -> None:
    row = AcceptanceRow("case-1", "YS-20260302-0123456789AB", AT)
    assert LOG.add(connection, row)
    assert not LOG.add(connection, AcceptanceRow("case-1", "YS-20260302-000000000000", AT))
    told = [
        EventRow("case-1", n, name, AT, "fire", "housing", '{"items":["fire"]}', f"doc-{n}", AT)
        for n, name in enumerate(("assigned", "passed"))
    ]
    LOG.append(connection, told)
    assert LOG.by_number(connection, row.number) == row
    assert LOG.told(connection, "case-1") == told
    assert LOG.by_document(connection, "doc-1") == told[1]


def test_one_that_has_ended_is_open_no_more(connection: Connection) -> None:
    for n in (1, 2):
        LOG.add(connection, AcceptanceRow(f"case-{n}", f"YS-{n}", AT))
    LOG.close(connection, "case-1", AT)
    assert [each.case for each in LOG.still_open(connection)] == ["case-2"]
