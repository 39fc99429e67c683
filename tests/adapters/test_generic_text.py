"""Content in a text, written and read; and what is no such text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters._generic_text import Form, UnreadableError, unwrapped, wrapped
from exchange.errors import Invalid

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
TREES = st.recursive(
    TEXTS | st.integers(),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "姓名"]), inner, min_size=1),
    max_leaves=8,
)


def form(**told: Any) -> Form:
    return Form.of({"at": "", "as": "json"} | told)


@given(TREES)
def test_what_is_written_as_json_is_read_the_same(tree: Any) -> None:
    about = form(at="/x")
    assert unwrapped(wrapped({"x": tree, "y": 1}, about), about) == {"x": tree, "y": 1}


@given(st.dictionaries(st.sampled_from(["a", "b", "姓名"]), TEXTS, min_size=1))
def test_what_is_written_as_xml_is_read_the_same(tree: dict[str, str]) -> None:
    about = {"at": "/x", "as": "xml"}
    told = wrapped({"x": tree}, Form.of(about | {"root": "R", "declares": "GBK"}))
    assert told["x"].startswith('<?xml version="1.0" encoding="GBK"?>')
    found = unwrapped(told, Form.of(about))["x"]["R"]
    assert {name: value.strip() for name, value in found.items()} == {
        name: value.strip() for name, value in tree.items()
    }


def test_a_row_of_csv_in_the_receiver_s_encoding() -> None:
    about = form(**{"as": "csv-row", "encoding": "gbk"})
    told = wrapped({"编号": "01", "姓名": '张,"小"直'}, about)
    assert told == '编号,姓名\r\n01,"张,""小""直"\r\n'.encode("gbk")
    assert unwrapped(told, about) == {"编号": "01", "姓名": '张,"小"直'}


@pytest.mark.parametrize(
    ("tree", "about"),
    [
        ({"a": [[1]]}, {"as": "xml", "root": "R"}),
        ({"a b": 1}, {"as": "xml", "root": "R"}),
        ({"a": "\x01"}, {"as": "xml", "root": "R"}),
        ({"a": "张".encode("gbk")}, {"as": "xml", "root": "R"}),
        ({"a": 1.5}, {"as": "xml", "root": "R"}),
        ({"a": None}, {"as": "xml", "root": "R"}),
        ({"a": b"1"}, {"as": "csv-row"}),
        ({"a": {"b": 1}}, {"as": "csv-row"}),
        ("text", {"as": "csv-row"}),
        ({"a": 1.5}, {"as": "json"}),
        ({"a": "㛃"}, {"as": "json", "encoding": "gbk"}),
    ],
)
def test_what_a_format_cannot_hold_is_invalid(tree: Any, about: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        wrapped(tree, form(**about))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "xml"),
        ("<a>", "xml"),
        ("plain", "xml"),
        ("{", "json"),
        ('{"a": 1, "a": 2}', "json"),
        ("[" * 100_000, "json"),
        ("a,b\n1", "csv-row"),
        (b"\xff\xfe", "json"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(value: Any, kind: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        unwrapped({"x": value}, form(at="/x", **{"as": kind}))
    assert str(caught.value) == "/x"


@pytest.mark.parametrize("value", [None, {"a": 1}, [], 7, "", " \n", b""])
def test_what_is_absent_or_content_already_stays(value: Any) -> None:
    assert unwrapped({"x": value}, form(at="/x")) == {"x": value}
    assert unwrapped({"y": value}, form(at="/x")) == {"y": value}


def test_one_result_is_a_list_where_the_site_says_so() -> None:
    told = unwrapped("<r><row><a>1</a></row></r>", form(**{"as": "xml", "lists": ["row"]}))
    assert told == {"r": {"row": [{"a": "1"}]}}


def test_xml_that_was_escaped_twice_and_an_answer_in_an_answer() -> None:
    inner = "&lt;r&gt;&lt;code&gt;0&lt;/code&gt;&lt;/r&gt;"
    assert unwrapped(inner, form(**{"as": "xml"})) == {"r": {"code": "0"}}
    outer = '{"data": "{\\"code\\": \\"0\\"}"}'
    assert unwrapped(unwrapped(outer, form()), form(at="/data")) == {"data": {"code": "0"}}


COLUMNS = [{"name": "编号", "width": 4}, {"name": "姓名", "width": 6}]
ROWS = [{"编号": "007", "姓名": "张小直"}, {"编号": "8", "姓名": "a"}]


@pytest.mark.parametrize("kind", ["csv", "fixed", "xlsx"])
def test_records_become_a_whole_file_and_are_read_again(kind: str) -> None:
    about = form(at="/content", encoding="gbk", layout={"columns": COLUMNS}, **{"as": kind})
    told = wrapped({"name": "a", "content": ROWS}, about)
    assert isinstance(told["content"], bytes)
    assert unwrapped(told, about) == {"name": "a", "content": ROWS}
    one = wrapped({"content": ROWS[0]}, about)
    assert unwrapped(one, about) == {"content": ROWS[:1]}


def test_a_file_that_cannot_be_written_or_read_is_told() -> None:
    about = form(at="/content", encoding="gbk", layout={"columns": COLUMNS}, **{"as": "fixed"})
    for value, code in (({"编号": "12345"}, "records.too-long"), ("x", "generic.unwritable")):
        with pytest.raises(Invalid) as raised:
            wrapped({"content": value}, about)
        assert raised.value.code == code
    with pytest.raises(UnreadableError):
        unwrapped({"content": b"short"}, about)


@pytest.mark.parametrize(
    "tree", [{"b": 1}, {}, {"a": "text"}, {"a": []}, {"a": [1]}, {"a": {"y": 1}}, [], "text"]
)
def test_a_place_at_which_this_message_has_nothing_is_told(tree: Any) -> None:
    with pytest.raises(Invalid) as caught:
        wrapped(tree, form(at="/a/x"))
    assert (caught.value.code, caught.value.facts["path"]) == ("generic.nothing-there", "/a/x")


def test_elements_stand_in_the_vendor_s_order() -> None:
    about = {"at": "/x", "as": "xml", "root": "REQ", "order": ["HEAD", "NONE", "BODY"]}
    tree = {"x": {"MORE": "3", "BODY": {"N": "2"}, "HEAD": {"T": "1"}}}
    told = wrapped(tree, Form.of(about))["x"]
    assert told == ("<REQ><HEAD><T>1</T></HEAD><BODY><N>2</N></BODY><MORE>3</MORE></REQ>")
    assert list(tree["x"]) == ["MORE", "BODY", "HEAD"]


def test_a_truth_and_an_amount_are_written_alike_in_every_text() -> None:
    tree = {"a": True, "b": Decimal("1E+3")}
    row = wrapped(tree, form(**{"as": "csv-row"}))
    xml = wrapped(tree, form(**{"as": "xml", "root": "R"}))
    assert (row, xml) == ("a,b\r\ntrue,1000\r\n", "<R><a>true</a><b>1000</b></R>")
