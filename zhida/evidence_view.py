"""Verified evidence on a terminal: whose word each document is, who received what, the timeline."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.markup import escape

from exchange import evidence_report as report
from exchange.evidence_report_form import harmless, moment, printable
from exchange.evidence_report_transfers import fields
from exchange.evidence_result import Checked, CheckedTransfer
from exchange.evidence_words import NOTE, Words, both, every
from mappings import shapes, site_codes
from mappings.field_words import FieldWords
from zhida import environment, site_words
from zhida.output import show


class ReaderWords(FieldWords):
    """The words of this program, and of the reader's own site if ``ZHIDA_SITE`` names one; none is the bundle's."""

    def purpose(self, name: str) -> str:
        """What for."""
        return site_words.purpose(name)


def reader_words() -> ReaderWords:
    """Never fails: what a broken file would tell keeps its signed name."""
    folder = environment.own_site()
    return ReaderWords(shapes.of(folder), site_codes.of(folder))


def tables(checked: Checked, values: bool, words: Words) -> Group:
    """Everything that the evidence says; ``values`` prints personal data."""
    checked = harmless(checked, printable)
    head = checked.head
    lines = [
        "[bold green]✓ 证据属实[/]",
        f"办件 {escape(checked.case)}（{escape(checked.matter)}），中枢：{escape(checked.hub.organization)}",
        f"账本 {escape(head.origin)} 第 {head.size} 条树头，{moment(head.at)}",
        escape(report.clock(checked)),
    ]
    remarks = [f"[yellow]![/] {escape(each)}" for each in report.remarks(checked)]
    return Group(
        "\n".join(lines), _documents(checked, words), _transfers(checked, words, values),
        _events(checked, words), "\n".join([*remarks, NOTE]),
    )  # fmt: skip


def _documents(checked: Checked, words: Words) -> Any:
    rows = [
        {
            "kind": both(words.kind(each.kind), each.kind),
            "custody": report.custody(checked, each),
            "signer": each.signature.organization,
            "recorded": moment(each.recorded_at),
        }
        for each in checked.documents
    ]
    columns = {
        "kind": "数据", "custody": "由谁保证", "signer": "签名者", "recorded": "入账时间"
    }  # fmt: skip
    return show(rows, columns, title="数据")


def _transfers(checked: Checked, words: Words, values: bool) -> Any:
    rows = [
        {
            "way": _way(checked, each, words),
            "disclosed": "\n".join(fields(each, words, values=values)),
            "withheld": "\n".join(every(words, each.document_kind, each.withheld)),
        }
        for each in checked.transfers
    ]
    columns = {"way": "去向", "disclosed": "提供的字段", "withheld": "未提供的字段"}
    return show(rows, columns, title="谁得到了什么")


def _way(checked: Checked, moved: CheckedTransfer, words: Words) -> str:
    pair = f"{checked.title(moved.provider)}\n→ {checked.title(moved.receiver)}"
    verb = "查询 " if moved.kind == "query" else ""
    return f"{pair}\n{verb}{both(words.kind(moved.document_kind), moved.document_kind)}\n协议 {moved.agreement}"


def _events(checked: Checked, words: Words) -> Any:
    rows = [
        {"seq": e.seq, "at": moment(e.at), "what": report.what(checked, e, words)}
        for e in checked.events
    ]
    return show(rows, {"seq": "条目", "at": "时间", "what": "事件"}, title="时间线")
