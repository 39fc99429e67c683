"""Training cases: from what is written nobody can be told, however one searches it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import times
from matters import mediation_trail
from tests.zhida.mediation_report.dispute_town import (
    LADDER,
    MONDAY,
    ROLES,
    TAKEN,
    UNITS,
    Town,
    event,
)
from zhida import report_mediation
from zhida.report_mediation import Wanted
from zhida.report_mediation_facts import Dispute
from zhida.report_mediation_training import ABOUT, CASES, K, Training

AGREED = (*TAKEN, "6 union agreed", "9 hub performed", "12 hub closed")
FAILED = (*TAKEN, "6 union failed", "9 hub closed")


def written(town: Town, folder: Path) -> tuple[str, list[dict[str, str]], Training]:
    """All that was written as one text, the rows of the cases, and what was counted."""
    cases = Training(LADDER)
    report_mediation.report(town.hub, Wanted(), [cases])
    names = cases.write(folder)
    assert [each.name for each in names] == [CASES, ABOUT]
    text = "".join(each.read_bytes().decode("utf-8-sig") for each in names)
    rows = (folder / CASES).read_bytes().decode("utf-8-sig")
    return text, list(csv.DictReader(io.StringIO(rows))), cases


def many(town: Town, *way: str, number: int = K, **changed: str) -> None:
    for n in range(number):
        town.dispute(*way, at=MONDAY + timedelta(days=n), **changed)


def test_five_alike_are_given_and_four_are_withheld_and_counted(town: Town, tmp_path: Path) -> None:
    many(town, *AGREED)
    many(town, *FAILED, number=K - 1)
    many(town, *AGREED, number=K - 1, kind="overtime")  # the same way, another kind
    many(town, *TAKEN, number=K)  # not ended
    text, rows, cases = written(town, tmp_path / "out")
    assert cases.told() == {"cases": 5, "groups": 1, "withheld": 8, "going_on": 5, "k": 5}
    assert {row["案例"] for row in rows} == {"1", "2", "3", "4", "5"}
    assert {row["类别"] for row in rows} == {"劳动报酬"}
    assert "调解不成" not in text and "加班工资" not in text
    assert "不足 5 件的不给，共 8 件" in text


def test_a_case_is_weeks_roles_and_events(town: Town, tmp_path: Path) -> None:
    many(town, *AGREED)
    _, rows, _ = written(town, tmp_path)
    first = [(row["第几周"], row["职能"], row["事件"]) for row in rows if row["案例"] == "1"]
    assert first[0] == ("1", "联调中心", "登记")
    assert first[-1] == ("2", "联调中心", "办结（已回访）")
    assert ("1", "工会", "达成调解协议") in first


def test_what_only_marks_is_left_out_of_the_way(town: Town, tmp_path: Path) -> None:
    """When somebody knew of it, or was owed it, is a date of his own."""
    for n in range(K):
        marks = ["-200 hub right-known"] * (n % 2)
        town.dispute(*marks, *AGREED)
    _, rows, cases = written(town, tmp_path)
    assert cases.told()["cases"] == K
    assert "-28" not in {row["第几周"] for row in rows}
    assert {row["第几周"] for row in rows if row["事件"] == "登记"} == {"1"}


def test_nothing_of_anybody_is_written(town: Town, tmp_path: Path) -> None:
    """Every value of the registrations, numbers, cases, units, days: searched for one by one."""
    many(town, *AGREED)
    many(town, *FAILED)
    text, rows, _ = written(town, tmp_path)
    assert len(rows) == 5 * 7 + 5 * 6
    searched = {
        *town.personal(),
        *town.numbers,
        *UNITS,
        *UNITS.values(),
        "case-",
        "LT-",
        "2026",
        "03-",
    }
    assert len(searched) > 120
    assert [each for each in sorted(searched) if each in text] == []
    places = {record["place"] for record in town.told}
    assert places and not any(each in text for each in places)


def test_the_search_would_find_it(town: Town) -> None:
    """What is searched for is what was signed: a name put into the text is found."""
    number = town.dispute(*AGREED)
    (record,) = town.told
    assert {
        record["worker"]["name"],
        record["employer"]["name"],
        record["place"],
    } <= town.personal()
    assert str(record["claims"][0]["amount_fen"]) in town.personal()
    assert number in town.numbers


def test_the_order_tells_nothing_of_when(town: Town, tmp_path: Path) -> None:
    slow = (*TAKEN, "8 union agreed", "9 hub performed", "12 hub closed")
    for n in range(K):
        town.dispute(*(slow if n == 0 else AGREED), at=MONDAY + timedelta(days=n))
    _, rows, _ = written(town, tmp_path)
    agreed = [row["第几周"] for row in rows if row["事件"] == "达成调解协议"]
    assert agreed == ["1"] * (K - 1) + ["2"], "the first that came stands last"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["wages", "injury", ""]), st.sampled_from([AGREED, FAILED, TAKEN])
        ),
        max_size=40,
    )
)
def test_whatever_comes_no_group_is_smaller_than_five(
    told: list[tuple[str, tuple[str, ...]]],
) -> None:
    cases = Training(LADDER)
    for kind, way in told:
        events = [event(each, MONDAY, place) for place, each in enumerate(way)]
        trail = mediation_trail.trail(LADDER, "LT-1", events)
        cases.add(Dispute(trail, way != TAKEN, "", kind))
    rows = list(cases._rows())[1:]
    sizes = Counter(row[0] for row in {(row[0], row[1]): row for row in rows}.values())
    assert all(size >= K for size in sizes.values())
    found = cases.told()
    assert sum(sizes.values()) == found["cases"]
    assert found["cases"] + found["withheld"] + found["going_on"] == len(told)


def test_a_role_is_told_and_its_unit_is_not() -> None:
    assert set(ROLES) == set(LADDER.roles)
    assert times.civil_day(MONDAY).isoformat() == "2026-03-02"


def test_a_place_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Exception, match=r"file\.unwritable"):
        Training(LADDER).write(tmp_path / "file" / "out")
