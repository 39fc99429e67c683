import doctest
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import xml_in_text
from connectors.xml_in_text import NoXmlError, root, value, written

CHARACTERS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
)
NAMES = st.sampled_from(["aac001", "XM", "姓名"])
LEAVES = CHARACTERS.filter(lambda text: text == "" or text.strip())
TREES = st.recursive(
    LEAVES, lambda inner: st.dictionaries(NAMES, inner | st.lists(inner, min_size=2), min_size=1)
)


def test_the_examples_are_true():
    assert doctest.testmod(xml_in_text).failed == 0


@given(TREES)
def test_what_is_written_is_read_again_however_often_it_was_escaped(tree):
    text = written("ROOT", tree)
    for _ in range(3):
        assert value(root(text)) == tree
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize("declared", ["GBK", "gb2312", "UTF-16", "no-such-encoding"])
def test_the_declaration_inside_says_nothing(declared):
    assert root(f'\ufeff <?xml version="1.0" encoding="{declared}"?>\n<a>𠮷直</a>').text == "𠮷直"


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        "",
        "-4",
        "张三",
        "<a>",
        "<a/><b/>",
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        "<?xml version='1.0'?><!doctype a><a/>",
        "&lt;!DOCTYPE a&gt;&lt;a/&gt;",
        "<a>&#1;</a>",
        "<a>&x;</a>",
        "<a>\x00</a>",
        "<a>\ud800</a>",
        "&amp;amp;amp;amp;lt;a/&gt;",
    ],
)
def test_what_is_no_xml_is_refused_and_not_told(text):
    with pytest.raises(NoXmlError) as raised:
        root(text)
    assert str(raised.value) == ""
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_a_text_of_more_than_ten_megabytes():
    assert len(root(f"<a>{'7' * 11_000_000}</a>").text) == 11_000_000


def test_what_is_nested_without_end_is_refused():
    deep = "<a>" * 2000 + "7" * 11_000_000 + "</a>" * 2000
    with pytest.raises(NoXmlError):
        value(root(deep))


def test_one_result_is_a_list_where_it_is_said():
    told = root('<RECORDS xmlns="urn:x"><RECORD no="1">a</RECORD></RECORDS>')
    assert value(told) == {"RECORD": {"@no": "1", "#text": "a"}}
    assert value(told, ["RECORD"]) == {"RECORD": [{"@no": "1", "#text": "a"}]}


def test_a_rare_character_as_old_java_writes_it():
    assert root("<a>&#xD870;&#xDC29;</a>").text == "\U0002c029"


def test_comments_and_instructions_do_not_cut_a_text():
    assert value(root("<a><b>x<!-- c -->y<?p q?>z</b></a>")) == {"b": "xyz"}


@pytest.mark.parametrize("content", ["\x01", {"a": "\x00"}, {"no name": "x"}, {"@a": "\x02"}])
def test_what_xml_cannot_hold_is_not_written(content):
    with pytest.raises(ValueError, match="."):
        written("a", content)


def test_the_peer_gets_the_declaration_that_it_wants():
    assert re.match(r'<\?xml version="1.0" encoding="GBK"\?><r>直</r>', written("r", "直"))
    assert written("r", "直", "utf-8").startswith('<?xml version="1.0" encoding="utf-8"?>')


def test_a_text_that_goes_on_after_an_element_is_refused_and_not_cut():
    with pytest.raises(NoXmlError):
        value(root("<r><a>12<br/>34</a></r>"))
    assert value(root("<r>\n <a>12<!-- x -->34</a>\n</r>")) == {"a": "1234"}
