"""``zhida policy table``: one policy as a page (HTML) that stands by itself, for people to read and sign.

Conditions as a table of decision with a column an example, the award in words, and the examples with
what each firm gets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from matters import award_words, criteria_words, money
from matters.award_tests import conditions
from matters.criteria import Group, Node, Test
from matters.facts import Fact
from matters.kleene import Truth
from matters.policy import Policy, Version
from matters.policy_decision import Decision, decide

_MODES = {"no-application": "免申即享", "on-application": "即申即办"}
_CONFIRM = {"none": "不须确认", "account": "确认账户", "full": "确认符合条件、账户和退回责任"}
_SIGNS: Mapping[Truth, str] = {True: "✓", False: "✗", None: "?"}
_ENDS = {"pass": "符合", "fail": "不符合", "unknown": "未知"}
STYLE = """\
body{font:15px/1.6 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;color:#1f2933;
max-width:1180px;margin:32px auto;padding:0 24px}h1{font-size:24px;margin:0}h2{font-size:18px;margin:28px 0 8px}
p,dd{margin:0 0 6px}.dim{color:#52606d}table{border-collapse:collapse;width:100%;font-size:14px}
th,td{border:1px solid #cbd2d9;padding:5px 8px;text-align:left;vertical-align:top}th{background:#eef2f6}
td.mark,th.mark{text-align:center;width:2.2em;padding:5px 2px}td.told{min-width:22em}.yes{color:#0b6b3a}.no{color:#b42318}.not-known{color:#8a5a00}
tr.join td{background:#f7f9fb;color:#486581}tr.end td{font-weight:600}li{margin:2px 0}
.tag{border:1px solid #829ab1;border-radius:9px;padding:0 8px;font-size:13px;margin-right:6px}
@media print{body{margin:0;max-width:none}}"""


def page(policy: Policy, facts: Mapping[str, Fact], departments: Mapping[str, str]) -> str:
    """The whole page; ``departments``: who decides → title."""
    parts = [
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">',
        f"<title>{escape(policy.title)}</title><style>{STYLE}</style></head><body>",
        *_head(policy, departments.get(policy.department, policy.department)),
        *(part for version in policy.versions for part in _version(policy, version, facts)),
        f'<p class="dim">政策摘要 SHA-256 {policy.digest}</p></body></html>',
    ]
    return "\n".join(parts) + "\n"


def _head(policy: Policy, department: str) -> Iterator[str]:
    tags = [_MODES[policy.mode], policy.tier, *policy.scenes, policy.provenance]
    yield f"<h1>{escape(policy.title)}</h1>"
    yield "<p>" + "".join(f'<span class="tag">{escape(tag)}</span>' for tag in tags) + "</p>"
    public = f"公示 {policy.publicity} 个工作日" if policy.publicity else "不公示"
    told = f"{department}决定；{policy.fund}；{public}；{_CONFIRM[policy.confirm]}"
    yield f"<p>{escape(told)}</p>"
    yield f'<p class="dim">依据：{escape("；".join(policy.basis))}</p>'


def _version(policy: Policy, version: Version, facts: Mapping[str, Fact]) -> Iterator[str]:
    until = version.until.isoformat() if version.until else "另行通知"
    day = criteria_words.title(version.by, facts) if version.by else "决定日"
    yield f"<h2>版本 {escape(version.name)}：{day}在 {version.since} 至 {until}</h2>"
    for name, text in version.clauses.items():
        yield f"<p><b>{escape(name)}</b> {escape(text)}</p>"
    found = [(each.title, decide(policy, each.facts, each.on)) for each in policy.examples]
    here = [each for each in found if each[1].version == version]
    yield from _table(version, [decision for _, decision in here], facts)
    yield f"<p><b>奖补</b> {escape(award_words.award(version.award, facts))}</p>"
    if version.budget:
        rule = {"pro-rata": "不足时按比例", "first-come": "按先后顺序，用完为止"}[
            version.budget.rule
        ]
        yield f"<p><b>年度预算</b> {money.short(version.budget.amount)}，{rule}</p>"
    if here:
        told = "".join(f"<li>{escape(title)} → {_end(each)}</li>" for title, each in here)
        yield f"<p><b>例子</b>（列号即上表的列）</p><ol>{told}</ol>"


def _table(version: Version, decisions: list[Decision], facts: Mapping[str, Fact]) -> Iterator[str]:
    numbers = "".join(f'<th class="mark">{n}</th>' for n in range(1, len(decisions) + 1))
    yield f"<table><tr><th>条款</th><th>条件</th>{numbers}</tr>"
    yield from _rows(version.criteria, 0, decisions, facts)
    for node in conditions(version.award):
        yield f'<tr class="join"><td></td><td colspan="{len(decisions) + 1}">奖补按此分档</td></tr>'
        yield from _rows(node, 1, decisions, facts)
    ends = "".join(_sign({"pass": True, "fail": False}.get(each.verdict)) for each in decisions)
    yield f'<tr class="end"><td></td><td>结果</td>{ends}</tr></table>'


def _rows(
    node: Node, depth: int, decisions: list[Decision], facts: Mapping[str, Fact]
) -> Iterator[str]:
    indent = f'style="padding-left:{8 + 20 * depth}px"'
    if isinstance(node, Test):
        marks = "".join(_sign(each.findings[node.number].verdict) for each in decisions)
        told = escape(criteria_words.criterion(node, facts))
        cell = f'<td class="told" {indent}>{told}</td>'
        yield f"<tr><td>{escape(node.clause)}</td>{cell}{marks}</tr>"
        return
    yield from _joined(node, indent, len(decisions))
    for part in node.parts:
        yield from _rows(part, depth + 1, decisions, facts)


def _joined(node: Group, indent: str, width: int) -> Iterator[str]:
    word = criteria_words.JOINED[node.word]
    yield f'<tr class="join"><td></td><td colspan="{width + 1}" {indent}>{word}</td></tr>'


def _sign(verdict: Truth) -> str:
    kind = {True: "yes", False: "no", None: "not-known"}[verdict]
    return f'<td class="mark {kind}">{_SIGNS[verdict]}</td>'


def _end(decision: Decision) -> str:
    return money.write(decision.total) if decision.verdict == "pass" else _ENDS[decision.verdict]
