"""The verification report (核验报告): what verified evidence says, for somebody who files it."""

from __future__ import annotations

from collections.abc import Mapping

from exchange import custody as custody_words
from exchange import evidence_report_keys, evidence_report_transfers
from exchange.entry_words import KINDS
from exchange.evidence_report_form import cell, harmless, moment, table
from exchange.evidence_result import Checked, CheckedDocument, Event
from exchange.evidence_words import AsSigned, Words, both
from exchange.problems import describe

AS_SIGNED = AsSigned()
ACTIONS = {
    "replay": "没有办成，重新办理",
    "found-applied": "核实已办成",
    "give-up": "终止办理",
    "cancel": "取消办件",
    "grant-clear": "异议不成立，继续办理",
    "grant-drop": "异议成立，不予奖补",
    "grant-release": "可重新列入名单",
    "grant-claw-back": "追回已付奖补",
    "finance-revoke": "撤回企业授权书",
    "key-import": "登记证书",
    "key-rotate": "换用签名密钥",
    "key-revoke": "撤下密钥",
    "trust-add": "增加信任的根",
    "trust-remove": "去掉信任的根",
    "hold-release": "解除诉讼保全",
    "ledger-prune": "清理账本正文，早于",
    "vault-archive": "移交归档",
    "vault-erase": "抹除（已归档）",
    "vault-erase-unarchived": "抹除（不归档）",
}
"""What two people may decide. A receipt after ``found-applied`` is their word, not the target's."""
LANES = {"skipped": "不需办理", "by-hand": "转人工办理", "halted": "按规定不办理"}
VERDICTS = {"approved": "同意", "rejected": "不同意", "void": "已失效", "open": "待第二人"}
ENDS = {"done": "全部办结", "partial": "部分办结", "none": "未办结"}
RESULTS = {"stored": "对方已收到", "applied": "对方已办结", "refused": "对方不予办理"}


def custody(checked: Checked, document: CheckedDocument) -> str:
    """Whose word a document is, in Chinese."""
    own = document.provider == checked.hub.unit
    return custody_words.told(document.custody, checked.title(document.provider), own=own)


def what(checked: Checked, event: Event, words: Words = AS_SIGNED) -> str:
    """One ledger entry in a few words; a kind that has no word here is told by its own name."""
    name = KINDS.get(event.kind, event.kind)
    details = event.details
    if event.kind in ("transfer", "query"):
        pair = [checked.title(str(details[side])) for side in ("provider", "receiver")]
        return f"{name}：{pair[0]} → {pair[1]}，协议 {details['agreement']}"
    if event.kind == "document":
        kind = str(details["document_kind"])
        return f"{name}：{checked.title(str(details['provider']))} {both(words.kind(kind), kind)}"
    if event.kind == "receipt":
        return f"{name}：{RESULTS[str(details['what'])]}"
    if event.kind == "lane":
        return f"{LANES[str(details['state'])]}：{details['item']} {_because(details)}".rstrip()
    if "item" in details:
        return f"{name}：{' '.join(filter(None, (str(details['item']), _word(details))))}"
    state = str(details.get("state", ""))
    return f"{name}：{ENDS.get(state, state)}" if state else name


def _because(details: Mapping[str, object]) -> str:
    """Why an item left the fast lane, in the words of the matter's file."""
    told = [str(details[name]) for name in ("reason", "article") if details.get(name, "-") != "-"]
    return f"{told[0]}（{told[1]}）" if len(told) > 1 else "".join(told)


def _word(details: Mapping[str, object]) -> str:
    """What was decided about an item and by whom, or the code of what became of it."""
    if "action" not in details:
        return str(details.get("code", ""))
    action, state = str(details["action"]), str(details.get("state", ""))
    words = [ACTIONS.get(action, action), VERDICTS.get(state, state)]
    return " ".join(filter(None, [*words, str(details.get("operator", ""))]))


def remarks(checked: Checked, language: str = "zh") -> list[str]:
    """What the reader should know, though everything is true."""
    return ["；".join(describe(p.code, p.facts, language)) for p in checked.remarks]


def markdown(
    checked: Checked, file_digest: str, *, values: bool = False, words: Words = AS_SIGNED
) -> str:
    """The whole report. ``values`` prints personal data, ``words`` are those of whoever verifies."""
    checked = harmless(checked, cell)
    parts = [
        _summary(checked, file_digest),
        _documents(checked, words),
        evidence_report_transfers.transfers(checked, words, values=values),
        _events(checked, words),
        evidence_report_keys.keys(checked),
        evidence_report_keys.digests(checked),
        _closing(checked, words),
    ]
    return "\n\n".join(parts) + "\n"


SCOPES = {
    "case": "全案",
    "unit": "{title}收到的部分",
    "transfer": "提供给{title}的一次",
    "field": "提供给{title}的一次中的部分字段",
}


def _summary(checked: Checked, file_digest: str) -> str:
    scope = SCOPES[checked.scope].format(title=checked.title(checked.unit))
    head = checked.head
    rows = {
        "结论": "**证据属实**：全部签名、摘要、账本路径核验通过",
        "办件": f"`{checked.case}`（主题 {checked.matter}，范围：{scope}）",
        "中枢": f"{checked.hub.organization}（{checked.hub.unit}），账本 {head.origin}",
        "树头": f"第 {head.size} 条，根 `{head.root}`，{moment(head.at)}",
        "签名套件": checked.suite,
        "导出时间": moment(checked.exported_at),
        "核验时间": moment(checked.checked_at),
        "证据文件 SHA-256": f"`{file_digest}`",
        "时钟来源": clock(checked),
    }
    return "# 核验报告\n\n" + table(("项目", "内容"), rows.items())


def clock(checked: Checked) -> str:
    """Whose clock the times are of, and what a third party says of them."""
    own = "时间：本单位时钟（中枢与签名单位的系统时钟，北京时间显示）"
    if checked.stamp is None:
        return f"{own}，没有经核验的第三方时间戳"
    who = checked.stamp.authority or checked.stamp.policy
    when = f"{moment(checked.stamp.at)}（序号 {checked.stamp.serial}，策略 {checked.stamp.policy}）"
    return f"{own}；时间戳机构“{who}”于 {when} 为树头盖章，已核验：本包所载不晚于此刻"


def _documents(checked: Checked, words: Words) -> str:
    rows = [
        (
            both(words.kind(d.kind), d.kind),
            custody(checked, d),
            f"{d.signature.organization}，证书 {d.signature.serial[:16]}",
            moment(d.as_of),
            moment(d.recorded_at),
            f"`{d.digest[:16]}…`",
        )
        for d in checked.documents
    ]
    head = ("数据", "由谁保证", "签名者（证书所载）", "数据时点", "入账时间", "摘要")
    return "## 数据\n\n" + table(head, rows)


def _events(checked: Checked, words: Words) -> str:
    rows = [(str(e.seq), moment(e.at), what(checked, e, words)) for e in checked.events]
    return "## 时间线\n\n" + table(("账本条目", "时间", "事件"), rows)


def _closing(checked: Checked, words: Words) -> str:
    told = remarks(checked) + evidence_report_transfers.note(words) or ["无"]
    return "## 说明\n\n" + "\n".join(f"- {each}" for each in told)
