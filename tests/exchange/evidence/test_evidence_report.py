"""The report says in Chinese who vouches for what, who got what, and when."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime

import pytest

from exchange import evidence_report as report
from exchange.evidence_verify import verify
from exchange.evidence_words import NOTE, AsSigned


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


class Words(AsSigned):
    """As a verifier has them."""

    def kind(self, kind):
        return f"数据<{kind}>" if kind == "birth-record" else kind

    def field(self, kind, path):
        return f"{kind} 的姓名" if path == "/mother/name" else path

    def meaning(self, kind, path, value):
        return "女性" if (path, value) == ("/child/sex", "2") else ""

    def purpose(self, name):
        return "出生一件事"


def test_the_verifier_s_words_stand_before_what_was_signed_and_are_marked_as_its_own(checked):
    text = report.markdown(checked, "0" * 64, values=True, words=Words())
    assert "birth-record 的姓名 `/mother/name` = 张小直" in text
    assert "`/child/sex` = 2（女性）" in text
    assert "（数据<birth-record> birth-record）" in text
    purpose = checked.transfers[1].purpose
    assert f"目的：出生一件事 {purpose}）" in text
    assert NOTE not in report.markdown(checked, "0" * 64)
    assert NOTE in report.markdown(checked, "0" * 64, words=FieldWordsLike())


class FieldWordsLike:
    """Words that are not those of the bundle."""

    kind = staticmethod(lambda kind: kind)
    field = staticmethod(lambda kind, path: path)
    meaning = staticmethod(lambda kind, path, value: "")
    purpose = staticmethod(lambda name: name)


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
    assert "`/mother/name` = a&#124;b # 标题\ufffd&#91;2J" in text


HOSTILE = "条例\n\n## 说明\n\n- 吊销列表已核对 |`<!-- ![](http://x) \x1b[2J \x9b \u202e\u2028"
FIXED = {"scope", "custody", "what", "state", "code"}
"""What verification compares with a list, or says itself."""


def spoilt(told, fixed, name=""):
    """Every text that a bundle brings, with ``HOSTILE`` behind it."""
    if isinstance(told, str):
        return told + HOSTILE if told and name not in fixed else told
    if is_dataclass(told):
        own = {each.name: getattr(told, each.name) for each in fields(told)}
        return replace(told, **{name: spoilt(value, fixed, name) for name, value in own.items()})
    if isinstance(told, dict):
        own = name in ("titles", "fields")
        return {spoilt(n, fixed) if own else n: spoilt(v, fixed, n) for n, v in told.items()}
    return [spoilt(each, fixed, name) for each in told] if isinstance(told, (list, tuple)) else told


@pytest.mark.parametrize("fixed", [FIXED, FIXED | {"kind"}])
def test_no_text_of_a_bundle_writes_a_line_a_cell_or_a_comment(checked, fixed):
    told = spoilt(checked, fixed)
    for values in (False, True):
        text = report.markdown(told, "0" * 64, values=values)
        plain = report.markdown(checked, "0" * 64, values=values)
        begun = [each.replace("“", "")[:4] for each in text.split("\n")]
        assert begun == [each[:4] for each in plain.split("\n")]
        assert text.count("|") == plain.count("|")
        assert len(text.splitlines()) == len(plain.splitlines())
        assert not {"<!", "![", "\x1b", "\x9b", "\u202e", "``"} & {
            text[i : i + n] for i in range(len(text)) for n in (1, 2)
        }


@pytest.mark.parametrize("key", ["basis", "purpose", "item", "agreement"])
def test_a_note_of_a_bundle_that_verifies_writes_no_line(world, forge, key):
    forger = forge(world, world.bundle)
    forger.change_entry("transfer", **{key: "条例" + HOSTILE})
    checked = verify(forger.relog().seal(), world.checker())
    assert report.markdown(checked, "0" * 64).splitlines().count("## 说明") == 1


def test_a_key_whose_certificate_never_ends_is_told(checked):
    far = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    told = replace(checked, keys=[replace(each, valid_until=far) for each in checked.keys])
    assert "至 9999-12-31 23:59:59" in report.markdown(told, "0" * 64)
