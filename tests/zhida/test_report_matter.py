"""What ``zhida report matter`` counts, over a store of which every row is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange import canonical, times
from exchange.errors import Fatal, Invalid
from exchange.store import case_rows, clock_rows, delivery_rows, document_rows, ledger_rows, schema
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.clock_rows import ClockRow
from exchange.store.delivery_rows import DeliveryRow, TransferRow
from exchange.store.document_rows import DocumentRow
from exchange.store.engine import Store
from exchange.store.ledger_rows import EntryRow
from matters import matter, working_days
from zhida import report_matter, report_sections, report_tables
from zhida.site import Site, System, Unit
from zhida.watch import Watch

MATTER = """
matter: birth
title: 登记
lead: window
purpose: registration
best_case: 30 minutes
retention: 3 years
opens_on:
  - {adapter: oa, unit: window, stream: "form:1", gives: form}
  - {adapter: hospital, unit: ward, stream: births, gives: birth, identity: [/number], optional: true}
identity: [form/number]
items:
  complete:
    title: 补正
    unit: window
    do: desk.complete
    awaits: [form]
    renews: form
    asks: [{field: /form/name, title: 姓名}]
  household:
    title: 出生登记
    unit: police
    do: public_security.register_birth
    needs: [complete]
    gives: citizen
    within: {legal: 1 month, from: birth/born_on, article: 第七条, pauses_while: [complete]}
    by_hand: {do: desk.register_birth, when: [{when: {present: /birth/died_on}, reason: 已死亡, article: 第九条}]}
    materials:
      - {title: 出生证, document: birth-record, field: /number}
      - {title: 体重单, document: birth-record, field: /weight}
      - {title: 父亲身份证, document: birth-record, field: /father}
      - {title: 申报表, document: birth-declaration, field: /name}
      - {title: 结婚证, document: marriage-record, field: /married}
