"""Damage by editors and input methods: named with its line, and only where it is damage."""

import doctest
from pathlib import Path

import pytest

from exchange.errors import Problem
from mappings import damage, parser

FILES = sorted((Path(__file__).parents[2]).glob("sandbox/**/*.yaml")) + sorted(
    (Path(__file__).parents[2]).glob("mappings/**/*.yaml")
)


@pytest.mark.parametrize(
    ("line", "sign", "want"),
    [
        ("system：his", "：", ":"),
        ("- to：/a", "：", ":"),
        ("  联系人：张示例", "：", ":"),
        ("title: “x”", "“", '"'),
        ("- ‘x’", "‘", "'"),
        ('valid_from: "2026-01-01”', "”", '"'),
        ("fields: 【/a, /b】", "【", "["),
        ("roles: [operate，approve]", "，", ","),
        ("contact: {name: 张示例，phone: 1}", "，", ","),
        ("contact: ｛name: 张示例｝", "｛", "{"),
        ("options: （a: 1）", "（", "["),
    ],
)
def test_each_sign_of_an_input_method(line, sign, want):
    [problem] = damage.find(f"a: 1\n{line}\n")
    assert problem.code == "mapping.full-width"
    assert problem.facts == {"line": 2, "sign": sign, "want": want}


@pytest.mark.parametrize(
    "line",
    [
        "title: 出生“一件事”（示例）：专窗",
        'title: "“一件事”，出生"',
        "title: x  # 注意：不要改",
        "# 说明：这一行是注释",
        "forms: {\"615\": {title: '甲，乙'}}",
        'a: ["甲，乙"]',
    ],
)
def test_full_width_signs_that_are_text(line):
    assert list(damage.find(line)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_that_is_right_is_called_damaged(path):
    assert list(damage.find(path.read_text("utf-8"))) == []


def test_a_tab_within_a_text_is_no_indentation():
    assert list(damage.find("a: x\ty\n")) == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("mapping: x\n\ttitle: y\n", "mapping.tab", 2),
        ("mapping: x\r\ntitle：y\r\nto: z\r\n", "mapping.full-width", 2),
        ("mapping: 3.20117E+17\n", "mapping.rounded", 1),
        ("mapping: 32011720260105000\n", "mapping.rounded", 1),
    ],
)
def test_a_mapping_file_is_told_its_damage(text, code, line):
    problems = parser.parse(text)[1]
    told = [(each.code, each.facts["line"]) for each in problems if "key" not in each.facts]
    assert told == [(code, line)]


@pytest.mark.timeout(60)  # it would take hours, if time grew by the square
@pytest.mark.parametrize("sign", ["[", "{", "'", '"', "“"])
def test_one_line_without_end_takes_no_time(sign):
    list(damage.find("a: " + sign * 400_000))


def test_doctests():
    assert doctest.testmod(damage).failed == 0


def test_a_chinese_title_is_not_blamed_for_a_mistake_on_another_line() -> None:
    text = "fields:\n  - {to: /a, note: 民族不同的，由父母选定}\nday: 2026-01-08\n"
    quote = Problem("mapping.quote-it", {"line": 3, "text": "2026-01-08"})
    assert damage.explained(text, [quote], whole=True) == [quote]
