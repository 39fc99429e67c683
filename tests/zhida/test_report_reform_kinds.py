"""Acceptances, disputes and order finance on the page of the reform: out of their logs, each followed to the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange import canonical
from exchange.store import acceptance_rows, case_rows, dispute_rows
from exchange.store.acceptance_rows import AcceptanceRow
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.dispute_rows import DisputeRow
from sandbox import site_layers
from tests.zhida.catalogue_site import Place, ago, place
from zhida import report_reform, report_reform_findings, report_reform_trace, report_reform_view

ALL = (None, None)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    found = place(tmp_path)
    for lay in (site_layers.mediation, site_layers.acceptance, site_layers.finance):
        lay(found.folder)
    (found.folder / "finance.yaml").unlink()  # whose certificates only a district has
    yield found
    found.store.close()


def building(here: Place, name: str, *events: tuple[str, str, dict[str, Any]], closed: str) -> None:
    at = ago(days=30)
    rows = [
        acceptance_rows.EventRow(
            name, n, event, at, role, role, canonical.dumps(told).decode(), "", at
        )
        for n, (event, role, told) in enumerate(events)
    ]
    with here.store.write() as connection:
        acceptance_rows.LOG.add(connection, AcceptanceRow(name, f"YS-{name}", at, closed))
        acceptance_rows.LOG.append(connection, rows)
    for _ in rows:
        here.entry("acceptance-event", name, name)


def dispute(here: Place, name: str, *events: tuple[str, str, str], closed: str) -> None:
    at = ago(days=30)
    rows = [
        dispute_rows.EventRow(name, n, event, at, role, unit, "", "", "", at)
        for n, (event, role, unit) in enumerate(events)
    ]
    with here.store.write() as connection:
        dispute_rows.LOG.add(connection, DisputeRow(name, f"LT-{name}", at, closed))
        dispute_rows.LOG.append(connection, rows)
    for _ in rows:
        here.entry("dispute-event", name, name)


def figures(here: Place, service: str) -> dict[str, dict[str, Any]]:
    told = report_reform.report(here.watch(), ALL)
    found = next(each for each in told["services"] if each["service"] == service)
    return {each["figure"]: each for each in found["figures"]}


PAPERS = dict.fromkeys(("a", "b", "c"), "digest")
WAY = (
    ("registered", "hub", {}),
    ("submitted", "owner", {"materials": PAPERS}),
    ("submitted", "hub", {"materials": {"c": "digest", "d": "digest"}}),
    ("assigned", "hub", {"items": ["fire"]}),
    ("assigned", "hub", {"items": ["trees"]}),
    ("correction-asked", "fire", {"items": ["fire"], "materials": {"a": ""}}),
    ("submitted", "owner", {"materials": {"a": "newer"}}),
    ("assigned", "hub", {"items": ["fire"]}),
)  # fmt: skip


def test_a_building_counts_filings_items_and_what_its_owner_handed_in(here: Place) -> None:
    building(here, "one", *WAY, closed=ago(days=20))
    building(here, "open", *WAY[:2], closed="")
    building(
        here, "back", ("registered", "hub", {}), ("withdrawn", "owner", {}), closed=ago(days=9)
    )
    found = figures(here, "acceptance")
    medians = {name: each["after"]["median"] for name, each in found.items()}
    assert medians == {"filings": 2, "items": 2, "materials": 2, "working_days": 5}
    assert {each["after"]["count"] for each in found.values()} == {1}, "one is over and delivered"
    assert (found["materials"]["before"]["value"], found["materials"]["less"]) == (144, 98)
    assert found["filings"]["less"] == 33 and found["working_days"]["before"] is None
    with here.store.read() as connection:  # the same, told by SQL alone
        handed = connection.exec_driver_sql(
            "SELECT count(DISTINCT k.key) FROM acceptance_event e, json_each(e.told, '$.materials') k"
            " WHERE e.\"case\"='one' AND e.role='owner' AND k.key NOT IN (SELECT h.key FROM"
            " acceptance_event o, json_each(o.told, '$.materials') h WHERE o.role='hub' AND o.\"case\"='one')"
        ).scalar()
    assert handed == 2


def test_a_source_without_a_day_is_told_as_such_and_somebody_is_to_find_out(here: Place) -> None:
    building(here, "one", *WAY, closed=ago(days=20))
    told = report_reform.report(here.watch(), ALL)
    [todo] = [e for e in report_reform_findings.findings(here.watch(), told) if "竣工" in e.what]
    assert "时限未知" in todo.what and "没有写是哪一天" in todo.what and "住房" in todo.who
    sources = next(
        each for each in report_reform_view.sections(told) if each.title.startswith("改革前的数字")
    )
    [row] = [row for row in sources.rows if row["service"] == "竣工联合验收"]
    assert row["as_of"] == "未知" and "申报 3 次" in row["figures"] and "浦口" in row["source"]


def test_a_dispute_counts_its_days_and_the_units_that_the_parties_met(here: Place) -> None:
    way = (
        ("registered", "hub", "mediation-centre"),
        ("diverted", "hub", "mediation-centre"),
        ("accepted", "union", "union"),
        ("mediation-applied", "union", "union"),
    )
    dispute(here, "one", *way, closed=ago(days=18))
    dispute(here, "two", *way[:2], closed="")
    found = figures(here, "mediation")
    assert {name: each["after"]["median"] for name, each in found.items()} == {
        "links": 2,
        "days": 12,
    }
    assert all(each["before"] is None for each in found.values())
    lead = report_reform_view.report(here.watch(), report_reform.report(here.watch(), ALL)).lead
    assert "劳动争议联合调处办完 1 件，改革前未知，不能比较" in lead
    rows = report_reform_trace.trace(here.watch(), "mediation.days", ALL)
    assert [(row["kind"], row["value"], row["case"]) for row in rows] == [
        ("dispute-event", 12, "one")
    ] * 4


def test_order_finance_counts_what_no_unit_has_told(here: Place) -> None:
    matter = here.watch().site.matter("order-finance")
    row = CaseRow("f1", "order-finance", "f1", ago(days=4), ago(days=4), "done", matter.digest)
    states = {"order": "applied", "invoices": "refused", "pledge": "parked", "opinion": "skipped"}
    items = [
        ItemRow("f1", n, "order-finance", states.get(n, "applied"), "", "{}", "", "", "", "")
        for n in matter.items
    ]
    with here.store.write() as connection:
        case_rows.keep_definition(connection, matter.digest, matter.definition)
        case_rows.open_case(connection, row, items)
    found = figures(here, "order-finance")
    assert {n: e["after"]["median"] for n, e in found.items()} == {
        "materials": 2,
        "working_days": 0,
    }


def test_what_units_tell_of_a_service_is_no_service(here: Place) -> None:
    told = report_reform.report(here.watch(), ALL)
    names = {each["service"] for each in told["services"]}
    assert names == {"newborn", "mediation", "acceptance", "order-finance"}
