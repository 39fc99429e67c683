import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from connectors.soap_arguments import plain, unwritable


@given(st.text())
def test_a_text_is_refused_exactly_when_xml_cannot_hold_it(text):
    element = etree.Element("a")
    try:
        element.text = text
    except ValueError:
        assert list(unwritable(text))
    else:
        assert not list(unwritable(text))


def test_every_bad_field_is_told_with_its_path_and_without_its_value():
    problems = unwritable({"in0": [{"xm": "张\x00"}, {"xm": "ok"}], "in1": "\ufffe", "in2": 5})
    assert [dict(problem.facts) for problem in problems] == [
        {"path": "/in0/0/xm", "character": "U+0000", "at": 2},
        {"path": "/in1", "character": "U+FFFE", "at": 1},
    ]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"_value_1": "x", "_attr_1": None}, "x"),
        ({"_value_1": "x", "id": None, "_attr_1": {}}, "x"),
        ({"_value_1": "x", "_attr_1": {"a": "b"}}, {"_value_1": "x", "_attr_1": {"a": "b"}}),
        ({"_value_1": None}, None),
        ({"_value_1": "x", "lang": "zh"}, {"_value_1": "x", "lang": "zh"}),
        ({"_value_1": [1]}, {"_value_1": [1]}),
        ([{"a": {"_value_1": 1}}], [{"a": 1}]),
        (None, None),
    ],
)
def test_only_an_empty_wrapping_is_taken_off(result, expected):
    assert plain(result) == expected


def test_free_xml_becomes_its_text():
    assert plain({"any": etree.fromstring("<a>直</a>")}) == {"any": "<a>直</a>"}
