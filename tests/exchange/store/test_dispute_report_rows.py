"""Refused handings-over of one matter, and the units that speak in each role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange import canonical
from exchange.store import case_rows, dispute_report_rows, dispute_rows, ledger_rows
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.dispute_rows import EventRow
from exchange.store.engine import Connection, Store
from exchange.store.ledger_rows import EntryRow

AT = "2026-01-01T00:00:00.000000Z"


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        yield opened


def case(connection: Connection, name: str, matter: str) -> None:
    item = ItemRow(name, "court", matter, "parked", "", "{}", "", "", "", AT)
    case_rows.open_case(connection, CaseRow(name, matter, name, AT, "", "open", ""), [item])


def entry(connection: Connection, seq: int, kind: str, of: str, code: str) -> None:
    body = canonical.dumps({"kind": kind, "case": of, "at": AT, "code": code})
    ledger_rows.insert_entries(connection, [EntryRow(seq, kind, of, of, body, b"hash")])


def test_only_refusals_of_the_matters_own_cases(connection: Connection) -> None:
    case(connection, "one", "mediation-referral")
    case(connection, "other", "newborn")
    entry(connection, 1, "refusal", "one", "agreement.no-consent")
    entry(connection, 2, "receipt", "one", "x")
    entry(connection, 3, "refusal", "other", "agreement.none")
    entry(connection, 4, "refusal", "one", "agreement.expired")
    entry(connection, 5, "refusal", "gone", "agreement.expired")
    told = list(dispute_report_rows.refused(connection, "mediation-referral"))
    assert [(each.case, each.code, each.at) for each in told] == [
        ("one", "agreement.no-consent", AT),
        ("one", "agreement.expired", AT),
    ]


def test_a_roles_unit_is_the_one_that_spoke_most_often(connection: Connection) -> None:
    said = ["union-hq", "union-hq", "union-east", ""]
    rows = [
        EventRow(f"case-{n}", 0, "accepted", AT, "union", unit, "", "", "", AT)
        for n, unit in enumerate(said)
    ]
    dispute_rows.LOG.append(connection, rows)
    assert dispute_report_rows.units(connection) == {"union": "union-hq"}
