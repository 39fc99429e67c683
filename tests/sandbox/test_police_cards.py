"""First identity cards at the register, with strings glued by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import resident_id
from sandbox.handle import Handle

CHILD = resident_id.compose("320117", "20260105", 7)
FIELDS = {
    "gmsfhm": CHILD,
    "xm": "张小直",
    "xb": "1",
    "csrq": "20260105",
    "sbrxm": "李小达",
    "sbrsfz": resident_id.compose("320117", "19930312", 2),
    "sbrlxdh": "19900000000",
    "sbrgx": "52",
}


def test_an_application_is_a_row_and_twice_is_two(births: Any, police: Handle) -> None:
    before, children = len(police.ask("GET", "/cards")), len(police.books())
    for _ in range(2):
        answer = births.send(births.envelope("sfzsl", {"postid": "card-1", **FIELDS}))
        assert births.code(answer) == "0"
    rows = police.ask("GET", "/cards")
    assert (len(rows), len(police.books())) == (before + 2, children)
    asked = births.send(births.envelope("sfzslcx", {"postid": "card-1"}))
    assert [record.attrib["sid"] for record in births.records(asked)] == [
        row["sid"] for row in rows[-2:]
    ]


@pytest.mark.parametrize("changed", [{"gmsfhm": CHILD[:-1] + "0"}, {"sbrxm": ""}])
def test_what_is_wrong_leaves_no_row(births: Any, police: Handle, changed: dict[str, str]) -> None:
    before = len(police.ask("GET", "/cards"))
    answer = births.send(births.envelope("sfzsl", {"postid": "card-2", **FIELDS, **changed}))
    assert births.code(answer) == "-2"
    assert len(police.ask("GET", "/cards")) == before
    asked = births.send(births.envelope("sfzslcx", {"postid": "card-2"}))
    assert births.code(asked) == "9"
