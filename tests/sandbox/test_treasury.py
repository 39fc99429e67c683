"""The treasury as a process: faults, a kill in the middle, its books and its tables in step."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from sandbox.district import District
from sandbox.handle import Handle

NUMBERS = count(1)
ROW = "insert into ZF_SQ (ORDERNO, BUSINO, ZBH, JE, GNFL, JJFL, FKZH, SKRMC, SKRZH, SKHHH)"
Wait = Callable[..., None]


@pytest.fixture
def treasury(district: District) -> Iterator[Handle]:
    handle = district.system("treasury")
    yield handle
    handle.clear()


@pytest.fixture
def tables(district: District) -> Path:
    return Path(district.directory / "treasury/frontend.sqlite")


def write(tables: Path, award: str, times: int = 1) -> str:
    """An order; its number."""
    order = uuid4().hex
    values = (order, award, "B-1", "1.00", "2150805", "31204", "32", "甲", "4301", "102301000014")
    with closing(sqlite3.connect(tables)) as db, db:
        for _ in range(times):
            db.execute(f"{ROW} values (?,?,?,?,?,?,?,?,?,?)", values)
    return order


def states(tables: Path, order: str) -> list[str]:
    with closing(sqlite3.connect(tables)) as db:
        return [row[0] for row in db.execute("select STATUS from ZF_SQ where ORDERNO=?", (order,))]


def paid(treasury: Handle, award: str) -> list[dict[str, Any]]:
    return [row for row in treasury.books() if row["busino"] == award and row["status"] == "2"]


def award() -> str:
    return f"A-{next(NUMBERS)}-{uuid4().hex[:8]}"


def test_every_row_is_paid_unless_it_was_told_to_look(
    treasury: Handle, tables: Path, wait_until: Wait
) -> None:
    twice, once = award(), award()
    order = write(tables, twice, 2)
    wait_until(10, lambda: states(tables, order) == ["2", "2"], lambda: states(tables, order))
    assert twice in treasury.ask("GET", "/sums")["doubled"]
    treasury.ask("POST", "/repeats", {"refuse": True})
    order = write(tables, once, 2)
    wait_until(10, lambda: states(tables, order) == ["2", "4"], lambda: states(tables, order))
    treasury.ask("POST", "/repeats", {"refuse": False})
    assert len(paid(treasury, once)) == 1


def test_what_was_paid_and_not_told_is_told_at_the_next_look(
    treasury: Handle, tables: Path, wait_until: Wait
) -> None:
    name = award()
    treasury.fault("reset", operation="pay", times=1)
    order = write(tables, name)
    wait_until(10, lambda: states(tables, order) == ["2"], lambda: states(tables, order))
    assert len(paid(treasury, name)) == 1


def test_killed_between_paying_and_telling_it_pays_nothing_twice(
    treasury: Handle, tables: Path, wait_until: Wait
) -> None:
    name = award()
    treasury.fault("hold", operation="pay", stage="after", times=1)
    order = write(tables, name)
    wait_until(10, lambda: paid(treasury, name), treasury.books)
    assert states(tables, order) == ["1"]
    treasury.kill()
    treasury.restart()
    wait_until(10, lambda: states(tables, order) == ["2"], lambda: states(tables, order))
    assert len(paid(treasury, name)) == 1


def test_it_refuses_what_it_was_told_to_refuse_in_its_own_words(
    treasury: Handle, tables: Path, wait_until: Wait
) -> None:
    name = award()
    treasury.fault("refuse", operation="pay", about=name, reason="科目不符", code="MS02")
    order = write(tables, name)
    wait_until(10, lambda: states(tables, order) == ["4"], lambda: states(tables, order))
    with closing(sqlite3.connect(tables)) as db:
        told = db.execute(
            "select BACKCODE, BACKMSG from ZF_SQ where ORDERNO=?", (order,)
        ).fetchone()
    assert told == ("MS02", "科目不符")


def test_while_it_is_down_nothing_happens_to_what_lies_there(
    treasury: Handle, tables: Path, wait_until: Wait
) -> None:
    treasury.fault("down")
    order = write(tables, award())
    assert states(tables, order) == ["0"]
    treasury.clear()
    wait_until(10, lambda: states(tables, order) == ["2"], lambda: states(tables, order))
