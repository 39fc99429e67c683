"""Which tables the report of a matter has, in the words of those who read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exchange import custody
from exchange.errors import ZhidaError
from matters import terms
from zhida import report_options
from zhida.matter_drawing import period
from zhida.output import local, state
from zhida.report_sections import Section, states
from zhida.report_spread import lasted

Told = Mapping[str, Any]
_THREE = {"best": "最快", "median": "中位", "worst": "最慢"}
_UNITS = {"day": "天", "working day": "个工作日"}


def title(told: Told) -> str:
    """What it is about, and of which days."""
    days = report_options.span_words(told["from"], told["until"], "全部办件", "受理")
    return f"{told['title']}：成效报表（{days}，{local(told['at'])} 统计）"


def sections(told: Told) -> Iterator[Section]:
    """All tables, what people ask for first at the head."""
    yield _summary(told)
    yield _paper(told)
    yield _clock(told)
    yield _legal(told)
    yield _outcomes(told)
    yield _reasons(told)
    yield _fresh(told)
    yield _systems(told)


def _summary(told: Told) -> Section:
    paper = told["paper"]
    lines = {
        "办件": _cases(told["cases"]),
        "免交材料": _avoided(paper),
        "仍须提交": f"{paper['to_bring']} 件次；记录中没有、由单位核对 {paper['no_record']} 件次",
        "跑动次数": _visits(told["visits"]),
        "全程用时": f"{_spread(told['cases']['clock'])}{_best(told)}",
        "改动现有系统": _changed(told["systems"]),
    }
    listed = [{"what": what, "text": text} for what, text in lines.items()]
    return Section("总览", {"what": "指标", "text": "数字"}, listed)


def _avoided(found: Told) -> str:
    """The share is rounded down: nothing counts as spared that was not."""
    asked = found["avoided"] + found["to_bring"] + found["no_record"]
    part = f"（应交 {asked} 件次的 {found['avoided'] * 100 // asked}%）" if asked else ""
    both = f"部门共享 {found['shared']}，一次申报各处共用 {found['declared']}"
    return f"{found['avoided']} 件次{part}：{both}"


def _cases(found: Told) -> str:
    over = f"全部办结 {found['done']}，部分办结 {found['partial']}，未办结 {found['none']}"
    over += f"，已取消 {found['cancelled']}"
    return f"受理 {found['opened']}：{over}，办理中 {found['open']}"


def _visits(found: Told) -> str:
    each = [_none(found["per_case"][name]) for name in _THREE]
    asked = f"补正 {found['completions']}，到其他单位 {found['elsewhere']}"
    most = "每件最少 {}、中位 {}、最多 {} 次".format(*each)
    return f"{found['total']} 次（专窗申报 {found['forms']}，{asked}）；{most}"


def _changed(found: Told) -> str:
    used = f"用到现有系统 {found['existing']} 个，写入 {found['written']} 次"
    return f"{found['changed']} 个。{used}，其中未声明的操作 {found['undeclared']} 次"


def _none(number: int | None) -> str:
    return "—" if number is None else str(number)


def _spread(found: Told) -> str:
    return "、".join(f"{zh} {lasted(found[name])}" for name, zh in _THREE.items())


def _best(told: Told) -> str:
    """The file's best case, told as what it is."""
    if not told["best_case"]:
        return ""
    try:
        named = period(terms.legal(told["best_case"]))
    except ZhidaError:  # any words may stand there
        named = told["best_case"]
    return f"；主题文件写的最快用时 {named}，不是时限"


def _paper(told: Told) -> Section:
    columns = {"title": "事项", "paper": "材料", "avoided": "免交", "shared": "共享"}
    columns |= {"declared": "申报", "to_bring": "须交", "no_record": "无记录"}
    notes = (
        "免交＝共享＋申报：代替该材料的字段确已随该事项送达单位。须交：有此数据而没有给该单位。",
        "无记录：办件的数据里没有（如未登记父亲），由单位核对。单位另要的材料（如亲子鉴定）未计。",
    )
    return Section("材料（件次）", columns, told["paper"]["papers"], notes)


