"""A legal period is told once before its end and once after, and its item stays what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exchange import times
from exchange.store import case_rows, clock_rows, delivery_rows, incident_rows, schema
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Store
from exchange.store.incident_rows import IncidentRow
from matters import matter, working_days
from matters.matter import Matter
from matters.working_days import Holidays
from zhida import alert_line, clock_start, clocks, incident_view
from zhida.clock_start import Which
from zhida.site import Contact, Unit
from zhida.watch import Watch

LATER = "2999-01-01T00:00:00.000000Z"
TEXT = """\
matter: licence
title: 食品经营许可
lead: window
purpose: licence
retention: 3 years
opens_on:
  - {adapter: oa, unit: window, stream: "form:7", gives: form}
identity: [form/number]
items:
  papers:
    title: 补正材料
    unit: window
    do: oa.ask
  grant:
    title: 许可决定
    unit: market
    do: desk.grant
    gives: licence
    irreversible: true
    within:
      {legal: 5 working days, from: form/applied_on, article: 行政许可法第四十二条,
       remind: 2 working days before, escalate_to: market, pauses_while: [papers]}
  inspect:
    title: 现场核查
    unit: market
    do: permits.inspect
    by_hand: {do: desk.inspect, when: [{when: {present: /form/complex}, reason: 情况复杂}]}
    within: {legal: 10 working days, from: form/applied_on, article: 乙}
  accept:
    title: 受理
    unit: market
    do: desk.accept
    within:
      {legal: 5 working days, from: form/applied_on, article: 行政许可法第三十二条,
       escalate_to: wang, silence: accepted, silence_article: 行政许可法第三十二条}
