"""``zhida report flows``: is everything that came in somewhere, and what waits for a person?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from exchange import times
from exchange.accounting import Flow, column
from exchange.case import root_of
from exchange.store import flow_rows, flow_trace_rows
from exchange.store.engine import Connection
from exchange.store.flow_trace_rows import Came
from matters import matter as matters
from zhida import flows, report_findings, report_trace
from zhida.output import Marked, local
from zhida.report_findings import Finding
from zhida.report_saving import Report
from zhida.report_sections import Section
from zhida.watch import Watch

Rows = Sequence[dict[str, Any]]
COLUMNS: Mapping[str, str] = {
    "opened": "受理",
    "changed": "更正",
    "applied": "已办结",
    "refused": "不予办理",
    "parked": "待人工",
    "invalid": "数据无效",
    "duplicate": "重复",
    "superseded": "已被更新",
    "given-up": "人工终止",
    "cancelled": "已取消",
    "shadowed": "影子运行",
    "blocked": "受阻",
    "skipped": "不需办理",
    "halted": "按规定不办理",
    "by-hand": "转人工办理",
    "waiting": "等待前置",
    "in-flight": "在途",
}
_LOST = "去向不明"


def told(watch: Watch, only: str = "") -> dict[str, Any]:
    """As JSON: every flow with its columns; ``only``: the items of one matter."""
    found = [_row(watch, each) for each in flows.flows(watch.store, only)]
    return {"at": times.stamp(watch.clock()), "matter": only, "flows": found}


def _row(watch: Watch, flow: Flow) -> dict[str, Any]:
    counts = {name: number for name, number in flow.counts.items() if number}
    told: dict[str, Any] = {
        "kind": flow.kind,
        "flow": flow.name or "（无主）",
        "title": _title(watch, flow),
    }
    told |= {"in": flow.into, "counts": counts, "unaccounted": flows.unaccounted(flow)}
    return told | {"balanced": flow.balanced}


def _title(watch: Watch, flow: Flow) -> str:
    """Empty where the site does not know it any more."""
    name, _, step = flow.name.partition("/")
    if flow.kind == "source":
        return watch.site.systems[name].title if name in watch.site.systems else ""
    matter = watch.site.matters.get(name)
    item = matter.items.get(step) if matter else None
    return f"{matter.title} · {item.title}" if matter and item else ""


def report(watch: Watch, found: Mapping[str, Any]) -> Report:
    """All of it."""
    rows: Rows = found["flows"]
    todo = [*_lost(watch, rows), *_waits(watch, rows)]
    title = f"{watch.site.title} 收支平衡表（{local(found['at'])[:16]} 统计）"
    return Report(title, _lead(rows, todo), list(_tables(rows)), watch.clock(), todo=todo)


def _lead(rows: Rows, todo: Sequence[Finding]) -> str:
    bad = [row for row in rows if not row["balanced"]]
    lost = sum(row["unaccounted"] for row in bad)
    parts = [
        f"{len(bad)} 条流不平，{lost} 件{_LOST}"
        if bad
        else f"{len(rows)} 条流都平，没有一件{_LOST}"
    ]
    for kind, word in (("source", "收到消息"), ("leg", "事项")):
        own = [row for row in rows if row["kind"] == kind]
        parts += [f"{word} {sum(row['in'] for row in own)} 件{_stands(own)}"] if own else []
    return report_findings.headline(parts if rows else ["还没有收到任何消息"], todo)


def _stands(rows: Rows) -> str:
    counts = sum((Counter(row["counts"]) for row in rows), Counter[str]())
    shown = ("applied", "parked", "invalid", "in-flight")
    told = [f"{COLUMNS[name]} {counts[name]}" for name in shown if counts[name]]
    return f"（{'，'.join(told)}）" if told else ""


def _lost(watch: Watch, rows: Rows) -> Iterator[Finding]:
    for row in rows:
        if not row["balanced"]:
            what = f"{row['title'] or row['flow']}：{row['unaccounted']} 件{_LOST}"
            more = f"，再逐件看 zhida report flows --trace {row['flow']}" if row["title"] else ""
            do = f"先不改库；zhida ledger verify{more}"
            yield Finding(what, report_findings.hub(watch.site), do)


def _waits(watch: Watch, rows: Rows) -> Iterator[Finding]:
    for row in rows:
        name, _, step = row["flow"].partition("/")
        parked, invalid = (row["counts"].get(each, 0) for each in ("parked", "invalid"))
        if parked:
            do = f"zhida parked list --matter {name} --item {step}"
            yield Finding(
                f"{row['title'] or row['flow']}：{parked} 件待人工",
                report_findings.hub(watch.site),
                do,
            )
        if invalid:
            who = _giver(watch, row)
            do = (
                "zhida invalid list 看哪一件、缺什么"
                if row["kind"] == "source"
                else "请来源更正后重发"
            )
            yield Finding(f"{row['title'] or row['flow']}：{invalid} 件数据无效", who, do)


def _giver(watch: Watch, row: Mapping[str, Any]) -> str:
    """The source's contact; of an item, the hub's, who asks the source."""
    system = watch.site.systems.get(row["flow"])
    if system is None:
        return report_findings.hub(watch.site)
    if system.contact is None:
        return report_findings.of_unit(watch.site, system.unit)
    return report_findings.who(watch.site.units[system.unit].title, system.contact)


def _tables(rows: Rows) -> Iterator[Section]:
    """Messages and items apart: they are different things, and their columns differ."""
    marks = {True: Marked("[green]✓[/]"), False: Marked("[bold red]✗[/]")}
    heads = {"source": ("收到的消息，按来源", "来源"), "leg": ("办件的事项", "事项")}
    for kind, (title, word) in heads.items():
        own = [row for row in rows if row["kind"] == kind]
        used = {n: zh for n, zh in COLUMNS.items() if any(row["counts"].get(n) for row in own)}
        columns = {"flow": word, "in": "收到", **used, "mark": "平衡"}
        yield Section(
            title,
            columns,
            [_line(row, used) | {"mark": marks[row["balanced"]]} for row in own],
            _NOTES if kind == "leg" else (),
        )


_NOTES = (
    "收到＝其余各栏之和才算平。收到的数来自账本，其余来自各张表。逐件的去向：--trace 流的标识。",
    "定时同步的行不在这里：zhida sync status。",
)


def _line(row: Mapping[str, Any], used: Iterable[str]) -> dict[str, Any]:
    named = f"{row['title']}\n{row['flow']}" if row["title"] else row["flow"]
    return {"flow": named, "in": row["in"], **{name: row["counts"].get(name, 0) for name in used}}


def trace(watch: Watch, figure: str) -> list[dict[str, Any]]:
    """Each thing that came in on a flow, with where it is now."""
    with flow_rows.snapshot(watch.store) as connection:
        known = [flow.name for flow in flows.flows_of(connection) if flow.name]
        name, _, item = report_trace.chosen(figure, known).partition("/")
        came = (
            _of_leg(connection, name, item) if item else flow_trace_rows.of_source(connection, name)
        )
        return [report_trace.row(figure, _where(each), each) for each in came]


def _of_leg(connection: Connection, name: str, item: str) -> Iterator[Came]:
    known = flow_rows.definitions(connection)
    has = [
        digest
        for digest, content in known.items()
        if item in matters.from_definition(content).items
    ]
    yield from flow_trace_rows.of_item(connection, name, item, has)
    for row, each in flow_trace_rows.corrections(connection, name):
        if root_of(row) == item:
            yield each


def _where(came: Came) -> str:
    if came.state in COLUMNS:
        return COLUMNS[came.state]
    return COLUMNS.get(column(came.state, came.code), _LOST)
