"""Objections (校核) in the catalogue: what of which data somebody doubts, until when its provider has to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exchange import times
from exchange.store import objection_rows
from exchange.store.engine import Connection
from exchange.store.objection_rows import ObjectionRow
from zhida import report_findings
from zhida.report_findings import Finding
from zhida.report_sections import Section
from zhida.site import Site

Told = Mapping[str, Any]


def pending(connection: Connection) -> dict[str, list[ObjectionRow]]:
    """Resource (``unit/kind``) → its objections, the first due first."""
    rows = objection_rows.pending(connection)
    kinds = objection_rows.kinds(connection, [row.document for row in rows])
    found: dict[str, list[ObjectionRow]] = {}
    for row in rows:
        if row.document in kinds:
            found.setdefault(f"{row.provider}/{kinds[row.document]}", []).append(row)
    return found


def told(rows: list[ObjectionRow], now: str) -> list[dict[str, Any]]:
    """As JSON; the value that is doubted stands nowhere."""
    return [
        {"objection": row.id, "field": row.field, "receiver": row.receiver, "state": row.state}
        | {"due_at": row.due_at, "overdue": row.due_at < now}
        for row in rows
    ]


def findings(site: Site, resources: list[dict[str, Any]]) -> Iterator[Finding]:
    """Those that are late, one line a resource."""
    for each in resources:
        late = [doubt for doubt in each["objections"] if doubt["overdue"]]
        if late:
            what = f"{each['title']}：校核 {len(late)} 件逾期未答复"
            do = f"核实后 zhida objection answer {late[0]['objection'][:12]}"
            yield Finding(what, report_findings.of_unit(site, each["provider"]), do)


def section(found: Told) -> Section:
    """Of one resource."""
    columns = {"id": "编号", "field": "字段", "receiver": "谁有疑义", "due": "答复期限"}
    rows = [
        each
        | {"id": each["objection"][:12]}
        | {"due": f"{_day(each['due_at'])}{'，逾期' if each['overdue'] else ''}"}
        for each in found["objections"]
    ]
    notes = ("期限见 zhida catalogue clocks；全部校核见 zhida objection list。",)
    return Section("待答复的校核", columns, rows, notes)


def _day(stamp: str) -> str:
    return times.civil_day(times.instant(stamp)).isoformat()