"""


@dataclass
class Office:
    """A hub as far as clocks need one, on a day that a test chooses."""

    store: Store
    matter: Matter
    day: date = date(2026, 3, 2)
    holidays: Holidays = field(default_factory=lambda: working_days.of(None))

    @property
    def hub(self) -> Any:
        units = {
            "hub": Unit("hub", "中枢", (), Contact("信息科", "025-1")),
            "market": Unit("market", "市场监管局", (), Contact("许可科", "025-2")),
        }
        system = SimpleNamespace(name="permits", title="许可系统", unit="market", contact=None)
        site: Any = SimpleNamespace(
            unit="hub",
            units=units,
            systems={"permits": system},
            operators={"wang": SimpleNamespace(title="王示例")},
            matters={self.matter.name: self.matter},
            language="zh",
            holidays=self.holidays,
            system_of=lambda item: system,
        )
        return SimpleNamespace(site=site, store=self.store, clock=self.clock, archive=None)

    def clock(self) -> datetime:
        return datetime.combine(self.day, time(10), times.CHINA)

    def open(self, *, case: str = "0123456789abcdef", begins: str = "2026-03-02") -> str:
        """A case whose form came today."""
        at = times.stamp(self.clock())
        row = CaseRow(case, "licence", case, at, "", "open", self.matter.digest)
        items = [
            ItemRow(case, name, "licence", "waiting", "", "{}", "", "", at, at)
            for name in self.matter.items
        ]
        with self.store.write() as connection:
            case_rows.open_case(connection, row, items)
            self.start(connection, case, begins)
        return case

    def start(self, connection: Any, case: str, begins: str) -> None:
        for item in self.matter.items.values():
            if item.term is not None:
                which = Which(case, "licence", item.name, item.term)
                day = date.fromisoformat(begins)
                clock_start.start(connection, which, day, self.day, holidays=self.holidays)

    def set(self, case: str, item: str, state: str) -> None:
        with self.store.write() as connection:
            case_rows.set_item(connection, case, item, {"state": state})

    def on(self, day: str) -> list[tuple[str, str]]:
        """The incidents that are open after the sweeps of that day."""
        self.day = date.fromisoformat(day)
        clocks.settle(self.hub)
        clocks.settle(self.hub)
        return self.opened()

    def rows(self) -> list[IncidentRow]:
        with self.store.read() as connection:
            return incident_rows.newest(connection)

    def opened(self) -> list[tuple[str, str]]:
        told = [(row.kind, row.about.partition("/")[2]) for row in self.rows() if not row.closed_at]
        return sorted(told)

    def due_at(self, case: str, item: str = "grant") -> str:
        with self.store.read() as connection:
            found = case_rows.get_item(connection, case, item)
        assert found is not None
        return found.due_at

    def line(self, kind: str, item: str = "grant") -> str:
        [row] = [r for r in self.rows() if r.kind == kind and r.about.endswith(item)]
        watch = Watch(self.hub.site, self.store, self.clock)
        with self.store.read() as connection:
            told = incident_view.view(watch, connection, row)
        return alert_line.ended(told) if row.closed_at else alert_line.began(told)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    path = tmp_path / "matter.yaml"
    path.write_text(TEXT, "utf-8")
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    schema.upgrade(store)
    yield Office(store, matter.load(path))
    store.close()


def test_one_reminder_then_one_alarm_then_the_end_with_the_item(office: Office) -> None:
    case = office.open()
    assert office.due_at(case) == "2026-03-09"
    assert office.on("2026-03-04") == []
    for day in ("2026-03-05", "2026-03-09"):
        assert office.on(day) == [("near", "grant")]
    assert office.on("2026-03-10") == [("overdue", "accept"), ("overdue", "grant")]
    office.set(case, "inspect", "applied")
    assert office.on("2026-03-30") == [("overdue", "accept"), ("overdue", "grant")]
    office.set(case, "grant", "applied")
    assert office.on("2026-03-30") == [("overdue", "accept")]
    assert sorted(row.kind for row in office.rows()) == ["near", "overdue", "overdue"]


def test_only_who_does_the_work_has_a_clock(office: Office) -> None:
    """The machine's item, or the person's that stands for it: one of both, never two alarms."""
    case = office.open()
    told = office.on("2026-03-17")
    assert ("overdue", "inspect") in told
    assert ("overdue", "inspect-by-hand") not in told
    office.set(case, "inspect", "by-hand")
    office.set(case, "inspect-by-hand", "stored")
    told = office.on("2026-03-18")
    assert ("overdue", "inspect") not in told
    assert ("overdue", "inspect-by-hand") in told
    assert "现场核查（人工）" in office.line("overdue", "inspect-by-hand")
    office.set(case, "inspect-by-hand", "applied")
    assert ("overdue", "inspect-by-hand") not in office.on("2026-03-18")


def test_silence_changes_no_item(office: Office) -> None:
    case = office.open()
    office.on("2026-03-30")
    with office.store.read() as connection:
        assert {row.state for row in case_rows.items(connection, case)} == {"waiting"}


def test_the_line_names_matter_item_owner_day_and_whether_it_can_wait(office: Office) -> None:
    office.open()
    office.on("2026-03-05")
    line = office.line("near")
    for told in (
        "食品经营许可",
        "许可决定",
        "市场监管局",
        "许可科 025-2",
        "2026-03-09",
        "可等",
        "第四十二条",
    ):
        assert told in line, line
    assert "\n" not in line
    office.on("2026-03-10")
    line = office.line("overdue")
    assert "不能等：2026-03-09 已到期；沉默不等于同意" in line
    assert "到期不办不等于批准" in line


def test_what_counts_as_accepted_says_by_which_article_and_tells_the_operator(
    office: Office,
) -> None:
    office.open()
    office.on("2026-03-10")
    line = office.line("overdue", "accept")
    assert "依行政许可法第三十二条视为受理" in line
    assert "只是受理，不是批准" in line
    assert "请联系 王示例" in line


def test_a_reminder_that_becomes_an_alarm_is_not_told_as_done(office: Office) -> None:
    office.open()
    office.on("2026-03-05")
    with office.store.write() as connection:
        [row] = incident_rows.untold(connection, LATER)
        at = times.stamp(office.clock())
        incident_rows.change(connection, row.id, told_at=at)
    office.on("2026-03-10")
    with office.store.read() as connection:
        assert {row.kind for row in incident_rows.untold(connection, LATER)} == {"overdue"}


def test_a_reminder_whose_item_is_done_is_told_as_done(office: Office) -> None:
    case = office.open()
    office.on("2026-03-05")
    with office.store.write() as connection:
        [row] = incident_rows.untold(connection, LATER)
        incident_rows.change(connection, row.id, told_at=times.stamp(office.clock()))
    office.set(case, "grant", "applied")
    office.on("2026-03-06")
    with office.store.read() as connection:
        [row] = incident_rows.untold(connection, LATER)
    assert (row.kind, bool(row.closed_at)) == ("near", True)
    assert "该事项已有结果，或期限已变" in office.line("near")


def test_days_on_which_papers_are_awaited_do_not_count(office: Office) -> None:
    case = office.open()
    asked = times.stamp(datetime(2026, 3, 3, 10, tzinfo=times.CHINA))
    row = DeliveryRow("e", case, "papers", "oa", "ask", "", "stored", 1, asked, "", "")
    with office.store.write() as connection:
        assert delivery_rows.put_delivery(connection, row, seen=None)
    assert office.on("2026-03-05") == []
    assert ("overdue", "grant") not in office.on("2026-03-20")
    with office.store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE delivery SET state = 'applied', settled_at = '2026-03-20T02:00:00.000000Z'"
        )
    assert ("near", "grant") not in office.on("2026-03-23")
    assert office.due_at(case) == "2026-03-26"
    assert ("near", "grant") in office.on("2026-03-24")
    assert ("overdue", "grant") in office.on("2026-03-27")


def test_a_period_that_was_over_before_it_was_known_rings_nobody(office: Office) -> None:
    case = office.open(begins="2026-01-05")
    assert office.due_at(case) == "2026-01-12"
    assert office.on("2026-03-02") == []
    assert office.on("2026-04-02") == []


def test_a_corrected_beginning_moves_the_period_and_ends_the_alarm(office: Office) -> None:
    case = office.open()
    assert office.on("2026-03-10") == [("overdue", "accept"), ("overdue", "grant")]
    with office.store.write() as connection:
        office.start(connection, case, "2026-03-09")
    assert office.on("2026-03-10") == []
    assert office.due_at(case) == "2026-03-16"
    assert office.on("2026-03-17") == [("overdue", "accept"), ("overdue", "grant")]


def test_an_item_that_is_taken_up_again_is_told_again(office: Office) -> None:
    case = office.open()
    office.set(case, "grant", "invalid")
    assert office.on("2026-03-05") == []
    office.set(case, "grant", "ready")
    assert office.on("2026-03-06") == [("near", "grant")]


def test_a_case_that_runs_again_wakes_its_periods(office: Office) -> None:
    case = office.open()
    with office.store.write() as connection:
        case_rows.close_case(connection, case, "partial", times.stamp(office.clock()))
    for name in ("grant", "accept", "inspect", "inspect-by-hand"):
        office.set(case, name, "blocked")
    assert office.on("2026-03-18") == []
    with office.store.read() as connection:
        assert clock_rows.due(connection, "9999-12-31", 9) == [], "nothing is looked at for ever"
    with office.store.write() as connection:
        case_rows.close_case(connection, case, "open", "")
        clock_rows.wake(connection, case, str(office.day))
    office.set(case, "grant", "ready")
    assert office.on("2026-03-19") == [("overdue", "grant")]


def test_a_year_that_nobody_knows_is_one_incident_until_the_year_is_there(
    office: Office, tmp_path: Path
) -> None:
    office.day = date(2026, 12, 28)
    cases = [office.open(case=f"case-{n}-000000", begins="2026-12-28") for n in range(3)]
    assert office.due_at(cases[0]) == ""
    assert office.on("2026-12-28") == [("calendar", "")]
    [row] = office.rows()
    assert (row.system, row.code) == ("hub", "calendar.no-year")
    assert office.on("2026-12-29") == [("calendar", "")]
    folder = tmp_path / "holidays"
    folder.mkdir()
    text = 'year: "2027"\nnotice: 测试\nrest: {元旦: ["2027-01-01"]}\nwork: []\n'
    (folder / "2027.yaml").write_text(text, "utf-8")
    office.holidays = working_days.of(tmp_path)
    assert office.on("2026-12-30") == []
    assert office.due_at(cases[0]) == "2027-01-05"


def test_nothing_is_written_while_no_day_has_come(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.open()

    def no_writing(self: Store) -> Any:
        raise AssertionError("it wrote")

    monkeypatch.setattr(Store, "write", no_writing)
    clocks.settle(office.hub)


def test_many_that_fall_due_at_once_are_told_in_turns(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "AT_ONCE", 2)
    for n in range(3):
        office.open(case=f"case-{n}-000000")
    office.day = date(2026, 3, 5)
    seen = []
    for _ in range(4):
        clocks.settle(office.hub)
        seen.append(len(office.opened()))
    assert seen == [2, 3, 3, 3]


def test_a_store_that_was_upgraded_asks_the_document_for_the_beginning(office: Office) -> None:
    case = office.open()
    with office.store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE item_clock SET from_opening = '', next_on = '2000-01-01'"
        )
        case_rows.add_document(connection, case, "form", "d-1")
    found = SimpleNamespace(fields={"/applied_on": "2026-03-03"})
    hub = office.hub
    hub.archive = SimpleNamespace(get=lambda identifier: found if identifier == "d-1" else None)
    clocks.settle(hub)
    assert office.due_at(case) == "2026-03-10"
    with office.store.read() as connection:
        assert clock_rows.of_case(connection, case)["grant"].begins_on == "2026-03-03"


def test_who_is_told_of_a_day_is_woken_on_that_day(office: Office) -> None:
    office.open()
    with office.store.read() as connection:
        days = {
            row.item: row.next_on
            for row in clock_rows.of_case(connection, "0123456789abcdef").values()
        }
        assert (days["grant"], days["accept"]) == ("2026-03-05", "2026-03-10")
        assert not clock_rows.has_due(connection, "licence", "2026-03-04")
        assert clock_rows.has_due(connection, "licence", "2026-03-05")
        assert not clock_rows.has_due(
            connection, "other", str(date(2026, 3, 5) + timedelta(days=9))
        )


def test_the_first_day_may_be_a_birthday_and_lies_nowhere_as_a_date(office: Office) -> None:
    case = office.open()
    with office.store.read() as connection:
        first = clock_rows.of_case(connection, case)["grant"].begins_on
        kept = connection.exec_driver_sql("SELECT * FROM item_clock").all()
    assert first
    assert first not in str(kept)
