"""Books that disagree are one incident until the whole span is compared again and agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from exchange import times
from exchange.errors import Problem
from exchange.store import incident_rows
from exchange.store.engine import Connection
from exchange.store.incident_rows import IncidentRow
from zhida import disagreement

DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 2, tzinfo=times.CHINA)
MISSING = Problem("reconcile.missing", {"effect": "e"})
FOREIGN = Problem("reconcile.foreign", {"effect": "f", "at": "-"})


@pytest.fixture
def connection(town: object) -> Iterator[Connection]:
    """In a transaction that is taken back."""
    with town.hub.store.write() as opened:  # type: ignore[attr-defined]
        yield opened
        opened.rollback()


def compared(connection: Connection, first: int, last: int, *problems: Problem) -> None:
    """The police's books from the morning of one day of the week to the morning of another."""
    span = MONDAY + first * DAY, MONDAY + last * DAY
    disagreement.tell(connection, "police", span, list(problems))


def opened(connection: Connection) -> list[IncidentRow]:
    return incident_rows.still_open(connection, "books", "police")


def test_what_differs_is_told_with_the_span_and_the_command_that_shows_it(
    connection: Connection,
) -> None:
    compared(connection, 0, 1, MISSING, MISSING, FOREIGN)
    [row] = opened(connection)
    assert row.code == "reconcile.disagrees"
    for told in ("2026-03-02T00:00:00", "2026-03-03T00:00:01", '"count":3', "reconcile.foreign"):
        assert told in row.facts


def test_another_day_that_agrees_does_not_end_it(connection: Connection) -> None:
    compared(connection, 0, 1, MISSING)
    compared(connection, 1, 2)
    assert len(opened(connection)) == 1
    compared(connection, 0, 1)
    assert opened(connection) == []


def test_a_second_day_that_differs_widens_it_and_both_must_agree(connection: Connection) -> None:
    compared(connection, 0, 1, MISSING)
    compared(connection, 3, 4, FOREIGN)
    assert len(opened(connection)) == 1
    compared(connection, 0, 1)
    compared(connection, 3, 4)
    assert len(opened(connection)) == 1, "neither covers both"
    compared(connection, 0, 4)
    assert opened(connection) == []
