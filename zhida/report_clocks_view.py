"""``zhida report clock``: legal periods of all joint services, objections and requests: who is late?

A unit that is late is named with whom to call there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from exchange import times
from exchange.errors import ZhidaError
from exchange.store import objection_rows, trace_rows
from exchange.store.engine import Connection
from zhida import data_request, objections, report_clocks, report_findings, report_trace
from zhida.report_clocks import Row
from zhida.report_findings import Finding
from zhida.report_sections import Section
from zhida.site import Contact
from zhida.watch import Watch

_TRACED = ("case-opened", "receipt", "document")


def told(watch: Watch, matter: str = "", days: int = 90) -> dict[str, Any]:
    """As JSON; decided ones of the last ``days`` only."""
    since = times.stamp(watch.clock() - timedelta(days=days))
    with watch.store.read() as connection:
        rows = report_clocks.count(watch, connection, matter, since)
        waiting = [] if matter else _waiting(watch, connection)
        asked = [] if matter else _asked(watch, connection)
    todo = [*_findings(watch, rows), *_objected(watch, waiting), *_late_requests(watch, asked)]
    lead = report_findings.headline(_parts(rows, waiting, asked, days=days), todo)
    told: dict[str, Any] = {"at": times.stamp(watch.clock()), "days": days, "matter": matter}
    told |= {"headline": lead, "todo": [each.told() for each in todo]}
    told["items"] = [row.told() | {"unit_title": _title(watch, row.unit)} for row in rows]
    return told | {"objections": waiting, "requests": asked}


def _parts(
    rows: list[Row], waiting: list[dict[str, Any]], asked: list[dict[str, Any]], *, days: int
) -> list[str]:
    overdue, near = (sum(len(getattr(row, n)) for row in rows) for n in ("overdue", "near"))
    running, late = sum(row.running for row in rows), sum(len(row.late) for row in rows)
    decided, unknown = sum(row.decided for row in rows), sum(row.unknown for row in rows)
    parts = [f"在办的法定期限 {running} 个，逾期 {overdue}，临近 {near}"]
    parts += [f"末日未知 {unknown}"] if unknown else []
    parts += [f"近 {days} 天办结 {decided} 个，其中逾期办结 {late}"]
    for title, found in (("校核", waiting), ("共享申请", asked)):
        over = sum(each["overdue"] for each in found)
        parts += [f"待办的{title} {len(found)} 件，逾期 {over}"] if found else []
    return parts


def _asked(watch: Watch, connection: Connection) -> list[dict[str, Any]]:
    """Requests for data that wait, the late ones first."""
    today = times.civil_day(watch.clock())
    found = data_request.listed(data_request.load(connection, watch.site), today, everything=False)
    return [
        {"id": each.id, "document": each.wish.document, "provider": each.wish.provider}
        | {"provider_title": _title(watch, each.wish.provider), "receiver": each.wish.receiver}
        | {"state": each.state, "due_on": each.due_on, "overdue": each.is_late(today)}
        for each in found
    ]


def _late_requests(watch: Watch, asked: list[dict[str, Any]]) -> Iterator[Finding]:
    for each in asked:
        if each["overdue"]:
            who = report_findings.who(each["provider_title"], _contact(watch, each["provider"]))
            what = f"共享申请（{each['document']}，{each['receiver']}）{each['due_on']} 已到期"
            yield Finding(what, who, f"zhida catalogue request show {each['id'][:12]}")


def _waiting(watch: Watch, connection: Connection) -> list[dict[str, Any]]:
    now = times.stamp(watch.clock())
    return [
        objections.told(_title(watch, row.provider), row, now)
        for row in objection_rows.pending(connection)
    ]


def _findings(watch: Watch, rows: list[Row]) -> Iterator[Finding]:
    for row in rows:
        title = f"{row.matter_title} · {row.title}"
        if row.overdue:
            left, case = min(row.overdue)
            what = f"{title}：{len(row.overdue)} 件已过法定期限（{row.article}），最久的过了 {-left} 天"
            yield Finding(what, _who(watch, row), f"先办 zhida case show {case[:12]}")
        if row.near:
            left, case = min(row.near)
            what = f"{title}：{len(row.near)} 件临近期限，最近的还有 {left} 天"
            yield Finding(what, _who(watch, row), f"先办 zhida case show {case[:12]}")
        if row.unknown:
            what = f"{title}：{row.unknown} 件的末日算不出"
            yield Finding(what, _title(watch, watch.site.unit), "把该年的放假通知写进 holidays/")


def _objected(watch: Watch, waiting: list[dict[str, Any]]) -> Iterator[Finding]:
    late = [each for each in waiting if each["overdue"]]
    for provider in dict.fromkeys(each["provider"] for each in late):
        own = [each for each in late if each["provider"] == provider]
        who = report_findings.who(_title(watch, provider), _contact(watch, provider))
        do = f"核实后 zhida objection answer {own[0]['id'][:12]}"
        yield Finding(f"校核 {len(own)} 件逾期未答复", who, do)


def _who(watch: Watch, row: Row) -> str:
    """Whom the matter's file names, else the contact of the item's system or unit."""
    if row.owner:
        operator = watch.site.operators.get(row.owner)
        named = operator.title if operator else _title(watch, row.owner)
        return report_findings.who(named, _contact(watch, row.owner))
    found = watch.site.matters.get(row.matter)
    contact = _contact(watch, row.unit)
    try:
        item = found.items[row.item] if found else None
        system = watch.site.system_of(item) if item else None
        contact = (system.contact if system else None) or contact
    except (ZhidaError, KeyError):  # an item of an older definition, or of a system that is gone
        pass
    return report_findings.who(_title(watch, row.unit), contact)


def _title(watch: Watch, name: str) -> str:
    unit = watch.site.units.get(name)
    return unit.title if unit else name


def _contact(watch: Watch, name: str) -> Contact | None:
    unit = watch.site.units.get(name)
    return unit.contact if unit else None


def trace(watch: Watch, figure: str, days: int = 90) -> list[dict[str, Any]]:
    """The entries of the cases that ``matter/item`` counts, each with how it stands."""
    since = times.stamp(watch.clock() - timedelta(days=days))
    with watch.store.read() as connection:
        rows = {
            f"{r.matter}/{r.item}": r for r in report_clocks.count(watch, connection, "", since)
        }
        found = rows[report_trace.chosen(figure, rows)]
        words = {"late": "逾期办结", "overdue": "逾期在办", "near": "临近"}
        stands = {case: word for n, word in words.items() for _, case in getattr(found, n)}
        entries = trace_rows.of_cases(connection, found.cases, _TRACED)
        return [report_trace.row(figure, stands.get(e.case, "期限内"), e) for e in entries]


def sections(found: dict[str, Any]) -> Iterator[Section]:
    """The tables."""
    columns = {"which": "事项", "unit_title": "单位", "article": "依据", "running": "在办"}
    columns |= {"overdue": "逾期", "near": "临近", "decided": "办结", "late": "逾期办结"}
    columns |= {"unknown": "末日未知"}
    rows = [
        row
        | {"which": f"{row['matter_title']} · {row['title']}"}
        | {name: len(row[name]) for name in ("overdue", "near", "late")}
        for row in found["items"]
    ]
    notes = (
        f"办结：近 {found['days']} 天。末日含顺延和暂停，怎样算见 docs/matters/deadlines.md。",
    )
    yield Section("法定期限", columns, rows, notes)
    columns = {"id": "编号", "provider_title": "来源", "field": "字段", "due": "答复期限"}
    listed = [each | {"id": each["id"][:12], "due": _due(each)} for each in found["objections"]]
    yield Section("待答复的校核", columns, listed)
    columns = {"id": "编号", "document": "数据", "receiver": "申请单位", "provider_title": "该谁办"}
    columns |= {"due": "期限"}
    asked = [
        each
        | {"id": each["id"][:12]}
        | {"due": f"{each['due_on']}{'，逾期' if each['overdue'] else ''}"}
        for each in found["requests"]
    ]
    yield Section("待办的共享申请", columns, asked)


def _due(each: dict[str, Any]) -> str:
    day: date = times.civil_day(times.instant(each["due_at"]))
    return f"{day}{'，逾期' if each['overdue'] else ''}"
