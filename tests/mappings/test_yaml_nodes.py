"""Two readers of YAML, and one reading: whatever libyaml takes is read as ruamel.yaml reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import yaml_nodes
from mappings.yaml_file import YamlFile, read_yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    p for folder in ("matters", "mappings", "sandbox") for p in (ROOT / folder).rglob("*.yaml")
]
PIECES = (
    *(
        "a",
        "b: ",
        "- ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "\n",
        "\n  ",
        "\n    ",
        "'",
        '"',
        "#",
        " #",
    ),
    *(
        "|",
        "|-\n",
        ">",
        "\n- ",
        "? ",
        "! ",
        "!x ",
        "*a",
        "&a ",
        "~",
        "null",
        "yes",
        "on",
        "No",
        "1",
    ),
    *("01", "0x1", "1e3", "1.5", "2020-01-01", "-", "--- ", "...", "\\", "\\n", "\\/", "\\u4e2d"),
    *("中", "：", "，", "a:b", "http://x", "@", "`", "%", "=", "<<: ", "::", "12:30:45", ".inf"),
    *("|2\n", "|+\n  x", ">-\n  x", "{a: 1}", "[1,2]", "\t", "\r\n", "\x85", "\u2028", "\ufeff"),
)


def slowly(text: str, *, days: bool) -> YamlFile:
    """As ruamel.yaml alone reads it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_nodes, "_OTHERWISE", re.compile(""))
        return read_yaml(text, days=days)


def seen(found: YamlFile) -> object:
    return found.data, found.lines, found.problems


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.booleans())
def test_both_readers_say_the_same(text: str, days: bool) -> None:
    assert seen(read_yaml(text, days=days)) == seen(slowly(text, days=days))


@pytest.mark.parametrize("text", ["a: &x 1\n", "a: &x\n  b: 1\nc: *x\n", "- &x [1]\n- *x\n"])
def test_what_has_two_places_is_refused_by_both(text: str) -> None:
    assert {each.code for each in read_yaml(text).problems} == {"mapping.yaml-alias"}
    assert seen(read_yaml(text)) == seen(slowly(text, days=False))


def test_a_file_of_ours_is_read_alike() -> None:
    for path in FILES[::40]:
        text = path.read_text("utf-8")
        assert seen(read_yaml(text)) == seen(slowly(text, days=False)), path


def test_the_fast_one_reads_nearly_all_that_we_have(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [path.read_text("utf-8") for path in FILES[::5]]
    fast = [text for text in texts if not yaml_nodes._OTHERWISE.search(text)]
    monkeypatch.setattr(yaml_nodes, "YAML", None)  # to call it would fail
    assert all(yaml_nodes.compose(text) for text in fast)
    assert len(fast) > 0.9 * len(texts)


@pytest.mark.parametrize("text", ["[" * 101, "[" * 1_500, "- " * 1_500, "? " * 1_500])
def test_what_is_nested_without_end_stops_neither(text: str) -> None:
    assert [each.code for each in read_yaml(text).problems] == ["mapping.yaml-syntax"]
