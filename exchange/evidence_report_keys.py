"""The report's parts for whoever checks by hand: who held which key, and every digest in full."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.evidence_report_form import moment, table
from exchange.evidence_result import Checked, HeldKey

WHAT = {"seal": "证据包封签", "head": "树头", "older-head": "旧树头", "document": "数据"}


def keys(checked: Checked) -> str:
    """Who held which key, by which certificate; the hub's key is the hub's, a unit's its own."""
    rows = [
        (
            f"{each.signature.organization}（{each.signature.unit}）",
            _keeper(checked, each),
            "、".join(WHAT[what] for what in each.what),
            f"`{each.signature.kid}`（{each.signature.suite}）",
            f"`{each.signature.serial}`",
            f"{moment(each.valid_from)} 至 {moment(each.valid_until)}",
        )
        for each in checked.keys
    ]
    head = (
        "持有者（证书所载）",
        "密钥在谁手里",
        "签了什么",
        "密钥标识",
        "证书序列号",
        "证书有效期",
    )
    return "## 谁持有哪把密钥\n\n" + table(head, rows)


def _keeper(checked: Checked, held: HeldKey) -> str:
    return "中枢" if held.signature.unit == checked.hub.unit else "该单位（中枢声明自己不持有）"


def digests(checked: Checked) -> str:
    """In full, to be compared with what the units kept."""
    return "## 摘要\n\n" + table(("对象", "摘要"), list(_digests(checked)))


def _digests(checked: Checked) -> Iterator[tuple[str, str]]:
    for each in checked.documents:
        yield f"{each.kind}（{each.id}）已签数据 SHA-256", f"`{each.digest}`"
        if each.raw_digest:
            yield f"{each.kind} 来源系统原始应答（加盐）SHA-256", f"`{each.raw_digest}`"
        if each.mapping_digest:
            yield f"{each.kind} 所用映射", f"`{each.mapping_digest}`"
    for moved in checked.transfers:
        yield f"协议 {moved.agreement}（传递 {moved.id}）", f"`{moved.agreement_digest}`"
    yield f"账本前 {checked.head.size} 条的根", f"`{checked.head.root}`"