def _clock(told: Told) -> Section:
    rows = [
        {"title": item["title"] + ("（人工）" if by == "by_hand" else "")}
        | {"count": item["clock"][by]["count"]}
        | {name: lasted(item["clock"][by][name]) for name in _THREE}
        for item in told["items"]
        for by in ("interface", "by_hand")
        if item["clock"][by]["count"]
    ]
    columns = {"title": "事项", "count": "件数", **_THREE}
    notes = ("从事项可以开始（前置事项、申报表都已到齐）到单位办结或不予办理。",)
    return Section("用时", columns, rows, notes)


def _legal(told: Told) -> Section:
    rows = [_legal_row(item["title"], item["legal"]) for item in told["items"] if item["legal"]]
    columns = {"title": "事项", "article": "依据", "used": "已用", "allowed": "可用"}
    columns |= {"late": "逾期", "running": "在办"}
    notes = ("已用：从法定起算日到办结的天数，最快、中位、最慢。逾期包括收件时就已过期的。",)
    return Section("法定期限", columns, rows, notes)


def _legal_row(name: str, found: Told) -> dict[str, Any]:
    used, allowed = found["used"], found["allowed"]
    days = " ".join(_none(used[each]) for each in _THREE)
    both = dict.fromkeys(map(_none, (allowed["least"], allowed["most"])))
    late, running = str(found["late"]), str(found["running"])
    if found["late_on_arrival"]:
        late += f"\n收件时已过期 {found['late_on_arrival']}"
    if found["running_late"]:
        running += f"\n已逾期 {found['running_late']}"
    if found["unknown"]:
        running += f"\n末日未知 {found['unknown']}"
    told = {"title": name, "article": found["article"], "used": days}
    told |= {"allowed": f"{'至'.join(both)} {_UNITS[found['unit']]}"}
    return told | {"late": late, "running": running}


def _outcomes(told: Told) -> Section:
    rows = [item | {"told": states(item)} for item in told["items"]]
    columns = {"title": "事项", "told": "结果"}
    return Section("各事项的结果", columns, rows)


def _reasons(told: Told) -> Section:
    rows = [
        row | {"way": state(row["state"]), "why": row["reason"] or row["code"] or "一律由人办理"}
        for row in told["reasons"]
    ]
    columns = {"title": "事项", "way": "去向", "why": "原因", "article": "依据", "cases": "件数"}
    notes = ("英文代码的意思见 zhida parked list 或参考手册的问题代码页。",)
    return Section(
        "离开快速通道的原因", columns, rows, notes if any(r["code"] for r in rows) else ()
    )


def _fresh(told: Told) -> Section:
    rows = [
        row | {name: lasted(row[name]) for name in _THREE} | {"word": custody.SHORT[row["custody"]]}
        for row in told["freshness"]
    ]
    columns = {"title": "数据", "provider_title": "来源", "word": "由谁保证", "count": "使用次数"}
    columns |= {"best": "最新", "median": "中位", "worst": "最旧"}
    return Section("数据新旧（送达时距数据时间）", columns, rows)


def _systems(told: Told) -> Section:
    found = told["systems"]
    by = {"oa": "原有 OA", "interface": "原有接口"}
    rows = [
        row
        | {"by": by[row["by"]], "how": f"{row['adapter']} / {row['wire'] or '—'}"}
        | {
            "does": "\n".join(
                [*(f"读 {n}" for n in row["reads"]), *(f"写 {n}" for n in row["writes"])]
            )
        }
        for row in found["systems"]
    ]
    columns = {"title": "系统", "by": "用什么", "how": "适配器/线路", "does": "操作"}
    columns |= {"written": "写入"}
    notes = (
        f"改动 {found['changed']} 个：收到过未声明操作的系统数。直达只按上表声明的操作写入。",
        "共用一个连接的算一个现有系统。单位自己设的签名机、前置机、账号不在此数内，直达无从得知。",
    )
    return Section("用到的现有系统", columns, rows, notes)
