"""Single values are replaced where they stand; everything else keeps every byte."""

import doctest
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.yaml_file import escape, read_yaml
from zhida import commented_yaml, yaml_leaves
from zhida.yaml_leaves import leaves, may_become, replaced

FILES = sorted((Path(__file__).resolve().parents[2] / "mappings" / "files").glob("*.yaml"))


def plain(value, at=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from plain(inner, f"{at}/{escape(key)}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from plain(inner, f"{at}/{place}")
    else:
        yield at, str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_value_of_our_files_is_found(path):
    text = path.read_text("utf-8")
    assert {leaf.pointer: leaf.text for leaf in leaves(text)} == dict(plain(read_yaml(text).data))
    for leaf in leaves(text):
        assert (
            leaf.is_block
            or leaf.text in text[leaf.start : leaf.end].replace("''", "'")
            or "\\" in text[leaf.start : leaf.end]
            or "\n" in text[leaf.start : leaf.end]
        )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_value_and_nothing_else(path):
    text = path.read_text("utf-8")
    for leaf in leaves(text)[::7]:
        if leaf.is_text and not leaf.is_block:
            made = replaced(text, {leaf.pointer: "新的 # 值"})
            assert made == text[: leaf.start] + '"新的 # 值"' + text[leaf.end :]


KEY = st.text("abc/~汉", min_size=1, max_size=3)
LEAF = (
    st.text(st.sampled_from("ab#:\"' -[{01汉，"), max_size=8) | st.integers(-99, 99) | st.booleans()
)
VALUE = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEY, VALUE, min_size=1, max_size=4), st.data(), st.booleans())
def test_whatever_the_file_and_the_new_values(content, data, windows):
    text = "# 抬头\n" + commented_yaml.written({}, content) + "# 结尾\n"
    text = text.replace("\n", "\r\n") if windows else text
    found = [leaf for leaf in leaves(text) if leaf.is_text]
    chosen = (
        data.draw(st.lists(st.sampled_from(found), unique_by=lambda leaf: leaf.pointer))
        if found
        else []
    )
    values = {
        leaf.pointer: data.draw(st.text(st.sampled_from("xy#:\"' 01汉\n"), max_size=6))
        for leaf in chosen
    }
    made = replaced(text, values)
    wanted = {leaf.pointer: leaf.text for leaf in leaves(text)} | values
    assert {leaf.pointer: leaf.text for leaf in leaves(made)} == wanted
    assert made.startswith("# 抬头")
    assert made.rstrip().endswith("# 结尾")


@pytest.mark.parametrize(
    ("text", "new", "told"),
    [("a: 1", "2", True), ("a: 1", "x", False), ("a: true", "false", True), ("a: true", "1", False),
     ("a: x", "", True), ("a: |\n  x\n", "y", False), ("a: 1", "02", False)],
)  # fmt: skip
def test_a_value_keeps_its_kind(text, new, told):
    [leaf] = leaves(text)
    assert may_become(leaf, new) is told


def test_doctests():
    assert doctest.testmod(yaml_leaves).failed == 0
