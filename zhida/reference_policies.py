"""The catalogue of grants as a page: each policy with where it comes from, so nobody takes a sample for a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from matters import grants
from matters.policy import Policy
from zhida.reference_tables import table

MODES = {"no-application": "免申即享", "on-application": "即申即办"}
_CONFIRM = {"none": "不须", "account": "账户", "full": "符合、账户、退回责任"}
PUBLIC = "公开依据"


def parts() -> list[str]:
    """Its head, a table a mode, and what those with a public source rest on."""
    known = sorted(grants.load().policies.values(), key=lambda each: each.name)
    told = [_head(known)]
    for mode, title in MODES.items():
        mine = [policy for policy in known if policy.mode == mode]
        told += [f"## {title}（{len(mine)} 项）", _table(mine)]
    return [*told, "## 有公开依据的各依什么", *_sources(known)]


def _head(known: Iterable[Policy]) -> str:
    policies = list(known)
    modes, sources = Counter(str(p.mode) for p in policies), Counter(p.provenance for p in policies)
    both = "，".join(f"{title} {modes[mode]} 项" for mode, title in MODES.items())
    from_where = "，".join(f"{word} {number} 项" for word, number in sorted(sources.items()))
    return (
        f"随软件提供 {len(policies)} 项：{both}。其中{from_where}。**“虚构”的不是真的政策**：条件照常见写法编写，数字是"
        "参数；“公开依据”的按公开材料转述，施行前仍须核对原文。两者都由站点自己的同名文件取代。"
        "文件的写法见 [policy-format](../policy-format.md)。"
    )


def _table(policies: Iterable[Policy]) -> str:
    rows = [
        [
            f"`{p.name}`",
            p.title,
            p.tier,
            "、".join(p.scenes),
            f"`{p.department}`",
            p.fund,
            f"{p.publicity} 天" if p.publicity else "不公示",
            _CONFIRM[p.confirm],
            p.provenance,
        ]
        for p in policies
    ]
    heads = ["标识", "名称", "类别", "主题场景", "决定单位", "资金", "公示", "企业确认", "来源"]
    return table(heads, rows)


def _sources(policies: Iterable[Policy]) -> list[str]:
    rows = [[f"`{p.name}`", "<br>".join(p.basis)] for p in policies if p.provenance == PUBLIC]
    return [table(["标识", "依据"], rows)]
