"""No value gets through, in whatever a message is wrapped; names and structure stay."""

import doctest
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from zhida import masked_message
from zhida.masked_message import masked

NAME, NUMBER = "张示例", "320117202601050015"


@pytest.mark.parametrize(
    "message",
    [
        {
            "arg0": f"<?xml version='1.0' encoding='GBK'?><ROOT><xm>{NAME}</xm><no>{NUMBER}</no></ROOT>"
        },
        {"a": [NAME, {"b": NUMBER}]},
        json.dumps({"xm": NAME, "no": NUMBER}),
        f"<a xm='{NAME}' no=\"{NUMBER}\"/>",
        f"<a><![CDATA[{NAME}<b>]]>{NUMBER}</a>",
        f"<a><!-- {NAME} -->{NUMBER}</a>",
        f"MSH|^~\\&|HIS|\rPID|1||{NUMBER}^^^||{NAME}",
        f"<a>{NAME} < {NUMBER}",
        f"<a>{NAME}",
        f"{{ {NAME}",
        f"<a><b>x</b>{NAME}",
        f"<{NAME} {NUMBER}",
        f"<a b='{NAME}",
        f"<x>&lt;xm&gt;{NAME}&lt;/xm&gt;</x>",
        f"<a>{NAME}>{NUMBER}</a>",
        f"<a><![CDATA[{NAME} > 5]]></a>",
        f"<a><![CDATA[a<{NAME} {NUMBER} b]]></a>",
        f'<a b="x>{NAME}">1</a>',
        f"<a b='it' c={NAME}>1</a>",
        f"<?p {NAME}?><a>1</a>",
        f"<a><?p {NAME}?>1</a>",
        f"<!DOCTYPE {NAME}><a>1</a>",
        f"<!DOCTYPE a [<!ENTITY z '{NAME}'>]><a>&z;</a>",
        f"<!-- {NAME} --><a>1</a><!-- {NUMBER} -->",
        f"<a>1</a>{NAME}",
        f"<a>&#{ord(NAME[0])};{NAME[1:]}</a>",
        f"MSH|^~\\&|A\r{NAME}\rPID|1",
        f"MSH|^~\\&|A\r{NAME}|1\rPID|1",
        f"MSH {NAME}\r{NUMBER}",
        "<a>" * 300 + NAME + "</a>" * 300,
        NAME.encode("gbk"),
        f"<xm>{NAME}</xm>".encode(),
        int(NUMBER),
        None,
    ],
)
def test_no_value_gets_through(message):
    shown = json.dumps(masked(message), ensure_ascii=False)
    assert NAME not in shown
    assert NUMBER not in shown


def test_elements_attributes_and_namespaces_stay():
    text = '<s:B xmlns:s="urn:x"><xm no="7">张</xm>\n <leer/></s:B>'
    assert masked(text) == '<s:B xmlns:s="urn:x"><xm no="9">汉</xm>\n <leer/></s:B>'


def test_segments_of_hl7_stay():
    assert masked("MSH|^~\\&|HIS\rPID|1||X1^^").split("\r")[1] == "PID|9||A9^^"


SAFE = st.text(st.sampled_from("张李王赵示例"), min_size=2, max_size=6)


@given(
    st.recursive(
        SAFE,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
        max_leaves=6,
    )
)
def test_whatever_the_shape(message):
    assert not set("张李王赵示例") & set(json.dumps(masked(message), ensure_ascii=False))


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), SAFE, min_size=1), SAFE)
def test_whatever_the_xml(attributes, text):
    root = etree.Element("root", attributes)
    inner = etree.SubElement(root, "xm")
    inner.text = inner.tail = text
    shown = masked(etree.tostring(root, encoding="unicode"))
    assert not set("张李王赵示例") & set(shown)
    assert "<xm>" in shown


def test_doctests():
    assert doctest.testmod(masked_message).failed == 0


def test_a_declaration_is_shown_for_the_peer_demands_one() -> None:
    told = masked('<?xml version="1.0" encoding="GBK"?><a>1</a>')
    assert told == '<?xml version="1.0" encoding="GBK"?><a>9</a>'


@pytest.mark.parametrize(
    "declaration", [f'<?xml version="1.0" encoding="{NAME}"?>', f'<?xml version="1.0" {NAME}?>']
)
def test_what_only_looks_like_one_is_not(declaration: str) -> None:
    assert NAME not in json.dumps(masked(f"{declaration}<a>1</a>"), ensure_ascii=False)
