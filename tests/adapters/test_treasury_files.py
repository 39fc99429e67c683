"""Where a treasury's files lie says how far an order is; only what lies nowhere was never put."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters._treasury_files import TreasuryFiles
from connectors import files
from exchange.errors import Retriable
from exchange.ports import Endpoint
from tests.adapters.test_treasury_answers import (
    ORDER,
    entry,
    notice,
    report,
    statement,
    transaction,
)
from tests.adapters.test_treasury_order import BODY

NOW = datetime(2026, 6, 10, 16, 30, tzinfo=UTC)
FOLDERS = {name: {"folder": name} for name in ("orders", "taken", "answers")}


@pytest.fixture
def treasury(tmp_path: Path) -> Iterator[TreasuryFiles]:
    for name in FOLDERS:
        (tmp_path / name).mkdir()
    wire = files.open_connector({"folders": FOLDERS}, Endpoint(str(tmp_path)))
    made = TreasuryFiles(wire, lambda: NOW)
    yield made
    made.close()


def asked(treasury: TreasuryFiles) -> list[str]:
    return [row["status"] for row in treasury.call("ask", {"order": ORDER}).value]


def test_an_order_is_there_from_when_it_is_put_until_it_is_answered(
    treasury: TreasuryFiles, tmp_path: Path
) -> None:
    assert asked(treasury) == []
    assert treasury.call("order", BODY).value == {"outcome": "put"}
    assert asked(treasury) == ["SENT"]
    name = f"pain.001.{ORDER}.xml"
    (tmp_path / "orders" / name).rename(tmp_path / "taken" / name)
    assert asked(treasury) == ["SENT"], "taken, and nothing is said of it yet"
    (tmp_path / "answers" / f"pain.002.{ORDER}.xml").write_bytes(report(transaction("ACSP")))
    assert asked(treasury) == ["ACSP"]
    (tmp_path / "answers" / f"camt.054.{ORDER}.xml").write_bytes(notice(entry()))
    assert asked(treasury) == ["BOOK"], "what is booked counts before what was reported"


def test_a_report_that_says_nothing_leaves_the_order_where_it_lies(
    treasury: TreasuryFiles, tmp_path: Path
) -> None:
    treasury.call("order", BODY)
    file = tmp_path / "answers" / f"pain.002.{ORDER}.xml"
    file.write_bytes(report("</OrgnlGrpInfAndSts>"))
    assert asked(treasury) == ["SENT"]


def test_the_bytes_that_were_read_are_kept(treasury: TreasuryFiles, tmp_path: Path) -> None:
    raw = notice(entry())
    (tmp_path / "answers" / f"camt.054.{ORDER}.xml").write_bytes(raw)
    assert treasury.call("ask", {"order": ORDER}).raw == raw


def test_a_day_is_told_whole_or_not_at_all(treasury: TreasuryFiles, tmp_path: Path) -> None:
    file = tmp_path / "answers" / "camt.053.20260611.xml"
    whole = statement(entry(), entry(order="other"))
    for content in (None, b"", whole[:-30], notice(entry())):
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(Retriable, match="treasury.no-statement"):
            treasury.call("statement", {"day": "20260611", "kind": "payment"})
    file.write_bytes(whole)
    assert len(treasury.call("statement", {"day": "20260611", "kind": "payment"}).value) == 2
