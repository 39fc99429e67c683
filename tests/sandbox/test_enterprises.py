"""The synthetic district: the same at every run, valid codes, values on policies' lines, some unknown."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from sandbox import fact_books, fact_catalogue, fact_ways, uscc
from sandbox.enterprises import District
from sandbox.fact_catalogue import Asked

DISTRICT = District(2000, date(2026, 1, 5))
FACTS = [
    Asked("paid_y1", "实缴", "money", "tax"),
    Asked("paid_y2", "上年实缴", "money", "tax"),
    Asked("tax_clean", "无欠税", "flag", "tax", answer=True),
    Asked("dishonest", "失信被执行人", "flag", "tax"),
    Asked("hired", "人数", "count", "tax"),
    Asked("size", "规模", "code", "tax", {"large": "大型", "small": "小型"}),
    Asked("on", "日期", "date", "tax"),
]
FIRMS = range(2000)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_a_twentieth_is_unknown_and_the_rest_is_of_its_kind(fact: Asked) -> None:
    column = DISTRICT.column(fact, FIRMS, FACTS)
    unknown = column.count(None) / len(column)
    assert 0.01 < unknown < 0.12
    kinds = {"flag": bool, "count": int, "money": int, "code": str, "date": date}
    assert {type(value) for value in column if value is not None} == {kinds[fact.kind]}
    assert column == DISTRICT.column(fact, FIRMS, FACTS)


def test_more_firms_leave_the_first_as_they_are() -> None:
    larger = District(12_000, DISTRICT.today)
    first, second = larger.chunks()
    assert (first, second) == (range(10_000), range(10_000, 12_000))
    assert larger.column(FACTS[0], first, FACTS)[:5] != larger.column(FACTS[0], second, FACTS)[:5]


def test_some_stand_exactly_on_a_line_and_some_one_fen_beside_it() -> None:
    lively = District(2000, DISTRICT.today, quiet=1)
    found = set(lively.column(FACTS[0], FIRMS, FACTS))
    assert {500_0000_00, 500_0000_01, 499_9999_99} <= found


def test_what_harms_a_firm_is_rare() -> None:
    clean = DISTRICT.column(FACTS[2], FIRMS, FACTS)
    bad = DISTRICT.column(FACTS[3], FIRMS, FACTS)
    assert clean.count(True) > 0.85 * len(clean)
    assert bad.count(True) < 0.05 * len(bad)


def test_every_code_is_right_and_is_one_firms() -> None:
    codes = [DISTRICT.code(number) for number in FIRMS]
    assert len(set(codes)) == len(codes)
    assert all(map(uscc.is_valid, codes))


def test_some_are_known_to_the_tax_bureau_alone() -> None:
    lonely = [
        n for n in FIRMS if not DISTRICT.knows("market-supervision", n) and DISTRICT.knows("tax", n)
    ]
    assert 0 < len(lonely) < 60
    assert any(not DISTRICT.knows("credit", n) for n in lonely)


def test_each_bureau_writes_in_its_own_way(tmp_path: Path) -> None:
    fact_books.hand_over(tmp_path, "tax", FACTS, District(50, DISTRICT.today))
    (file,) = (tmp_path / "tax").iterdir()
    head, *rows = csv.reader(file.read_bytes().decode("gbk").splitlines())
    assert head[:2] == ["纳税人识别号", "实缴(元)"]
    assert len(rows) == 50
    written = fact_ways.WAYS["market-supervision"]
    assert written.written(FACTS[0], 123450) == "0.12345"
    assert written.written(FACTS[6], date(2020, 1, 5)) == "2020/1/5"
    assert fact_ways.WAYS["credit"].written(FACTS[2], None) == "空"
    assert fact_ways.WAYS["human-resources"].written(FACTS[0], 123450) == 123450


def test_a_front_end_table_numbers_its_rows_on(tmp_path: Path) -> None:
    import sqlite3

    for _ in range(2):
        assert (
            fact_books.hand_over(tmp_path, "human-resources", FACTS, District(20, DISTRICT.today))
            > 0
        )
    base = sqlite3.connect(tmp_path / "human-resources" / "front.db")
    marks = [row[0] for row in base.execute(f"SELECT {fact_books.MARK} FROM {fact_books.TABLE}")]
    base.close()
    assert len(set(marks)) == len(marks)
    assert min(marks) > len(marks)


def test_the_catalogue_is_that_of_the_files() -> None:
    facts = fact_catalogue.load()
    assert len({fact.name for fact in facts}) == len(facts) > 20
    assert sum(map(len, fact_catalogue.by_holder(facts).values())) == len(facts)


def test_names_and_accounts_are_each_firms_own() -> None:
    for name in ("registered_name", "payee_account"):
        column = DISTRICT.column(Asked(name, name, "code", "tax"), FIRMS, FACTS)
        known = [value for value in column if value is not None]
        assert len(set(known)) == len(known) > 1800


def test_a_quiet_firm_does_nothing_and_is_unknown_as_often_as_any() -> None:
    """One in thirty is lively; debts and punishments are anybody's."""
    quiet = [n for n in FIRMS if not DISTRICT.is_lively(n)]
    assert 0.93 < len(quiet) / len(FIRMS) < 0.99
    paid = DISTRICT.column(FACTS[0], FIRMS, FACTS)
    hired = DISTRICT.column(FACTS[4], FIRMS, FACTS)
    for column in (paid, hired):
        assert {column[n] for n in quiet} == {0, None}
        assert len({value for value in column if value}) > 10
    clean = DISTRICT.column(FACTS[2], FIRMS, FACTS)
    assert {clean[n] for n in quiet} == {True, False, None}
    title = Asked("title", "称号", "code", "tax", {"national": "国家级", "none": "没有"})
    titles = DISTRICT.column(title, FIRMS, FACTS)
    assert {titles[n] for n in quiet} == {"none", None}
    assert "national" in titles
