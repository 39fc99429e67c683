"""Rows of facts: what is stated is of its kind or the row is invalid; every row is counted once (G13)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.bulk import BulkRow
from exchange.errors import Invalid
from matters.facts import Fact
from tests.memory import memory_of
from zhida.fact_rows import Gathered, facts_of, over

GIVES = {
    "flag": Fact("flag", "旗", "flag", "tax"),
    "count": Fact("count", "数", "count", "tax"),
    "money": Fact("money", "钱", "money", "tax"),
    "date": Fact("date", "日", "date", "tax"),
    "size": Fact("size", "码", "code", "tax", {"small": "小"}),
    "any": Fact("any", "码", "code", "tax"),
}
FIRM = "91320117MA0000015D"


def row(number: int, record: dict) -> BulkRow:
    return BulkRow(number, {"raw": str(record)}, record)


@pytest.mark.parametrize(
    "record",
    [
        {}, {"flag": False}, {"count": 0}, {"money": -5}, {"date": "2024-02-29"}, {"size": "small"}, {"any": "x"},
    ],
)  # fmt: skip
def test_what_is_right(record: dict) -> None:
    assert facts_of({"uscc": FIRM, **record}, GIVES) == {"uscc": FIRM, **record}


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"uscc": ""}, "facts.firm-code"), ({"uscc": 5}, "facts.firm-code"), ({"more": 1}, "facts.not-given"),
        ({"flag": 1}, "facts.kind"), ({"flag": "是"}, "facts.kind"), ({"count": True}, "facts.kind"),
        ({"count": -1}, "facts.kind"), ({"money": "5"}, "facts.kind"), ({"date": "2023-02-29"}, "facts.kind"),
        ({"date": "20240101"}, "facts.kind"), ({"date": 5}, "facts.kind"), ({"size": "tiny"}, "facts.code"),
        ({"any": ""}, "facts.kind"), ({"any": "\ud800"}, "facts.kind"), ({"money": 2**53}, "facts.kind"),
        ({"uscc": "９" * 18}, "facts.firm-code"),
    ],
)  # fmt: skip
def test_what_is_wrong(record: dict, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        facts_of({"uscc": FIRM, **record}, GIVES)
    assert [each.code for each in refused.value.problems] == [code]


def test_all_reasons_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        facts_of({"flag": 1, "count": "x"}, GIVES)
    told = [(each.code, each.facts["path"]) for each in refused.value.problems]
    assert told == [("facts.kind", "/flag"), ("facts.kind", "/count"), ("facts.firm-code", "/uscc")]


ROWS = st.lists(
    st.tuples(st.sampled_from([FIRM, FIRM[:-1] + "E", "short"]), st.sampled_from([1, 2, "no"])),
    max_size=12,
)


@given(ROWS, st.booleans())
def test_every_row_is_in_exactly_one_column(rows: list, later_wins: bool) -> None:
    found = Gathered(GIVES, later_wins=later_wins)
    for number, (firm, count) in enumerate(rows, 1):
        found.add(row(number, {"uscc": firm, "count": count}), f"x#{number}")
    assert found.count == len(rows)
    assert found.count == len(found.rows) + len(found.wrong) + found.duplicates
    good = [(f, c) for f, c in rows if f != "short" and c != "no"]
    for firm in {f for f, _ in good}:
        said = [c for f, c in good if f == firm]
        kept = [each["count"] for each in found.in_order() if each["uscc"] == firm]
        if later_wins:
            assert kept == [said[-1]]
        else:
            assert kept == ([said[0]] if len(set(said)) == 1 else [])


def test_the_rows_come_in_the_order_of_the_firms() -> None:
    found = Gathered(GIVES)
    for number, last in enumerate("CAB"):
        found.add(row(number, {"uscc": FIRM[:-1] + last}), "x")
    assert [each["uscc"][-1] for each in found.in_order()] == list("ABC")


@given(st.dictionaries(st.sampled_from("abcde"), st.just(1)), st.dictionaries(st.sampled_from("abcde"), st.just(2)))  # fmt: skip
def test_new_rows_are_laid_over_the_old(before: dict, new: dict) -> None:
    def rows(told: dict) -> object:
        return iter([{"uscc": firm, "n": n} for firm, n in sorted(told.items())])

    assert {each["uscc"]: each["n"] for each in over(rows(before), rows(new))} == before | new


def test_a_row_comes_back_as_it_came_and_takes_little() -> None:
    record = {"uscc": FIRM, "flag": False, "count": 0, "money": -5, "date": "2024-02-29"}
    found = Gathered(GIVES)
    found.add(row(1, record), "x")
    assert list(found.in_order()) == [record]
    assert memory_of(lambda: gathered(record)) < 3000


def gathered(record: dict) -> Gathered:
    found = Gathered(GIVES)
    found.add(row(1, record), "x")
    return found


ANY = st.sampled_from([None, True, 1, -1, 2**53, "", "small", "2024-02-29", "x", 0.5])


@given(st.dictionaries(st.sampled_from(["uscc", "more", *GIVES]), ANY), st.booleans())
def test_the_quick_look_refuses_what_the_long_one_refuses(record: dict, named: bool) -> None:
    told = {**record, "uscc": FIRM} if named else record
    found = Gathered(GIVES)
    found.add(row(1, told), "x")
    try:
        facts_of(told, GIVES)
    except Invalid as error:
        assert [each.problems for each in found.wrong] == [error.problems]
        assert not found.rows
    else:
        assert list(found.in_order()) == [told]
