"""What must hold before anything leaves, and with which code it is refused otherwise (G8).

One table: the test makes every situation of it happen and counts what leaves, and the reference page
is made of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from exchange.problems import catalogue
from zhida.reference_tables import table

TOLD, WAITS = "转人工", "等待，修好后自动接着办"
"""A person has to mend the cause and replay; the work goes on by itself once the cause is gone."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One situation in which nothing leaves."""

    name: str
    dimension: str
    zh: str
    en: str
    code: str
    then: str = TOLD


ROWS = (
    Refusal("unit", "单位", "接收单位没有协议", "the receiver has no agreement", "agreement.none"),
    Refusal("document", "数据", "协议不含这种数据", "not this kind of document", "agreement.none"),
    Refusal("purpose", "目的", "协议约定的是别的目的", "for another purpose", "agreement.purpose"),
    Refusal("expired", "协议期限", "协议已到期", "the agreement has ended", "agreement.expired"),
    Refusal("not-yet", "协议期限", "协议尚未生效", "it has not begun", "agreement.not-yet"),
    Refusal(
        "no-field", "字段", "要的字段都不在协议内", "no field that it names", "agreement.no-field"
    ),
    Refusal(
        "extra-field",
        "字段",
        "对方缺一个协议之外的字段就办不了",
        "the receiver needs a field beyond it",
        "agreement.withheld-needed",
    ),
    Refusal("consent", "字段", "没有写明同意", "no consent is stated", "agreement.no-consent"),
    Refusal("flipped", "签名", "数据被改过", "the document was changed", "document.not-authentic"),
    Refusal("speaks-for", "签名", "替别的单位签名", "signed for another unit", "document.claims"),
    Refusal("unknown", "证书", "密钥没有登记", "a key that nobody let in", "certificate.unknown"),
    Refusal(
        "other-unit", "证书", "用了别的单位的密钥", "another unit's key", "certificate.unknown"
    ),
    Refusal(
        "certificate-expired",
        "证书",
        "签名时证书已到期",
        "expired when it signed",
        "certificate.not-valid",
    ),
    Refusal(
        "certificate-not-yet", "证书", "签名时证书未生效", "not valid yet", "certificate.not-valid"
    ),
    Refusal("revoked", "证书", "证书已吊销", "revoked by its issuer", "certificate.revoked"),
    Refusal(
        "authority-revoked",
        "证书",
        "中间机构已吊销",
        "its issuer is revoked",
        "certificate.revoked",
    ),
    Refusal("withdrawn", "证书", "密钥已由两人撤下", "withdrawn by two people", "key.withdrawn"),
    Refusal("no-list", "吊销列表", "还没有列表", "no list yet", "revocation.none", WAITS),
    Refusal("list-over", "吊销列表", "列表过了宽限期", "past its budget", "revocation.over", WAITS),
    Refusal(
        "list-over-later",
        "吊销列表",
        "收下以后列表过了宽限期",
        "past its budget after it came",
        "revocation.over",
        WAITS,
    ),
    Refusal(
        "hub-lapsed",
        "中枢",
        "中枢的证书到期",
        "the hub's certificate has ended",
        "key.lapsed",
        WAITS,
    ),
    Refusal(
        "ledger-gone",
        "账本",
        "账本连不上",
        "the ledger can't be reached",
        "store.unavailable",
        WAITS,
    ),
    Refusal("disk-full", "账本", "磁盘已满", "the disk is full", "store.unavailable", WAITS),
    Refusal(
        "bucket-gone", "存储", "留存期的密钥已销毁", "the bucket's key is gone", "vault.bucket-gone"
    ),
)


def parts() -> list[str]:
    """The reference page."""
    told = [
        "以下每一种情形，都有测试真的造出来，并数过离开中枢的数据：一次也没有。",
        "每种情形有固定的代码、事实（从不含数据的值）和办法。`make guarantees` 的 G8 一行包括它们。",
    ]
    rows = [
        [each.dimension, f"{each.zh}<br>{each.en}", f"`{each.code}`", each.then, _remedy(each.code)]
        for each in ROWS
    ]
    return [*told, table(["方面", "情形", "代码", "之后", "怎么办"], rows)]


def _remedy(code: str) -> str:
    """Facts stand as ``{name}``, as in the list of codes."""
    return catalogue()[code]["remedy_zh"]
