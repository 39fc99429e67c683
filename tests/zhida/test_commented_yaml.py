"""What is written reads back as the same, whatever the values; every key has its comment."""

import doctest

from hypothesis import example, given
from hypothesis import strategies as st

from mappings.yaml_file import read_yaml
from zhida import commented_yaml

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=12
)
LEAF = TEXT | st.integers(-(10**15), 10**15) | st.booleans()
VALUE = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
FREE = {
    "properties": {"known": {"title": "已知", "type": "object", "additionalProperties": {}}},
    "additionalProperties": {"type": "object", "additionalProperties": {}},
}


@example({"a": "\x85"})
@example({"a": "x\x7f\x9f\u2028\u2029\ufeff"})
@given(st.dictionaries(TEXT, VALUE, min_size=1, max_size=4))
def test_what_is_written_reads_back(values):
    found = read_yaml(commented_yaml.written({}, values))
    assert (found.problems, found.data) == ([], values)


@given(st.dictionaries(TEXT, VALUE, min_size=1, max_size=3))
def test_so_does_what_lies_deeper(inner):
    values = {"known": inner, "other": {"a": inner}}
    found = read_yaml(commented_yaml.written(FREE, values))
    assert (found.problems, found.data) == ([], values)


def test_an_empty_list_and_an_empty_object():
    values = {"known": {}, "a": [], "b": ""}
    assert read_yaml(commented_yaml.written(FREE, values)).data == values


def test_doctests():
    assert doctest.testmod(commented_yaml).failed == 0
