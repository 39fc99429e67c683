"""Only what differs is written; comments stay with what they are about, or are counted as lost."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.yaml_file import read_yaml
from zhida import commented_yaml, yaml_edit
from zhida.yaml_edit import edited

TEXT = """# 协议：医院给公安
agreement: a     # 编号
basis: "第七条 # 不是注释"  # 依据

# 字段由双方商定
fields:
  # 出生
  - /child/sex
  - /child/birth_date   # 必需
  # 母亲
  - /mother/*
# 到期续签
valid_until: "2028-12-31"
"""
VALUES = read_yaml(TEXT).data


def test_no_change_no_byte():
    assert edited(TEXT, VALUES, {}) == yaml_edit.Edited(TEXT)


def test_one_value():
    made = edited(TEXT, {**VALUES, "valid_until": "2029-12-31"}, {})
    assert made.text == TEXT.replace("2028", "2029")
    assert made.lost == 0


def test_a_value_beside_its_comment():
    made = edited(TEXT, {**VALUES, "agreement": "b", "basis": "x"}, {})
    assert "agreement: b     # 编号" in made.text
    assert "basis: x  # 依据" in made.text


def test_an_item_more_and_an_item_less():
    fields = ["/child/sex", "/child/weight_g", "/mother/*"]
    made = edited(TEXT, {**VALUES, "fields": fields}, {})
    assert '  # 出生\n  - /child/sex\n  - "/child/weight_g"\n  # 母亲\n  - /mother/*\n' in made.text
    assert made.lost == 1
    assert made.text.endswith('# 到期续签\nvalid_until: "2028-12-31"\n')


def test_keys_that_go_and_come():
    values = {key: value for key, value in VALUES.items() if key != "basis"} | {"purpose": "p"}
    made = edited(TEXT, values, {})
    assert read_yaml(made.text).data == values
    assert made.lost == 1


@pytest.mark.parametrize(
    "text", ["{agreement: a}  # x\n", "", "# nur\n", "agreement: [\n", "- a\n"]
)
def test_what_has_no_lines_of_its_own_is_written_anew(text):
    made = edited(text, {"agreement": "b"}, {})
    assert read_yaml(made.text).data == {"agreement": "b"}


def test_a_number_that_becomes_a_text_is_not_taken_for_the_same():
    made = edited("# x\na:\n  - 1\n", {"a": ["1"]}, {})
    assert read_yaml(made.text).data == {"a": ["1"]}
    assert made.lost == 1


def test_windows_line_ends_stay():
    made = edited(TEXT.replace("\n", "\r\n"), {**VALUES, "agreement": "b"}, {})
    assert made.text.count("\r\n") == made.text.count("\n")


NAME = st.text("abcdef", min_size=1, max_size=3)
LEAF = st.text(st.sampled_from("ab#:\"' -[{01汉，"), max_size=8) | st.integers(-99, 99)
VALUE = LEAF | st.lists(LEAF, max_size=4)


@given(
    st.dictionaries(NAME, VALUE, min_size=1, max_size=4),
    st.dictionaries(NAME, VALUE, min_size=1, max_size=4),
)
def test_whatever_changes_into_whatever(before, after):
    text = "# 抬头\n" + commented_yaml.written({}, before)
    made = edited(text, after, {})
    assert read_yaml(made.text).data == after
    assert edited(made.text, after, {}).text == made.text


def test_doctests():
    assert doctest.testmod(yaml_edit).failed == 0
