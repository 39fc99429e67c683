"""The catalogue in the words of those who read it: a list, one resource, and what is to be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from exchange import custody, times
from zhida import (
    catalogue_doubts,
    catalogue_gaps,
    catalogue_sources,
    freshness,
    report_findings,
    sync_findings,
)
from zhida.catalogue import Catalogue, Resource
from zhida.catalogue_fields import CHILD, NO
from zhida.catalogue_gaps import Gap
from zhida.catalogue_sources import ANSWER, HUB, LIST, STREAM, SYNC, Giver
from zhida.freshness import LATE, NEVER, NO_PROMISE, WITHIN, Age
from zhida.output import Marked, local
from zhida.report_findings import Finding
from zhida.report_sections import Section
from zhida.report_spread import lasted

CUSTODY = custody.SHORT
WAYS = {STREAM: "主动送来", ANSWER: "按需答复", LIST: "整份名单", SYNC: "定时同步", HUB: "中枢生成"}
SHARES = {
    "unconditional": "无条件共享",
    "conditional": "有条件共享",
    "none": "不予共享",
    "": "未填",
}
PERSONAL = {CHILD: "儿童记录", NO: "", "yes": "个人信息"}
_VERDICTS = {
    WITHIN: Marked("[green]在承诺内[/]"),
    LATE: Marked("[red]超出[/]"),
    NEVER: Marked("[red]从未收到[/]"),
    NO_PROMISE: "没有承诺",
}
_GAPS = {
    catalogue_gaps.NO_PROVIDER: ("没有单位提供", "确定由哪个单位提供，接入它的系统"),
    catalogue_gaps.NO_AGREEMENT: ("有单位提供，没有有效的共享协议", "签协议，写进 agreements/"),
    catalogue_gaps.NO_PAPER: ("材料仍要当事人交，没有数据可以代替", "有数据的单位接入后可免交"),
    catalogue_gaps.NO_FACT: ("没有来源，一律按未知", "请该单位提供，或从政策中去掉"),
    catalogue_gaps.NO_DATA: ("提供方没有系统提供", "接入系统，或撤销协议"),
}


def told(catalogue: Catalogue) -> dict[str, Any]:
    """As JSON."""
    gaps = catalogue_gaps.gaps(catalogue)
    resources = [resource(catalogue, each) for each in catalogue.resources]
    todo = [
        *catalogue_doubts.findings(catalogue.watch.site, resources),
        *findings(catalogue, gaps),
    ]
    found = {"headline": _headline(catalogue, gaps, todo), "todo": [f.told() for f in todo]}
    found["lately_days"] = catalogue.days  # type: ignore[assignment]
    return {**found, "resources": resources, "gaps": [each.told() for each in gaps]}


def _headline(catalogue: Catalogue, gaps: Sequence[Gap], todo: Sequence[Finding]) -> str:
    known = catalogue.resources
    units = len({each.provider for each in known})
    bad = sum(each.worst.is_bad for each in known)
    idle = len(idle_agreements(catalogue))
    parts = [f"{len(known)} 项数据，来自 {units} 个单位"]
    parts += [f"超出新旧承诺 {bad} 项"] if bad else []
    parts += [f"缺 {len(gaps)} 项"] if gaps else []
    doubts = sum(len(each) for each in catalogue.doubts.values())
    parts += [f"待答复的校核 {doubts} 件"] if doubts else []
    told = f"近 {catalogue.days} 天没有用过的协议 {idle} 份（zhida report agreements）"
    parts += [told] if idle else []
    return report_findings.headline(parts, todo)


def idle_agreements(catalogue: Catalogue) -> list[str]:
    """Agreements in force under which nothing went lately."""
    used = {each.agreement for each in catalogue.lately}
    known = (a for each in catalogue.resources for a in each.in_force(catalogue.today))
    return [each.id for each in known if each.id not in used]


def findings(catalogue: Catalogue, gaps: Sequence[Gap]) -> list[Finding]:
    """What is to be done, by whom: stale data first, then syncs that stand, then what is missing."""
    standing = sync_findings.findings(catalogue.watch, catalogue.syncs)
    return [*stale(catalogue), *standing, *(_gap(catalogue, each) for each in gaps)]


def stale(catalogue: Catalogue) -> Iterator[Finding]:
    """Data that is older than was promised."""
    for each in catalogue.resources:
        for system, age in (("", each.whole), *each.ages.items()):
            if age.is_bad:
                giver = next((g for g in each.givers if system in ("", g.system)), None)
                yield Finding(_stale(each, age), _who(catalogue, each.provider, giver), _ask(age))


def _stale(found: Resource, age: Age) -> str:
    if age.verdict == NEVER:
        return f"{found.title}：有承诺，从未收到"
    within = freshness.words(age.promise.within) if age.promise else "—"
    return f"{found.title}：承诺 {within}，已超出 {lasted(age.late_s)}"


def _ask(age: Age) -> str:
    told_by = age.promise.told_by if age.promise else ""
    return f"请提供方补送；承诺写得不实的，改 {told_by}"


def _gap(catalogue: Catalogue, gap: Gap) -> Finding:
    what, do = _GAPS[gap.what]
    unit = gap.provider or gap.receiver
    wants = "给出的" if gap.what == catalogue_gaps.NO_DATA else "要的"
    told = f"{gap.needed_by} {wants}“{gap.title}”：{what}"
    return Finding(told, _who(catalogue, unit, None), do)


def _who(catalogue: Catalogue, unit: str, giver: Giver | None) -> str:
    site = catalogue.watch.site
    found = site.units.get(unit)
    plain = giver or Giver("", unit, HUB)
    return report_findings.who(
        found.title if found else unit, catalogue_sources.contact(site, plain)
    )


def resource(catalogue: Catalogue, found: Resource) -> dict[str, Any]:
    """One of them as JSON."""
    unit = catalogue.watch.site.units.get(found.provider)
    age = found.whole
    told = {"resource": found.key, "document": found.document, "title": found.title}
    told |= {"provider": found.provider, "provider_title": unit.title if unit else found.provider}
    told |= {"share": found.declared.share, "code": found.declared.code, "custody": age.custody}
    systems = [_system(catalogue, found, giver) for giver in found.givers]
    ages = {"as_of": age.as_of, "documents": age.number, "verdict": found.worst.verdict}
    ages |= {"promise_s": _promised(found.worst), "late_s": found.worst.late_s}
    more: dict[str, Any] = {"sensitive": found.sensitive, "systems": systems, "age": ages}
    more["agreements"] = [_agreement(catalogue, found, n) for n in range(len(found.agreements))]
    more["fields"] = [each.told() for each in found.fields]
    now = times.stamp(catalogue.watch.clock())
    more["objections"] = catalogue_doubts.told(catalogue.doubts.get(found.key, []), now)
    return told | more


def _promised(age: Age) -> int | None:
    return int(age.promise.within.total_seconds()) if age.promise else None


def _system(catalogue: Catalogue, found: Resource, giver: Giver) -> dict[str, Any]:
    system = catalogue.watch.site.systems.get(giver.system)
    age = found.ages.get(giver.system, Age())
    told = {"system": giver.system, "title": system.title if system else "中枢"}
    told |= {"way": giver.way, "name": giver.name, "adapter": system.adapter if system else ""}
    return told | {"as_of": age.as_of, "documents": age.number, "custody": age.custody}


def _agreement(catalogue: Catalogue, found: Resource, number: int) -> dict[str, Any]:
    agreement = found.agreements[number]
    used = [each for each in found.used if each.agreement == agreement.id]
    units = catalogue.watch.site.units
    receiver = units.get(agreement.receiver)
    told = {"agreement": agreement.id, "receiver": agreement.receiver}
    told |= {"receiver_title": receiver.title if receiver else agreement.receiver}
    told |= {"purpose": agreement.purpose, "basis": agreement.basis}
    told |= {"until": agreement.valid_until.isoformat()}
    is_now = agreement in found.in_force(catalogue.today)
    last = max((each.last_at for each in used), default="")
    counts = {"used": sum(each.number for each in used), "last_at": last}
    return {**told, "in_force": is_now, **counts}


def listing(found: dict[str, Any]) -> Iterator[Section]:
    """The tables of ``catalogue list``."""
    columns = {"title": "数据", "provider_title": "提供方", "systems": "系统", "custody": "保管"}
    columns |= {"newest": "最新", "fresh": "新旧", "fields": "字段", "used": "协议"}
    notes = (
        "保管：单位签名＝提供方自己的签名机签的；中枢代读＝中枢从它的系统读的，写明读的时间。",
        f"字段：共多少，其中个人信息（含儿童记录）多少，没有协议给出的多少。协议：有效的几份，近 {found['lately_days']} 天用过几份。",
    )
    yield Section("数据目录", columns, [_row(each) for each in found["resources"]], notes)


def _row(each: dict[str, Any]) -> dict[str, Any]:
    fields, agreements = each["fields"], [a for a in each["agreements"] if a["in_force"]]
    personal = sum(field["personal"] != NO for field in fields)
    closed = sum(not field["agreements"] for field in fields)
    systems = dict.fromkeys(s["title"] for s in each["systems"])
    told = {"title": f"{each['title']}\n{each['resource']}", "systems": "\n".join(systems)}
    told |= {"provider_title": each["provider_title"], "custody": CUSTODY[each["custody"]]}
    told |= {"newest": local(each["age"]["as_of"]) or "—"}
    told |= {"fresh": _VERDICTS[each["age"]["verdict"]]}
    told |= {"fields": f"{len(fields)}，个人 {personal}，未给出 {closed}"}
    used = sum(a["used"] > 0 for a in agreements)
    return told | {"used": f"{len(agreements)}，用过 {used}"}
