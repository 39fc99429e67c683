"""The report says in Chinese who vouches for what, who got what, and when."""

from dataclasses import replace

import pytest

from exchange import evidence_report as report
from exchange.evidence_verify import verify


@pytest.fixture(scope="module")
def checked(sm2):
    return verify(sm2.bundle, sm2.checker())


def test_it_names_the_custody_of_each_document(checked):
    declaration, birth = checked.documents
    assert report.custody(checked, birth) == "溧水区示例妇幼保健院签名（单位自管密钥）"
    assert report.custody(checked, declaration) == "中枢代读window（中枢签名）"
    own = replace(declaration, provider="hub")
    assert report.custody(checked, own) == "中枢自己的数据（中枢签名）"


def test_it_tells_fields_by_name_and_values_only_if_asked_for(checked):
    text = report.markdown(checked, "0" * 64)
    assert "溧水区示例妇幼保健院 → 溧水区示例公安分局（birth-record）" in text
    assert "`/mother/name`" in text
    assert "未提供的字段（2）：`/certificate/number`、`/father/name`" in text
    assert "张小直" not in text
    assert "`/mother/name` = 张小直" in report.markdown(checked, "0" * 64, values=True)


def test_it_tells_the_timeline_the_head_and_what_to_know(checked):
    text = report.markdown(checked, "ab" * 32)
    assert checked.head.root in text
    assert "ab" * 32 in text
    assert "| 2026-03-02 09:00:" in text
    assert "回执：对方已办结" in text
    assert "拒绝提供：insurance agreement.none" in text
    assert "未核对证书是否被吊销" in text


def test_what_two_people_decided_is_told_with_who_they_are(checked):
    """So that the receipt after it is not taken for the target's own answer."""
    told = {"item": "household", "action": "found-applied", "operator": "wang"}
    proposed = replace(checked.events[0], kind="proposal", details=told)
    decided = {**told, "operator": "li", "state": "approved"}
    second = replace(checked.events[0], kind="decision", details=decided)
    assert report.what(checked, proposed) == "提议：household 核实已办成 wang"
    assert report.what(checked, second) == "第二人决定：household 核实已办成 同意 li"


def test_an_unknown_kind_of_entry_is_told_by_its_own_name(checked):
    event = replace(checked.events[-1], kind="correction", details={})
    assert report.what(checked, event) == "correction"


def test_a_value_can_neither_end_a_cell_nor_move_the_cursor(checked):
    moved = checked.transfers[1]
    hostile = "a|b\n# 标题\x1b[2J"
    changed = replace(moved, fields=dict(moved.fields) | {"/mother/name": hostile})
    text = report.markdown(replace(checked, transfers=[changed]), "0" * 64, values=True)
    assert "`/mother/name` = a\\|b # 标题\ufffd[2J" in text
