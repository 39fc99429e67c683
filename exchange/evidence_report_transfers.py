"""The part of the report that says who got what: the fields of each transfer, and those that were held back."""

from __future__ import annotations

from exchange import evidence_words
from exchange.evidence_report_form import moment
from exchange.evidence_result import Checked, CheckedTransfer
from exchange.evidence_words import Words, both, every, valued


def transfers(checked: Checked, words: Words, *, values: bool) -> str:
    """The whole part; ``values`` prints personal data."""
    parts = ["## 谁得到了什么"]
    parts += [_transfer(checked, each, words, values) for each in checked.transfers]
    parts.append(
        "提供的字段由数据签名者的签名保证，值不能改动。未提供的字段只由中枢声明（账本条目见上），签名者没有证明。"
    )
    return "\n\n".join(parts)


def fields(moved: CheckedTransfer, words: Words, *, values: bool, mark: str = "") -> list[str]:
    """What was given, a text each; its value only if it was presented and is asked for."""
    told = zip(
        moved.disclosed, every(words, moved.document_kind, moved.disclosed, mark), strict=True
    )
    return [_valued(moved, words, *each) if values else each[1] for each in told]


def _valued(moved: CheckedTransfer, words: Words, name: str, told: str) -> str:
    if name not in moved.fields:
        return told
    value = moved.fields[name]
    return valued(told, words.meaning(moved.document_kind, name, value), value)


def _transfer(checked: Checked, moved: CheckedTransfer, words: Words, values: bool) -> str:
    verb = "查询" if moved.kind == "query" else "提供"
    pair = f"{checked.title(moved.provider)} → {checked.title(moved.receiver)}"
    shown = fields(moved, words, values=values, mark="`")
    hidden = [name for name in moved.disclosed if name not in moved.fields]
    rest = f"\n- 当时提供了、本包没有出示的字段（{len(hidden)}）：{_listed(moved, words, hidden)}"
    kind = both(words.kind(moved.document_kind), moved.document_kind)
    purpose = both(words.purpose(moved.purpose), moved.purpose)
    return (
        f"### {verb}：{pair}（{kind}）\n\n"
        f"- 时间：{moment(moved.at)}，账本第 {moved.seq} 条，事项 {moved.item}，编号 `{moved.id}`\n"
        f"- 协议：{moved.agreement}（依据：{moved.basis}；目的：{purpose}）\n"
        f"- 提供的字段（{len(shown)}）：{'、'.join(shown)}\n"
        f"- 未提供的字段（{len(moved.withheld)}）：{_listed(moved, words, moved.withheld) or '无'}"
        + (rest if hidden else "")
    )


def _listed(moved: CheckedTransfer, words: Words, paths: list[str]) -> str:
    return "、".join(every(words, moved.document_kind, paths, "`"))


def note(words: Words) -> list[str]:
    """What to say of the words, where there are any."""
    return [] if isinstance(words, evidence_words.AsSigned) else [evidence_words.NOTE]
