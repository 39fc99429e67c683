"""``zhida report freshness``: is the data as new as was promised, and how new was it when it was used?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from exchange import custody, times
from exchange.store import trace_rows
from exchange.store.engine import Connection
from exchange.store.trace_rows import Use
from zhida import catalogue_view, freshness, report_findings, report_trace, sync_findings
from zhida.catalogue import Catalogue, Resource
from zhida.freshness import NO_PROMISE, Promise
from zhida.output import local
from zhida.report_days import share
from zhida.report_sections import Section
from zhida.report_spread import lasted, seconds

_DOCUMENT = ("document", "dataset")


def told(catalogue: Catalogue) -> dict[str, Any]:
    """As JSON: each resource with its promise, its age, and the share of uses within the promise."""
    with catalogue.watch.store.read() as connection:
        rows = [_row(catalogue, connection, each) for each in catalogue.resources]
    todo = [*catalogue_view.stale(catalogue)]
    todo += sync_findings.findings(catalogue.watch, catalogue.syncs)
    promised = [row for row in rows if row["promise_s"] is not None]
    parts = [_counted(promised, len(rows))]
    used, within = (sum(row[name] for row in promised) for name in ("used", "within"))
    parts += (
        [f"近 {catalogue.days} 天使用 {used} 次，{share(within, used)}% 在承诺以内"] if used else []
    )
    lead = report_findings.headline(parts, todo)
    more = {"headline": lead, "todo": [each.told() for each in todo], "resources": rows}
    return {"at": times.stamp(catalogue.watch.clock()), "days": catalogue.days, **more}


def _counted(promised: list[dict[str, Any]], number: int) -> str:
    if not promised:
        return f"{number} 项数据都没有新旧承诺：写进 catalogue.yaml 的 fresh 才能判断"
    bad = sum(row["verdict"] in ("late", "never") for row in promised)
    return f"有承诺的 {len(promised)} 项数据中，{bad} 项超出；{number - len(promised)} 项没有承诺"


def _row(catalogue: Catalogue, connection: Connection, found: Resource) -> dict[str, Any]:
    age = found.worst
    unit = catalogue.watch.site.units.get(found.provider)
    row: dict[str, Any] = {"resource": found.key, "title": found.title}
    row |= {"provider_title": unit.title if unit else found.provider}
    row |= {"as_of": found.whole.as_of, "verdict": age.verdict, "late_s": age.late_s}
    row |= {"custody": found.whole.custody}
    promise = age.promise
    within = int(promise.within.total_seconds()) if promise else None
    uses = _uses(catalogue, connection, found) if promise else []
    row |= {"promise_s": within, "told_by": promise.told_by if promise else ""}
    fresh = sum(_is_fresh(each, promise) for each in uses) if promise else 0
    return row | {"used": len(uses), "within": fresh}


def _uses(catalogue: Catalogue, connection: Connection, found: Resource) -> list[Use]:
    since = times.stamp(catalogue.watch.clock() - timedelta(days=catalogue.days))
    return trace_rows.uses(connection, found.document, found.provider, since)


def _is_fresh(use: Use, promise: Promise) -> bool:
    return seconds(use.as_of, use.at) <= promise.within.total_seconds()


def trace(catalogue: Catalogue, figure: str) -> list[dict[str, Any]]:
    """The newest document's entry, then each use with how old it was (seconds)."""
    report_trace.chosen(figure, [each.key for each in catalogue.resources])
    found = next(each for each in catalogue.resources if each.key == figure)
    with catalogue.watch.store.read() as connection:
        newest = trace_rows.newest(connection, found.document, found.provider)
        first = [*trace_rows.about(connection, [newest], _DOCUMENT)] if newest else []
        ages = {u.id: seconds(u.as_of, u.at) for u in _uses(catalogue, connection, found)}
        notes = list(trace_rows.about(connection, list(ages), ("transfer", "query")))
    rows = [report_trace.row("最新数据", found.whole.as_of, each) for each in first]
    return rows + [report_trace.row("使用时多旧（秒）", ages[each.ref], each) for each in notes]


def sections(found: dict[str, Any]) -> Iterator[Section]:
    """The tables."""
    columns = {"title": "数据", "provider_title": "提供方", "promise": "承诺", "newest": "最新"}
    columns |= {"verdict": "判断", "share": "使用时在承诺以内", "word": "由谁保证"}
    rows = [row | _texts(row) for row in found["resources"] if row["verdict"] != NO_PROMISE]
    notes = (
        "承诺写在 catalogue.yaml、grants.yaml、syncs/ 里各文件的 fresh；超出的从承诺期满时算起。定时同步的“最新”是最近一次做完的开始时间。",
    )
    yield Section("有承诺的数据", columns, rows, notes)
    others = [row | _texts(row) for row in found["resources"] if row["verdict"] == NO_PROMISE]
    plain = {name: columns[name] for name in ("title", "provider_title", "newest", "word")}
    yield Section("没有承诺的数据", plain, others, ("随办随来的数据不必写承诺。",))


def _texts(row: dict[str, Any]) -> dict[str, Any]:
    words = {"late": f"超出 {lasted(row['late_s'])}", "never": "从未收到", "within": "在承诺内"}
    within = share(row["within"], row["used"])
    told = {"title": f"{row['title']}\n{row['resource']}", "newest": local(row["as_of"]) or "—"}
    told |= {"verdict": words.get(row["verdict"], "没有承诺")}
    told |= {"word": custody.SHORT[row["custody"]]}
    seconds_ = row["promise_s"]
    told["promise"] = "—" if seconds_ is None else freshness.words(timedelta(seconds=seconds_))
    told["share"] = f"{row['used']} 次中 {within}%" if row["used"] else "没有逐份用过"
    return told
