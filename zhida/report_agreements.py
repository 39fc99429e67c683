"""``zhida report agreements``: which end soon, which nobody uses, which give more than is used.

For the head of the sharing office: an agreement that ends stops a joint service that day; one that nobody
uses is a right to data that somebody holds for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from exchange import canonical, times
from exchange.agreement import Agreement
from exchange.store import read_rows, report_rows, trace_rows
from zhida import catalogue_syncs, report_findings, report_trace
from zhida.catalogue import Catalogue, Resource
from zhida.output import local
from zhida.report_findings import Finding
from zhida.report_sections import Section

SOON = 90
"""Days before its end when an agreement is told as ending: renewing takes some weeks in an office."""
ENDED, ENDING, COMING, IDLE, USED = "ended", "ending", "coming", "idle", "used"
_NOTES = ("transfer", "query", "facts-synced", "sync-batch")
_WORDS = {ENDED: "已到期", ENDING: "快到期", COMING: "未生效", IDLE: "没有用过", USED: "在用"}


def told(catalogue: Catalogue) -> dict[str, Any]:
    """As JSON."""
    pairs = [(each, a) for each in catalogue.resources for a in each.agreements]
    rows = sorted((_row(catalogue, *pair) for pair in pairs), key=lambda row: row["until"])
    with catalogue.watch.store.read() as connection:
        parked = report_rows.parked_by(connection, "agreement.")
    todo = [*_parked(catalogue, parked), *_findings(rows)]
    states = [row["state"] for row in rows]
    parts = [
        f"共享协议 {len(rows)} 份，近 {catalogue.days} 天在用 {sum(r['used'] > 0 for r in rows)} 份"
    ]
    for state in (ENDED, ENDING, IDLE):
        parts += [f"{_WORDS[state]} {states.count(state)} 份"] if state in states else []
    parts += [f"因协议停住的事项 {sum(parked.values())} 件"] if parked else []
    lead = report_findings.headline(parts, todo)
    more = {"headline": lead, "todo": [each.told() for each in todo], "agreements": rows}
    return {"at": times.stamp(catalogue.watch.clock()), "days": catalogue.days, **more}


def _row(catalogue: Catalogue, found: Resource, each: Agreement) -> dict[str, Any]:
    units = catalogue.watch.site.units
    used = [u for u in found.used if u.agreement == each.id]
    given = {path for u in used for path in canonical.loads(u.disclosed.encode())}
    fields = [f.path for f in found.fields if each.covers(f.path)]
    really = [f.path for f in found.fields if each.id in f.used]
    number, left = sum(u.number for u in used), (each.valid_until - catalogue.today).days
    row = {"agreement": each.id, "document": found.document, "title": found.title}
    row |= {"provider": each.provider, "receiver": each.receiver, "purpose": each.purpose}
    row |= {"provider_title": units[each.provider].title}
    row |= {"receiver_title": units[each.receiver].title, "until": each.valid_until.isoformat()}
    state = _state(each, number, catalogue.today)
    more: dict[str, Any] = {
        "days_left": left,
        "used": number,
        "state": state,
        "fields": len(fields),
    }
    more["last_at"] = max((u.last_at for u in used), default="")
    more["never_given"] = [p for p in fields if p not in really and p not in given] if used else []
    return {**row, **more}


def _state(each: Agreement, used: int, today: date) -> str:
    if each.valid_until < today:
        return ENDED
    if each.valid_from > today:
        return COMING
    if (each.valid_until - today).days <= SOON:
        return ENDING
    return USED if used else IDLE


def _parked(catalogue: Catalogue, parked: dict[str, int]) -> Iterator[Finding]:
    hub = catalogue.watch.site.units[catalogue.watch.site.unit]
    who = report_findings.who(hub.title, hub.contact)
    for code, number in parked.items():
        what = f"{number} 件事项停住：{code}"
        yield Finding(what, who, "zhida parked list 看是哪份协议，补签后 zhida parked replay")


def _findings(rows: list[dict[str, Any]]) -> Iterator[Finding]:
    for row in rows:
        both = f"{row['provider_title']}、{row['receiver_title']}"
        if row["state"] == ENDING:
            what = f"{row['agreement']}（{row['title']}）{row['until']} 到期，还有 {row['days_left']} 天"
            yield Finding(
                what, both, "续签，改 agreements/ 中的 valid_until；不续的，主题会停在那天"
            )
        elif row["state"] == ENDED and row["used"]:
            what = f"{row['agreement']}（{row['title']}）{row['until']} 已到期，到期前还在用"
            yield Finding(what, both, "续签，或停办用它的主题")
    idle = [row["agreement"] for row in rows if row["state"] == IDLE]
    if idle:
        yield Finding(
            f"没有用过的协议：{'、'.join(idle)}", "各接收单位", "备用的留着，不需要的终止"
        )


def trace(catalogue: Catalogue, figure: str) -> list[dict[str, Any]]:
    """The notes of all transfers under an agreement."""
    known = {each.id: each for each in catalogue.watch.site.agreements}
    found = known[report_trace.chosen(figure, known)]
    since = times.stamp(catalogue.watch.clock() - timedelta(days=catalogue.days))
    with catalogue.watch.store.read() as connection:
        ids = trace_rows.of_agreement(connection, figure, since)
        if found.receiver == catalogue.watch.site.unit:  # lists of facts leave no transfer
            ids += trace_rows.lists(connection, found.document, found.provider, since)
        whose = (catalogue.watch.site, catalogue.syncs)
        ids += catalogue_syncs.batches(connection, *whose, found, since)
        entries = trace_rows.about(connection, ids, _NOTES)
        rows = [report_trace.row("使用", 1, each) for each in entries]
        read = (each for each in read_rows.under(connection, since) if each.agreement == figure)
        return rows + [report_trace.row("使用", 1, each) for each in read]


def sections(found: dict[str, Any]) -> Iterator[Section]:
    """The tables."""
    columns = {"named": "协议", "way": "去向", "state": "状态", "until": "止于", "used": "次数"}
    columns |= {"last": "最近", "fields": "字段", "never": "给了、没有出现过的字段"}
    rows = [
        row
        | {"named": f"{row['agreement']}\n{row['title']}", "state": _WORDS[row["state"]]}
        | {"way": f"{row['provider_title']}\n→ {row['receiver_title']}"}
        | {"last": local(row["last_at"]) or "—", "never": "\n".join(row["never_given"])}
        for row in found["agreements"]
    ]
    notes = (
        f"次数、最近：近 {found['days']} 天。快到期：{SOON} 天以内。",
        "没有出现过：在用的协议给出、而每次都没有送的字段；来源一直没有值的也在内，收窄前先问提供方。",
    )
    yield Section("共享协议", columns, rows, notes)
