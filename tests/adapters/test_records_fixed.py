"""Fixed width in bytes: what a bank's file is, and a character cut by a field's end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import _records
from adapters._records import Layout
from exchange.errors import Fatal, Invalid

LAYOUT = Layout.of(
    {
        "columns": [
            {"name": "no", "width": 4},
            {"name": "姓名", "width": 6},
            {"name": "amount", "width": 8, "align": "right", "fill": "0"},
        ]
    }
)


def read(raw, layout=LAYOUT, encoding="gbk"):
    return _records.read(raw, "fixed", layout, encoding)


def problems(raised):
    return [(p.code.removeprefix("records."), dict(p.facts)) for p in raised.value.problems]


def test_what_is_written_is_read_by_bytes():
    records = [
        {"no": "007", "姓名": "张小直", "amount": "1234"},
        {"no": "8", "姓名": "a", "amount": "5"},
    ]
    raw = _records.written(records, "fixed", LAYOUT, "gbk")
    assert raw == "007 张小直00001234\r\n8   a     00000005\r\n".encode("gbk")
    assert list(map(len, raw.splitlines())) == [18, 18]
    assert read(raw) == [
        {"no": "007", "姓名": "张小直", "amount": "00001234"},
        {"no": "8", "姓名": "a", "amount": "00000005"},
    ]


def test_heads_and_tails_are_passed_over():
    layout = Layout.of({"columns": [{"name": "a", "width": 2}], "skip": 1, "skip_last": 1})
    assert read(b"HEAD 2026\r\n01\r\n02\r\nT2", layout) == [{"a": "01"}, {"a": "02"}]


def test_a_character_cut_by_a_field_s_end_is_told_with_line_and_field_and_all_at_once():
    good = "007 张三  00001234\n".encode("gbk")
    cut = "007 a张三直0001234\n".encode("gbk")  # five bytes too early
    short = "008 李四  0001234\n".encode("gbk")
    with pytest.raises(Invalid) as raised:
        read(good + cut + short)
    assert problems(raised) == [
        ("cut-character", {"line": 2, "column": "姓名", "byte": 10, "encoding": "gbk"}),
        ("line-length", {"line": 3, "bytes": 17, "expected": 18}),
    ]
    assert "张" not in str(problems(raised))


def test_characters_of_three_bytes_are_counted_as_such():
    layout = Layout.of({"columns": [{"name": "a", "width": 4}, {"name": "b", "width": 2}]})
    assert read("张 bb".encode(), layout, "utf-8") == [{"a": "张", "b": "bb"}]
    with pytest.raises(Invalid, match=r"records\.cut-character"):
        read("ab张b".encode(), layout, "utf-8")


def test_what_does_not_fit_is_told_and_never_cut():
    with pytest.raises(Invalid) as raised:
        _records.written(
            [{"no": "12345", "姓名": "张小直达"}, {"姓名": "a\nb"}], "fixed", LAYOUT, "gbk"
        )
    assert problems(raised) == [
        ("too-long", {"line": 1, "column": "no", "bytes": 5, "width": 4}),
        ("too-long", {"line": 1, "column": "姓名", "bytes": 8, "width": 6}),
        ("line-break", {"line": 2, "column": "姓名"}),
    ]


def test_without_widths_nothing_can_be_read():
    for layout in (Layout(), Layout.of({"columns": [{"name": "a"}]})):
        with pytest.raises(Fatal, match=r"records\.no-widths"):
            read(b"x", layout)


@given(st.lists(st.text("abc张小直㛃 ", max_size=3), min_size=1, max_size=4))
def test_whatever_is_written_is_read_again(names):
    layout = Layout.of({"columns": [{"name": "a", "width": 1}, {"name": "n", "width": 12}]})
    records = [{"a": "x", "n": name.strip(" ")} for name in names]
    raw = _records.written(records, "fixed", layout, "gb18030")
    assert _records.read(raw, "fixed", layout, "gb18030") == records


@pytest.mark.parametrize(
    ("value", "fill", "told"),
    [(-7, "0", b"-00007"), ("+7.5", "0", b"+007.5"), ("-", "0", b"-00000"), (-7, " ", b"    -7")],
)
def test_a_sign_stands_before_the_zeros(value, fill, told):
    layout = Layout.of({"columns": [{"name": "n", "width": 6, "align": "right", "fill": fill}]})
    assert _records.written([{"n": value}], "fixed", layout, "gbk") == told + b"\r\n"
