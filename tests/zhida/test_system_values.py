"""Flags to values by their declared types, and what is still missing."""

import doctest

import pytest

from connectors.tables_options import OPTIONS as TABLES
from exchange.errors import Fatal, Invalid
from zhida import system_values


def test_types_are_those_that_the_schema_declares():
    told = ["timeout_s=3", "tables.b.key=编号, 序号", "tables.b.table=0123", "database=1"]
    found = system_values.out_of(told, TABLES)
    assert found == {
        "timeout_s": 3,
        "tables": {"b": {"key": ["编号", "序号"], "table": "0123"}},
        "database": "1",
    }


@pytest.mark.parametrize("setting", ["x", "=x", ".=x"])
def test_what_is_no_setting(setting):
    with pytest.raises(Fatal, match=r"system\.setting"):
        system_values.out_of([setting], TABLES)


def test_a_dot_within_a_name():
    assert system_values.out_of([r"a\.b.c=x"], {}) == {"a.b": {"c": "x"}}


def test_a_value_may_hold_an_equals_sign():
    assert system_values.out_of(["url=a=b"], {}) == {"url": "a=b"}


def test_what_is_missing_goes_down_to_free_names_and_first_alternatives():
    found = {".".join(path) for path in system_values.missing(TABLES, {})}
    assert found == {
        "driver",
        "database",
        "tables.‹name›.table",
        "tables.‹name›.key",
        "tables.‹name›.mark|status",
    }
    values = {"url": "x", "tables": {"b": {"status": "st", "table": "t"}}}
    assert list(system_values.missing(TABLES, values)) == [("tables", "b", "key")]


def test_asking_ends_with_nothing_missing():
    asked = []

    def ask(path, about):
        asked.append(path)
        return "status" if path.endswith("mark|status") else "x"

    values = {}
    system_values.completed(TABLES, values, ask)
    assert list(system_values.missing(TABLES, values)) == []
    assert values["tables"]["x"]["key"] == ["x"]
    assert values["tables"]["x"]["status"] == "x"
    assert "mark" not in values["tables"]["x"]
    assert len(asked) == len(set(asked))


def test_a_choice_is_asked_for_until_it_is_one_and_named_in_the_refusal():
    answers = iter(["x", "status", "zt"])
    shown = []

    def ask(path, about):
        shown.append(about.get("title", ""))
        return next(answers)

    values = {"url": "x", "tables": {"b": {"table": "t", "key": ["k"]}}}
    with pytest.raises(Invalid) as caught:
        system_values.refuse(system_values.missing(TABLES, values))
    assert caught.value.code == "system.needs-one"
    assert caught.value.facts == {"path": "tables.b.mark", "others": "status"}
    system_values.completed(TABLES, values, ask)
    assert values["tables"]["b"]["status"] == "zt"
    assert shown[:2] == ["选一项：mark 时间戳列或递增序号列、status 状态列"] * 2


def test_doctests():
    assert doctest.testmod(system_values).failed == 0
