"""XML with many records: what it says of itself is not believed, and it cannot attack."""

import pytest

from adapters import _records
from adapters._records import Layout
from exchange.errors import Invalid

RECORDS = [
    {"@no": "1", "xm": "张小直<&", "row": ["a", "b"], "inner": {"x": "1"}},
    {"xm": ""},
]


def read(text, encoding="utf-8", **layout):
    raw = (
        text
        if isinstance(text, bytes)
        else text.encode("gb18030" if encoding == "gbk" else encoding)
    )
    return _records.read(raw, "xml", Layout.of(layout), encoding)


def refused(text, encoding="utf-8", **layout):
    with pytest.raises(Invalid) as raised:
        read(text, encoding, **layout)
    return [(p.code.removeprefix("records."), dict(p.facts)) for p in raised.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_what_is_written_is_read(encoding):
    layout = Layout.of({"record": "ROW", "root": "DATA"})
    raw = _records.written(RECORDS, "xml", layout, encoding)
    assert _records.read(raw, "xml", layout, encoding) == RECORDS


def test_records_are_found_wherever_they_stand_and_namespaces_are_left_out():
    text = (
        '<?xml version="1.0" encoding="GBK"?>\n<a xmlns="urn:x"><b><r>1</r></b><r n="2"/><r/></a>'
    )
    assert read(text, "utf-8", record="r") == [{"#text": "1"}, {"@n": "2"}, {}]


def test_other_elements_than_the_record_s_are_no_day_without_data():
    text = "<births><birth><no>1</no></birth><birth/></births>"
    assert refused(text) == [("no-record", {"element": "record", "count": 2})]
    assert refused("<births><Record/></births>")[0][0] == "no-record"
    assert read("<births/>") == read("<births> <!-- none today --> </births>") == []


def test_what_is_no_xml_is_told_with_line_and_column():
    assert refused('<?xml version="1.0"?>\n<a>\n<b></a>') == [("xml", {"line": 3, "column": 8})]
    assert refused("<html><body>")[0] == ("not-text", {"kind": "html"})
    assert refused("<a>张".encode("gbk"))[0] == (
        "cannot-decode",
        {"line": 1, "byte": 4, "encoding": "utf-8"},
    )


@pytest.mark.guarantee("G10")
@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><record>&x;</record></a>',
        '<?xml version="1.0"?>\n<!doctype a><a/>',
        "<a>" * 300 + "</a>" * 300,
        "<record>" + "<a>" * 60 + "</a>" * 60 + "</record>",
    ],
)
def test_xml_that_attacks_is_refused(text):
    assert refused(text)[0][0] in ("doctype", "xml", "xml-deep")


def test_what_xml_cannot_hold_is_told_all_at_once():
    with pytest.raises(Invalid) as raised:
        _records.written(
            [{"a": "x\x01", "1b": "y", "c": {"d": 1.5}}, {"e": None}], "xml", Layout(), "utf-8"
        )
    told = [
        (p.code.removeprefix("records."), p.facts["line"], p.facts["column"])
        for p in raised.value.problems
    ]
    assert told == [
        ("xml-character", 1, "/a"),
        ("xml-name", 1, "/1b"),
        ("xml-value", 1, "/c/d"),
        ("xml-value", 2, "/e"),
    ]


def test_a_comment_cuts_no_value():
    text = "<r><record><id>3201<!-- 区 -->17</id><fee>12<?p?>00</fee></record></r>"
    assert read(text) == [{"id": "320117", "fee": "1200"}]


def test_a_text_that_goes_on_after_an_element_is_refused_and_not_cut():
    text = "<r>\n<record><fee>12<br/>34</fee></record></r>"
    assert refused(text) == [("xml-mixed", {"line": 2})]
    assert read("<r> x <record>\n<a>1</a>\n</record> y </r>") == [{"a": "1"}]
