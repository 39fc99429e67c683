"""A rule in words: nothing left out, in both languages."""

from collections.abc import Callable

import pytest

from mappings import compiler, words
from mappings.compiler import Mapping

Build = Callable[[str], Mapping]


def english(mapping: Mapping) -> words.Told:
    return words.told(mapping.file, "en", whole=True)[0]


@pytest.mark.parametrize(
    ("rule", "source", "how"),
    [
        ("{to: /out, from: /a}", "/a", ""),
        ("{to: /out, first: [/a, /b]}", "the first that is stated: /a, /b", ""),
        ("{to: /out, const: '390'}", "always 390", ""),
        ("{to: /out, join: {of: [/a, /b], with: '、'}}", "/a, /b joined with “、”", ""),
        (
            "{to: /out, choose: [{when: {equal: {/a: '0'}}, from: /b}, {from: /c}, {const: '9'}]}",
            "if /a is 0: /b; if stated: /c; otherwise: always 9",
            "",
        ),
        ("{to: /out, from: /a, code: gb_t_3304}", "/a", "to the code of gb_t_3304"),
        (
            "{to: /out, from: /a, code: {scheme: gb_t_2260, give: name, as_of: /b}}",
            "/a",
            "to the name in gb_t_2260; in force on the day of /b",
        ),
        ("{to: /out, from: /a, values: {'0': father}}", "/a", "0 → father"),
        ("{to: /out, from: /a, identifier: gb11643}", "/a", "checked and made clean as gb11643"),
        ("{to: /out, from: /a, number: {}}", "/a", "a whole number"),
        (
            "{to: /out, from: /a, number: {from: 分, to: 元, as: text, decimals: 2}}",
            "/a",
            "分 → 元 without rounding; written as text; 2 decimals",
        ),
        ("{to: /out, from: /a, split: '、'}", "/a", "split at “、”"),
        (
            "{to: /out, from: /a, text: {trim: true, encoding: gbk, max_bytes: 40}}",
            "/a",
            "outer spaces removed; in gbk; 40 bytes at most",
        ),
    ],
)
def test_where_it_comes_from_and_what_is_done(
    one_rule: Build, rule: str, source: str, how: str
) -> None:
    told = english(one_rule(rule))
    assert (told.source, told.how) == (source, how)


@pytest.mark.parametrize(
    ("more", "unstated"),
    [
        ("", "must be stated"),
        (", required: false", "may be absent"),
        (", default: '9'", "9 if not stated"),
        (", default: ''", '"" if not stated'),
        (", missing: ['/']", "must be stated; / count as not stated"),
        (", missing: []", "must be stated; every text counts as stated"),
    ],
)
def test_what_happens_where_nothing_is_stated(one_rule: Build, more: str, unstated: str) -> None:
    assert english(one_rule(f"{{to: /out, from: /a{more}}}")).unstated == unstated


def test_conditions_and_members_of_lists(compiled: Build) -> None:
    body = """
from: [/a, /b, /rows/*/no, /rows/*/on]
to: wire
fields:
  - {to: /x, from: /a, when: {all: [{not: {present: /b}}, {any: [{absent: /a}, {same: [/a, /b]}]}]}}
  - to: /list
    from: /rows
    each:
      - {to: /number, from: /no, when: {in: {/on: ["1", "2"]}}}
"""
    first, lists, member = words.told(compiled(body).file, "en")
    assert first.when == "(not (/b stated)) and ((/a not stated) or (/a, /b are the same))"
    assert lists.how == "member by member"
    assert (member.to, member.source) == ("/list/*/number", "/rows/*/no")
    assert member.when == "/rows/*/on is 1, 2"


def test_what_the_file_says_for_all_is_told_once(compiled: Build) -> None:
    body = (
        "from: [/a]\nto: wire\nmissing: ['/']\ntext: {trim: true}\nfields: [{to: /x, from: /a}]\n"
    )
    file = compiled(body).file
    assert words.for_all(file, "en") == "outer spaces removed; / count as not stated"
    [told] = words.told(file, "en")
    assert (told.how, told.unstated) == ("", "must be stated")


@pytest.mark.parametrize("name", compiler.names())
def test_every_shipped_mapping_can_be_told_in_both_languages(name: str) -> None:
    file = compiler.load(name).file
    chinese, in_english = words.told(file), words.told(file, "en")
    assert [each.to for each in chinese] == [each.to for each in in_english]
    assert all(each.source and each.unstated for each in (*chinese, *in_english))