"""
DESK = {
    "register_birth": {"title": "登记", "needs": {"task": "oa-task"}, "identity": ["task/case"]},
    "complete": {"title": "补正", "needs": {"task": "oa-task"}, "identity": ["task/case"]},
}
DAY = datetime(2026, 3, 2, 2, tzinfo=UTC)  # ten o'clock in China


def at(minutes: float = 0) -> str:
    return times.stamp(DAY + timedelta(minutes=minutes))


@dataclass
class Book:
    """A store into which a test writes what has happened, in minutes after ``DAY``."""

    store: Store
    folder: Path
    now: datetime = DAY + timedelta(days=1)
    matter: Any = field(default_factory=lambda: matter.build(read(MATTER)))
    entries: int = 0

    def site(self) -> Site:
        units = {name: Unit(name, name.upper()) for name in ("window", "ward", "police", "hub")}
        told = [
            ("office", "window", "oa", "oa", {}),
            ("his", "ward", "hospital", "his", {}),
            ("register", "police", "public_security", "register", {}),
            ("window-desk", "window", "desk", "oa", {"operations": DESK}),
            ("police-desk", "police", "desk", "oa", {"operations": DESK}),
        ]
        systems = {
            name: System(name, name, unit, adapter, connection, self.folder, options)
            for name, unit, adapter, connection, options in told
        }
        plain = dict.fromkeys(("name", "title", "suite", "cipher", "language", "store"), "")
        paths = dict.fromkeys(("folder", "key", "certificate", "trust"), self.folder)
        known: dict[str, Any] = {"units": units, "systems": systems, "agreements": ()}
        known |= {"matters": {"birth": self.matter}, "holidays": working_days.of(None)}
        return Site(**plain, **paths, **known, unit="hub")

    def report(self, first: str = "", last: str = "") -> dict[str, Any]:
        days = [date.fromisoformat(each) if each else None for each in (first, last)]
        return report_matter.report(
            Watch(self.site(), self.store, lambda: self.now), "birth", *days
        )

    def case(
        self, name: str, opened: float = 0, closed: float | None = None, *, form: bool = True
    ) -> str:
        ended = "" if closed is None else at(closed)
        state = "open" if closed is None else "done"
        row = CaseRow(name, "birth", name, at(opened), ended, state, self.matter.digest)
        items = [
            ItemRow(name, item, "birth", "waiting", "", "{}", "", "", at(opened), at(opened))
            for item in self.matter.items
        ]
        with self.store.write() as connection:
            case_rows.keep_definition(connection, self.matter.digest, self.matter.definition)
            case_rows.open_case(connection, row, items)
        if form:
            self.document(name, "form", "birth-declaration", "window", opened)
        return name

    def set(self, case: str, item: str, state: str, minutes: float = 0, **values: str) -> None:
        told = {"state": state, "updated_at": at(minutes), **values}
        with self.store.write() as connection:
            case_rows.set_item(connection, case, item, told)

    def document(self, case: str, name: str, kind: str, provider: str, minutes: float) -> str:
        made = f"{case}/{name}"
        row = DocumentRow(
            made, kind, provider, "hub", "", at(minutes), at(minutes), "", "", b"", b""
        )
        with self.store.write() as connection:
            document_rows.put(connection, row)
            case_rows.add_document(connection, case, name, made)
        return made

    def send(
        self,
        case: str,
        item: str,
        system: str,
        operation: str,
        minutes: float,
        state: str = "applied",
    ) -> str:
        effect = f"{case}/{item}/{system}/{operation}"
        over = at(minutes) if state in ("applied", "refused") else ""
        told = (effect, case, item, system, operation, "", state, 1, at(minutes), over, "")
        with self.store.write() as connection:
            delivery_rows.put_delivery(connection, DeliveryRow(*told), seen=None)
        return effect

    def move(
        self, effect: str, document: str, minutes: float, disclosed: list[str], withheld: Any = ()
    ) -> None:
        case, item, *_ = effect.split("/")
        with self.store.read() as connection:
            found = document_rows.get(connection, document)
        provider = found.provider if found else "ward"
        told = [canonical.dumps(list(each)).decode() for each in (disclosed, withheld)]
        name = f"{effect}{document}{minutes}{told}"
        row = (name, case, item, document, "", provider, "police", "", *told, effect, at(minutes))
        with self.store.write() as connection:
            delivery_rows.add_transfers(connection, [TransferRow(*row)])

    def joined(self, case: str, document: str, minutes: float) -> None:
        body = canonical.dumps({"document": document, "at": at(minutes), "kind": "joined"})
        self.entries += 1
        row = EntryRow(self.entries, "joined", case, case, body, b"")
        with self.store.write() as connection:
            ledger_rows.insert_entries(connection, [row])

    def begins(self, case: str, day: str) -> None:
        with self.store.write() as connection:
            clock_rows.put(connection, ClockRow(case, "household", "birth", day, ""))


def read(text: str) -> Any:
    from matters import files
    from matters.schema import SCHEMA

    return files.parse(text, SCHEMA, name="birth.yaml").data


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    store = Store(f"sqlite:///{tmp_path}/store.db")
    schema.upgrade(store)
    yield Book(store, tmp_path)
    store.close()


def household(book: Book, case: str, state: str = "applied", item: str = "household") -> str:
    """The police have got a request of the item; what came of it."""
    by = ("police-desk" if item.endswith("by-hand") else "register", "register_birth")
    return book.send(case, item, *by, 5, state)


# --- papers ----------------------------------------------------------------------------------

NOT = {"shared": 0, "declared": 0, "to_bring": 0, "no_record": 0, "avoided": 0}


def papers(book: Book) -> dict[str, dict[str, int]]:
    found = book.report()["paper"]["papers"]
    return {row["paper"]: {k: row[k] for k in NOT if row[k]} for row in found}


def test_a_paper_is_avoided_by_a_field_that_was_disclosed_and_else_is_still_to_be_brought(
    book: Book,
) -> None:
    case = book.case("a")
    birth = book.document(case, "birth", "birth-record", "ward", 0)
    effect = household(book, case)
    book.move(effect, birth, 5, ["/number"], ["/weight"])
    book.move(effect, "a/form", 5, ["/name"])
    assert papers(book) == {
        "出生证": {"shared": 1, "avoided": 1},
        "体重单": {"to_bring": 1},
        "父亲身份证": {"no_record": 1},
        "申报表": {"declared": 1, "avoided": 1},
        "结婚证": {"no_record": 1},
    }
    book.document(case, "marriage", "marriage-record", "ward", 0)
    assert papers(book)["结婚证"] == {"to_bring": 1}, "the case has it, and the police do not"


@pytest.mark.parametrize("state", ["sent", "unknown", "pending", "parked", "given-up"])
def test_what_may_not_have_arrived_avoids_nothing(book: Book, state: str) -> None:
    birth = book.document(book.case("a"), "birth", "birth-record", "ward", 0)
    book.move(household(book, "a", state), birth, 5, ["/number"])
    assert papers(book) == {}


def test_a_question_that_carries_the_field_avoids_nothing(book: Book) -> None:
    birth = book.document(book.case("a"), "birth", "birth-record", "ward", 0)
    told = ("q", "a", "household", birth, "", "ward", "police", "", '["/number"]', "[]", "", at(5))
    with book.store.write() as connection:
        delivery_rows.add_transfers(connection, [TransferRow(*told)])
    assert papers(book) == {}


@pytest.mark.parametrize("state", ["stored", "applied", "refused"])
def test_what_a_person_has_on_the_desk_counts_like_what_an_interface_has(
    book: Book, state: str
) -> None:
    birth = book.document(book.case("a"), "birth", "birth-record", "ward", 0)
    book.move(household(book, "a", state, "household-by-hand"), birth, 5, ["/number"])
    assert papers(book)["出生证"] == {"shared": 1, "avoided": 1}


def test_a_paper_counts_once_in_each_case_however_often_it_was_sent(book: Book) -> None:
    for case in ("a", "b"):
        birth = book.document(book.case(case), "birth", "birth-record", "ward", 0)
        effect = household(book, case)
        book.move(effect, birth, 5, ["/number"])
        book.move(effect, birth, 6, ["/number", "/weight"])
    book.case("c")  # nothing has been sent for it: nobody was asked for a paper yet
    found = book.report()["paper"]
    assert papers(book)["出生证"] == {"shared": 2, "avoided": 2}
    assert {k: found[k] for k in NOT} == NOT | {
        "shared": 4,
        "avoided": 4,
        "no_record": 4,
        "to_bring": 2,
    }


# --- visits ----------------------------------------------------------------------------------


def test_a_visit_is_a_form_at_the_window_or_a_task_that_asked_for_what_was_missing(
    book: Book,
) -> None:
    for case in ("a", "b", "c"):
        book.case(case)
    book.case("d", form=False)  # the hospital has told of it, and nobody has come yet
    book.send("a", "complete", "window-desk", "complete", 1, "stored")
    book.send("b", "complete", "window-desk", "complete", 1, "unknown")
    household(book, "c", item="household-by-hand")  # a person of the unit: nobody is asked
    assert book.report()["visits"] == {
        "total": 4,
        "forms": 3,
        "completions": 1,
        "elsewhere": 0,
        "per_case": {"count": 4, "best": 0, "median": 1, "worst": 2},
    }


# --- clocks ----------------------------------------------------------------------------------


def test_a_case_takes_from_when_its_form_is_there_until_its_end(book: Book) -> None:
    book.case("a", 0, 10)
    book.case("b", 0, 90)  # the hospital told of it an hour before the parents came
    book.joined("b", "form", 60)
    book.case("c", 0, 50)
    book.joined("c", "birth", 40)  # nobody has to wait for what is optional
    book.case("d", 0)
    book.case("e", 0, 60)
    with book.store.write() as connection:
        case_rows.close_case(connection, "e", "none", at(60))
    assert book.report()["cases"] == {
        "opened": 5,
        "open": 1,
        "done": 3,
        "partial": 0,
        "none": 1,
        "cancelled": 0,
        "clock": {"count": 4, "best": 600, "median": 1800, "worst": 3600},
    }


def clock(book: Book, item: str) -> dict[str, Any]:
    return next(row for row in book.report()["items"] if row["item"] == item)


def test_an_item_takes_from_when_it_could_begin_by_interface_or_by_hand(book: Book) -> None:
    book.case("a")
    book.set("a", "complete", "applied", 20)
    book.set("a", "household", "applied", 25)
    book.case("b")
    book.set("b", "complete", "skipped", 0)
    book.set("b", "household", "by-hand", 0)
    book.set("b", "household-by-hand", "refused", 30)
    book.case("c")
    book.set("c", "complete", "skipped", 0)
    book.set("c", "household", "by-hand", 0)
    book.set("c", "household-by-hand", "stored", 40)
    found = clock(book, "household")
    assert found["clock"]["interface"] == {"count": 1, "best": 300, "median": 300, "worst": 300}
    assert found["clock"]["by_hand"] == {"count": 1, "best": 1800, "median": 1800, "worst": 1800}
    assert found["states"] == {"applied": 1, "by-hand": 2}
    assert found["by_hand"] == {"refused": 1, "stored": 1}
    assert clock(book, "complete")["clock"]["interface"]["worst"] == 1200


def day(number: int) -> float:
    return number * 1440


def test_days_used_of_those_that_the_law_allows_and_who_is_late(book: Book) -> None:
    cases = {"a": "2026-03-01", "b": "2026-02-28", "late": "2026-02-02", "came-late": "2026-01-05"}
    for case, begins in cases.items():
        book.begins(book.case(case), begins)
    book.set("a", "household", "applied", day(0))
    book.set("b", "household", "by-hand", day(0))
    book.set("b", "household-by-hand", "applied", day(2))
    book.set("late", "household", "refused", day(3))
    book.set("came-late", "household", "applied", day(0))
    for case, begins, state in (
        ("runs", "2026-03-01", "parked"),
        ("runs-late", "2026-02-02", "sent"),
        ("never", "2026-01-30", "halted"),
        ("blocked", "2026-01-30", "blocked"),
    ):
        book.begins(book.case(case), begins)
        book.set(case, "household", state, 0)
    assert clock(book, "household")["legal"] == {
        "article": "第七条",
        "unit": "day",
        "used": {"count": 4, "best": 1, "median": 4, "worst": 56},
        "allowed": {"least": 28, "most": 31},
        "late": 2,
        "running": 2,
        "running_late": 1,
        "late_on_arrival": 1,
        "unknown": 0,
    }


def test_what_waited_for_a_paper_that_came_after_the_last_day_came_late(book: Book) -> None:
    for case, came in (("in-time", day(-8)), ("after", day(0))):
        book.begins(book.case(case, day(-9)), "2026-01-26")
        book.joined(case, "form", came)
        book.set(case, "household", "applied", day(1))
    found = clock(book, "household")["legal"]
    assert (found["late"], found["late_on_arrival"]) == (2, 1)


def test_days_on_which_the_law_s_clock_stands_still_are_allowed_days_too(book: Book) -> None:
    book.begins(book.case("a"), "2026-02-02")
    book.send("a", "complete", "window-desk", "complete", day(-10))
    with book.store.write() as connection:
        row = delivery_rows.deliveries(connection, "a")[0]
        delivery_rows.put_delivery(
            connection,
            DeliveryRow(*_changed(row, sent_at=at(day(-10)), settled_at=at(day(0)))),
            seen=row,
        )
    book.set("a", "household", "applied", day(3))
    found = clock(book, "household")["legal"]
    assert (found["used"]["worst"], found["allowed"]["most"], found["late"]) == (31, 38, 0)


def _changed(row: DeliveryRow, **values: str) -> list[Any]:
    return [values.get(name, getattr(row, name)) for name in row.__slots__]


def test_an_unknown_year_makes_the_last_day_unknown_not_met(book: Book) -> None:
    changed = MATTER.replace("legal: 1 month", "legal: 5 working days")
    book.matter = matter.build(read(changed))
    book.begins(book.case("a"), "2031-03-01")
    book.set("a", "household", "sent")
    found = clock(book, "household")["legal"]
    assert (found["unit"], found["running"], found["unknown"]) == ("working day", 1, 1)
    assert found["running_late"] == 0


# --- freshness -------------------------------------------------------------------------------


def test_a_document_is_as_old_as_it_was_when_it_was_used(book: Book) -> None:
    birth = book.document(book.case("a"), "birth", "birth-record", "ward", -60)
    task = book.document("a", "task", "oa-task", "hub", 0)
    effect = household(book, "a")
    for minutes, document in ((0, birth), (30, birth), (5, "a/form"), (5, task), (7, "gone")):
        book.move(effect, document, minutes, ["/number"])
    found = {row["document"]: row for row in book.report()["freshness"]}
    assert set(found) == {"birth-record", "birth-declaration", ""}, (
        "what the hub wrote is no source's"
    )
    assert {k: found["birth-record"][k] for k in ("count", "best", "worst")} == {
        "count": 2,
        "best": 3600,
        "worst": 5400,
    }
    assert found["birth-record"]["title"] == "出生记录"
    assert found["birth-record"]["custody"] in ("unit", "hub")
    assert found[""]["custody"] == ""  # it is gone
    assert (found[""]["count"], found[""]["gone"]) == (0, 1)


# --- reasons ---------------------------------------------------------------------------------


def test_who_left_the_fast_lane_is_told_with_the_rule_s_words_or_a_code_alone(book: Book) -> None:
    rule = canonical.dumps({"reason": "已死亡", "article": "第九条"}).decode()
    for case in ("a", "b"):
        book.set(book.case(case), "household", "by-hand", code="lane.by-hand", facts=rule)
    refused = canonical.dumps({"reason": "张三的材料不符"}).decode()
    book.set("a", "household-by-hand", "refused", code="oa.person-refused", facts=refused)
    book.set(book.case("c"), "complete", "blocked")
    told = book.report()["reasons"]
    assert [tuple(row.values())[1:] for row in told] == [
        ("household", "by-hand", "已死亡", "第九条", "", 2),
        ("household-by-hand", "refused", "", "", "oa.person-refused", 1),
    ]
    assert "张三" not in str(book.report())


def test_corrections_are_told_beside_what_they_correct(book: Book) -> None:
    book.set(book.case("a"), "household", "applied")
    row = ItemRow("a", "household#1", "birth", "applied", "", "{}", "", "", at(), at())
    with book.store.write() as connection:
        case_rows.add_item(connection, row)
    found = clock(book, "household")
    assert (found["states"], found["corrections"]) == ({"applied": 1}, {"applied": 1})


# --- existing systems -------------------------------------------------------------------------


def test_no_existing_system_is_changed_as_long_as_only_declared_operations_write(
    book: Book,
) -> None:
    book.case("a")
    household(book, "a")
    book.send("a", "complete", "window-desk", "complete", 1)
    found = book.report()["systems"]
    assert (found["changed"], found["undeclared"], found["written"]) == (0, 0, 2)
    assert found["existing"] == 3, "three desks of one OA are one system"
    rows = {row["system"]: row for row in found["systems"]}
    assert rows["register"]["writes"] == ["register_birth"]
    assert (rows["register"]["wire"], rows["register"]["by"]) == ("soap", "interface")
    assert rows["his"]["reads"] == ["births"]
    assert (rows["police-desk"]["by"], rows["police-desk"]["written"]) == ("oa", 0)
    book.send("a", "household", "register", "drop_table", 1)
    book.send("a", "household", "unknown-system", "register_birth", 1)
    found = book.report()["systems"]
    assert (found["changed"], found["undeclared"], found["written"]) == (2, 2, 4)


# --- which cases ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "opened"),
    [
        ("", "", 3),
        ("2026-03-02", "2026-03-02", 1),
        ("2026-03-02", "", 2),
        ("", "2026-03-01", 1),
        ("2027-01-01", "", 0),
    ],
)
def test_days_are_civil_days_of_china_and_both_belong_to_the_span(
    book: Book, first: str, last: str, opened: int
) -> None:
    book.case("a", -601)  # 23:59 on the first of March
    book.case("b", 839)  # 23:59 on the second
    book.case("c", 840)
    assert book.report(first, last)["cases"]["opened"] == opened


def test_a_case_is_counted_by_the_definition_with_which_it_began(book: Book) -> None:
    birth = book.document(book.case("a"), "birth", "birth-record", "ward", 0)
    book.move(household(book, "a"), birth, 5, ["/number"])
    book.matter = matter.build(read(MATTER.replace("title: 出生证,", "title: 证明,")))
    assert papers(book)["出生证"] == {"shared": 1, "avoided": 1}
    with book.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM matter_definition")
    with pytest.raises(Fatal) as error:
        book.report()
    assert error.value.code == "case.no-definition"


def test_a_matter_that_the_site_lacks_is_told(book: Book) -> None:
    watch = Watch(book.site(), book.store)
    with pytest.raises(Invalid) as error:
        report_matter.report(watch, "brith")
    assert (error.value.code, error.value.facts["nearest"]) == ("site.no-matter", "birth")


# --- how it is told ---------------------------------------------------------------------------


def test_the_tables_say_what_zero_counts_and_that_the_best_case_is_no_deadline(
    book: Book,
) -> None:
    birth = book.document(book.case("a", 0, 20), "birth", "birth-record", "ward", 0)
    book.move(household(book, "a"), birth, 5, ["/number"])
    book.set("a", "household", "applied", 20)
    book.begins("a", "2026-02-01")
    told = book.report()
    text = report_sections.markdown(report_tables.title(told), report_tables.sections(told))
    for line in (
        "# 登记：成效报表（全部办件，2026-03-03 10:00:00 统计）",
        "| 免交材料 | 1 件次（应交 5 件次的 20%）：部门共享 1，一次申报各处共用 0 |",
        "| 全程用时 | 最快 20 分、中位 20 分、最慢 20 分；主题文件写的最快用时 30 分钟，不是时限 |",
        "| 改动现有系统 | 0 个。用到现有系统 3 个，写入 1 次，其中未声明的操作 0 次 |",
        "| 出生登记 | 第七条 | 29 29 29 | 29 天 | 0 | 0 |",
        "改动 0 个：收到过未声明操作的系统数。直达只按上表声明的操作写入。",
    ):
        assert line in text, text


def test_without_a_case_there_is_nothing_to_divide_by(book: Book) -> None:
    told = book.report()
    text = report_sections.markdown(report_tables.title(told), report_tables.sections(told))
    assert "| 全程用时 | 最快 —、中位 —、最慢 —" in text
    assert "应交" not in text
