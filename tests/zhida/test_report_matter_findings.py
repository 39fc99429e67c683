"""The first line of a matter's report, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.store import schema
from exchange.store.engine import Store
from tests.zhida.test_report_matter import DAY, Book
from zhida import report_matter_findings
from zhida.watch import Watch


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    store = Store(f"sqlite:///{tmp_path}/store.db")
    schema.upgrade(store)
    yield Book(store, tmp_path)
    store.close()


def told(book: Book) -> tuple[str, list[tuple[str, str]]]:
    watch = Watch(book.site(), book.store, lambda: book.now)
    found = book.report()
    todo = report_matter_findings.findings(watch, found)
    return report_matter_findings.headline(found, todo), [(t.what, t.who) for t in todo]


def test_nothing_yet(book: Book) -> None:
    assert told(book) == ("登记还没有办件。没有要办的事。", [])


def test_who_is_late_and_what_stands_still_is_named(book: Book) -> None:
    book.begins(book.case("late"), "2026-03-02")
    book.now = DAY + timedelta(days=60)
    book.set(book.case("stuck"), "household", "parked", code="oa.x")
    lead, todo = told(book)
    assert lead.startswith("受理 2 件，全部办结 0 件，办理中 2 件") and "已逾期 1 件" in lead
    assert todo == [
        ("出生登记：1 件已过法定期限（第七条）", "POLICE"),
        ("出生登记：1 件待人工", "POLICE"),
    ]


def test_a_write_that_no_adapter_declares_comes_to_the_hub_s_own_people(book: Book) -> None:
    book.send(book.case("a"), "household", "register", "drop_everything", 5)
    lead, todo = told(book)
    assert "未声明的操作 1 次" in lead and ("写入了未声明的操作 1 次", "HUB") in todo
