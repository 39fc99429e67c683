"""CSV as it comes from bureaus: Notepad, Excel, GBK, and what is wrong with it, all at once."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import _records, _records_csv
from adapters._records import Layout
from exchange.errors import Fatal, Invalid

COLUMNS = {"columns": [{"name": "编号"}, {"name": "姓名"}]}
RECORDS = [{"编号": "007", "姓名": "张小直"}, {"编号": "008", "姓名": '李,小\n达"'}]


def read(text, encoding="utf-8", **layout):
    raw = (
        text
        if isinstance(text, bytes)
        else text.encode("gb18030" if encoding == "gbk" else encoding)
    )
    return _records.read(raw, "csv", Layout.of(layout), encoding)


def refused(text, encoding="utf-8", **layout):
    with pytest.raises(Invalid) as raised:
        read(text, encoding, **layout)
    told = [
        (problem.code.removeprefix("records."), dict(problem.facts))
        for problem in raised.value.problems
    ]
    assert "张" not in str(told)
    return told


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030"])
def test_what_is_written_is_read(encoding):
    for layout in ({}, {"delimiter": "|"}, {"bom": True}, {"quote": "'"}, {"header": False}):
        told = Layout.of({**COLUMNS, **layout})
        raw = _records.written(RECORDS, "csv", told, encoding)
        assert _records.read(raw, "csv", told, encoding) == RECORDS
        assert raw.startswith(b"\xef\xbb\xbf") == (layout == {"bom": True} and encoding == "utf-8")


def test_a_bom_and_line_ends_of_every_kind_and_empty_lines_are_fine():
    assert read("\ufeff编号,姓名\r\n007,张小直\r\n\r\n,\r\n008,x") == [
        {"编号": "007", "姓名": "张小直"},
        {"编号": "008", "姓名": "x"},
    ]


def test_without_a_header_columns_count_by_position():
    assert read(
        "标题\n007|x\n合计|1\n", header=False, skip=1, skip_last=1, delimiter="|", **COLUMNS
    ) == [{"编号": "007", "姓名": "x"}]


def test_a_file_that_never_quotes_keeps_its_quotation_marks():
    assert read('编号,姓名\n1,"x\n', quote="") == [{"编号": "1", "姓名": '"x'}]


def test_a_rare_character_in_what_calls_itself_gbk_is_read():
    assert read("编号,姓名\n1,张㛃\n", "gbk") == [{"编号": "1", "姓名": "张㛃"}]


def test_all_lines_that_cannot_be_decoded_are_told():
    raw = "编号,姓名\n1,张三\n2,x\n3,李四\n".encode("gbk")
    told = refused(raw)
    assert [(code, facts["line"], facts["byte"]) for code, facts in told] == [
        ("cannot-decode", 1, 1),
        ("cannot-decode", 2, 3),
        ("cannot-decode", 4, 3),
    ]


def test_a_file_in_utf_8_is_told_once_and_as_such():
    raw = "编号,姓名\n1,张小直\n2,李小直\n".encode()
    assert refused(raw, "gb18030") == [
        ("other-encoding", {"encoding": "gb18030", "found": "utf-8"})
    ]


def test_all_lines_with_another_count_and_all_damage_are_told_in_order():
    told = refused("编号,姓名\n1,2,3\n3.20117E+17,张三\n4\n5,张三\n", **COLUMNS)
    assert told == [
        ("columns", {"line": 2, "found": 3, "expected": 2}),
        ("scientific", {"line": 3, "column": "编号", "mask": "9.9×5 A+9×2"}),
        ("columns", {"line": 4, "found": 1, "expected": 2}),
    ]


def test_a_file_without_its_header_tells_no_name():
    told = refused("张三,张三\n,李四\n", **COLUMNS)
    assert told == [
        ("column-twice", {"line": 1, "column": "2"}),
        ("column-missing", {"line": 1, "column": "编号"}),
        ("column-missing", {"line": 1, "column": "姓名"}),
    ]
    assert refused(",a\n")[0][0] == "column-unnamed"


@pytest.mark.parametrize(
    ("raw", "code", "facts"),
    [
        (b'a,b\n1,"x\n', "quotation", {"line": 2, "reason": "quotation"}),
        (b'a,b\n1,"x"y\n', "quotation", {"line": 2, "reason": "quotation"}),
        (b"a\n" + b"x" * 200_000, "quotation", {"line": 2, "reason": "length"}),
        (b"", "no-header", {"line": 1}),
        ("a,b".encode("utf-16"), "not-text", {"kind": "utf-16"}),
        (b"PK\x03\x04", "not-text", {"kind": "xlsx"}),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not-text", {"kind": "xls"}),
        (b"<html><table>", "not-text", {"kind": "html"}),
    ],
)
def test_what_is_no_such_file_is_told(raw, code, facts):
    (told,) = refused(raw)
    assert (told[0], told[1]) == (code, facts)


def test_more_than_a_hundred_mistakes_are_counted():
    told = refused("a,b\n" + "1\n" * 150)
    assert (len(told), told[-1]) == (101, ("more", {"count": 50}))


def test_what_has_no_place_is_told_and_nothing_is_written():
    records = [{"编号": 1.5, "姓名": "张\U00020bb7"}, {"编号": None, "旧名": "x"}, {"姓名": "a|b"}]
    with pytest.raises(Invalid) as raised:
        _records.written(records, "csv", Layout.of(COLUMNS), "gbk")
    told = [(p.code, p.facts["line"], p.facts["column"]) for p in raised.value.problems]
    assert told == [
        ("records.no-text", 1, "编号"),
        ("records.cannot-encode", 1, "姓名"),
        ("records.no-place", 2, "旧名"),
        ("records.no-text", 2, "编号"),
    ]
    with pytest.raises(Invalid, match=r"records\.unquotable"):
        _records.written(
            records[2:], "csv", Layout.of({**COLUMNS, "quote": "", "delimiter": "|"}), "gbk"
        )
    with pytest.raises(Fatal, match=r"records\.no-columns"):
        _records.written(records, "csv", Layout(), "gbk")


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Co"], exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_whatever_is_written_is_read_again(rows):
    told = Layout.of({"columns": [{"name": "a"}, {"name": "b"}]})
    records = [{"a": a, "b": "x" + b} for a, b in rows]
    raw = _records.written(records, "csv", told, "utf-8")
    assert _records.read(raw, "csv", told, "utf-8") == records


@given(st.binary(max_size=60))
def test_hostile_bytes_are_records_or_invalid(raw):
    for form in ("csv", "fixed", "xlsx", "xml"):
        for encoding in ("utf-8", "gbk"):
            layout = Layout.of({"columns": [{"name": "a", "width": 3}]})
            try:
                _records.read(raw, form, layout, encoding)
            except Invalid as error:
                assert error.problems


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n1,2\n\n3,4\n", {}),
        ("标题\na,b\n1,2\n合计,9\n", {"skip": 1, "skip_last": 1}),
        ('a,b\n"1\n,",2\n', {}),
        ("1,2\n3,4\n", {"header": False, "columns": [{"name": "x"}, {"name": "y"}]}),
        ("a,b\n", {}),
        ("a,b\n合计\n", {"skip_last": 2}),
        ("", {}),
        ("a,b\n1\n3.2E+17,4\n5,6,7\n", {}),
        ('a,b\n"1,2\n', {}),
    ],
)
def test_one_by_one_they_are_the_same_and_so_are_the_mistakes(text: str, told: dict) -> None:  # type: ignore[type-arg]
    layout = Layout.of(told)

    def outcome(read):  # type: ignore[no-untyped-def]
        try:
            return list(read(text.encode(), layout, "utf-8"))
        except Invalid as error:
            return error.problems

    assert outcome(_records_csv.each) == outcome(_records_csv.read)


@given(st.text(st.sampled_from(',"\r\n\x0b\x0c\x1c\x85\u2028甲'), max_size=30))
def test_lines_end_where_python_s_own_reader_ends_them(text):
    found = [each[0] for each in _records_csv._LINE.finditer(text)]
    assert found == list(io.StringIO(text, newline=""))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_quoted_value_may_go_over_lines(end):
    text = f'编号,姓名{end}1,"小{end}{end}达"{end}2,三{end}'
    assert read(text) == [{"编号": "1", "姓名": f"小{end}{end}达"}, {"编号": "2", "姓名": "三"}]


@pytest.mark.parametrize("late", ["3\n", "1E+5,4\n", '"3\n'])
def test_what_comes_late_is_told_after_the_records_before_it(late):
    found = _records_csv.each(f"a,b\n1,2\n{late}5,6\n".encode(), Layout(), "utf-8")
    assert next(found) == {"a": "1", "b": "2"}
    with pytest.raises(Invalid):
        next(found)
