"""What ``zhida case show`` tells of the legal period, in a district that runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from exchange import times
from exchange.store import case_rows, clock_rows
from sandbox.births import birth
from zhida import alerts, case_view, progress
from zhida.watch import Watch


def shown(town: Any, certificate: str) -> dict[str, Any]:
    watch = Watch(town.hub.site, town.hub.store, town.clock)
    items = case_view.one(watch, town.case(certificate).id)["items"]
    return next(item for item in items if item["item"] == "household")


def born(town: Any, number: int, days_ago: int) -> str:
    facts = birth(number).facts
    day = times.civil_day(town.clock()) - timedelta(days=days_ago)
    facts["child"]["born"] = f"{day:%Y%m%d}0830"
    facts["certificate"]["issued_on"] = f"{day:%Y%m%d}"
    town.record(facts)
    certificate = town.declare(number)
    town.take_in()
    town.sweep("birth")
    return str(certificate)


def test_days_left_are_shown_while_it_runs_and_the_last_day_afterwards(town: Any) -> None:
    certificate = born(town, 871, days_ago=10)
    told = shown(town, certificate)["clock"]
    assert 17 <= told["left"] <= 24 + 9, told  # a month, and a holiday that may follow its end
    assert (told["unit"], told["paused"], told["overdue"]) == ("day", False, False)
    assert (told["article"], told["silence"]) == ("户口登记条例第七条", "nothing")
    town.finish(certificate)
    done = shown(town, certificate)
    assert done["clock"] is None
    assert done["due_at"] == told["due_on"]


def test_the_reminder_goes_to_who_is_named_and_ends_with_the_item(town: Any) -> None:
    certificate = born(town, 872, days_ago=26)
    [line] = alerts.tell(town.hub)
    for told in ("法定期限将到", "新生儿出生一件事", "出生登记", "户口登记条例第七条", "可等"):
        assert told in line, line
    assert certificate not in line
    assert alerts.tell(town.hub) == []
    town.finish(certificate)
    assert alerts.tell(town.hub) == [], "it may be taken up again"
    town.clock.skip(3600)
    [line] = alerts.tell(town.hub)
    assert "已处理" in line


def test_a_sweep_is_woken_by_a_period_alone(town: Any) -> None:
    certificate = born(town, 873, days_ago=10)
    watch = Watch(town.hub.site, town.hub.store, town.clock)
    town.finish(certificate)
    with town.hub.store.write() as connection:
        connection.exec_driver_sql("UPDATE cursor SET next_at = '9999'")
    assert not watch.has_work("newborn")
    with town.hub.store.write() as connection:
        connection.exec_driver_sql("UPDATE item_clock SET next_on = '2026-01-01'")
    assert watch.has_work("newborn")
    alerts.tell(town.hub)
    assert not watch.has_work("newborn"), "looked at, and over"


def test_a_case_that_is_opened_again_has_its_period_looked_at_again(town: Any) -> None:
    certificate = born(town, 874, days_ago=10)
    town.finish(certificate)
    case = town.case(certificate).id
    with town.hub.store.write() as connection:
        connection.exec_driver_sql("UPDATE item_clock SET next_on = ''")
        case_rows.set_item(connection, case, "reply", {"state": "ready"})
        progress.ended(town.hub, connection, town.matter, case)
    with town.hub.store.read() as connection:
        assert clock_rows.of_case(connection, case)["household"].next_on
