"""A look at a source that fails, or a list that does not come by its day, is an incident until it goes well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from exchange import times
from exchange.errors import Rejected, ZhidaError
from exchange.store import incident_rows, leg_rows, schema
from zhida import alert_line, fact_look, fact_steps, grants_file, incident_view
from zhida.fact_outcome import Synced
from zhida.watch import Watch

BROKEN = "nothing,that,belongs\nhere,at,all\n"


@pytest.fixture
def look(hub, told) -> Callable[..., Synced]:
    return lambda holder="tax", **more: fact_look.look(
        hub, told, told.source(f"{holder}-facts"), **more
    )


@pytest.fixture
def incidents(hub) -> Callable[..., list[dict[str, Any]]]:
    def found(*, closed: bool = False) -> list[dict[str, Any]]:
        return incident_view.every(Watch(hub.site, hub.store, hub.clock), closed=closed)

    return found


def contacts(town) -> None:
    unit = "unit: {0}\ntitle: {1}\ncontact: {{name: {2}, phone: 025-1}}\n"
    for name, title, who in (("tax", "税务局", "税务信息科"), ("hub", "数据局", "中枢值班")):
        (town.site / "units" / f"{name}.yaml").write_text(unit.format(name, title, who), "utf-8")


def test_a_look_that_fails_begins_one_and_one_that_goes_well_ends_it(
    town, look, incidents, later
) -> None:
    folder = town.books / "tax"
    (folder / "20260105.csv").write_text(BROKEN, "gbk")
    with pytest.raises(ZhidaError) as refused:
        look()
    [told] = incidents()
    assert (told["kind"], told["system"], told["code"]) == (
        "facts",
        "tax-facts",
        refused.value.code,
    )
    with pytest.raises(ZhidaError):
        look(force=True)
    assert len(incidents()) == 1  # the same goes on
    later(minutes=1)
    town.hand_over(20, ["tax"], today=date(2026, 1, 6))  # of several the latest counts
    assert look(force=True).state == "synced"
    assert incidents() == []
    [over] = incidents(closed=True)
    later(minutes=11)
    assert over["closed_at"] and "已恢复" in alert_line.ended(over)


def test_a_list_that_does_not_come_by_its_day_is_late(town, look, incidents, later) -> None:
    """``fresh`` is two days: what came on the 5th in the morning counts until the 7th in the morning."""
    town.hand_over(20, ["tax"])
    look()
    later(days=1, hours=23)
    assert look().state == "nothing"
    assert incidents() == []
    later(hours=2)
    assert look().state == "nothing"
    [told] = incidents()
    assert told["code"] == "facts.overdue"
    assert "最近一份企业事实是 2026-01-05 的，2026-01-07 以前应有新的" in told["what"]
    assert told["waiting"] == 0 and "不当作不符合" in alert_line.can_wait(told)
    town.hand_over(20, ["tax"], today=date(2026, 1, 7))
    later(hours=1)
    assert look().state == "synced"
    assert incidents() == []


def test_the_site_may_expect_lists_sooner_or_later_than_they_lapse(
    town, hub, incidents, later
) -> None:
    file = town.site / "grants.yaml"
    text = file.read_text("utf-8").replace("fresh: 2 days", "fresh: 9 days\n    expected: 1 day")
    file.write_text(text, "utf-8")
    town.hand_over(20)
    told = grants_file.load(hub.site)
    assert {each.expected.days for each in told.sources} == {1}
    for source in told.sources:
        fact_look.look(hub, told, source)
    later(days=1)  # the 6th, all day
    assert fact_look.watch(hub, told) == 0
    later(hours=16)  # the 7th in China
    assert fact_look.watch(hub, told) == 3 == len(incidents())


def test_what_never_came_is_told_once_somebody_looked(hub, told, look, incidents) -> None:
    assert fact_look.watch(hub, told) == 0
    assert look().state == "nothing"
    assert [each["code"] for each in incidents()] == ["facts.never-came"]


def test_an_open_incident_keeps_its_cause_while_nobody_looks(
    town, hub, told, look, incidents, later
) -> None:
    town.hand_over(20, ["tax"])
    look()
    later(days=3)
    (town.books / "tax" / "20260108.csv").write_text(BROKEN, "gbk")
    with pytest.raises(ZhidaError) as refused:
        look()
    fact_look.watch(hub, told)
    assert [each["code"] for each in incidents()] == [refused.value.code]


def test_what_an_operator_has_stopped_is_no_incident(hub, look, incidents, later) -> None:
    with hub.store.write() as connection:
        leg_rows.put(connection, leg_rows.LegRow("tax-facts", "stopped", "", "li", "测试"))
    later(days=5)
    assert look().state == "stopped"
    assert incidents() == []


@pytest.mark.parametrize(
    ("owner", "name"), [("", "中枢值班 025-1"), ("owner: tax\n", "税务信息科 025-1")]
)
def test_it_names_the_holder_s_contact_and_who_of_ours_sees_to_it(
    town, owner: str, name: str
) -> None:
    contacts(town)
    lines = (town.site / "grants.yaml").read_text("utf-8")
    (town.site / "grants.yaml").write_text(f"{owner}{lines}", "utf-8")
    hub = town.hub()
    schema.upgrade(hub.store)
    told = grants_file.load(hub.site)
    fact_look.look(hub, told, told.source("tax-facts"))
    [shown] = incident_view.every(Watch(hub.site, hub.store, hub.clock))
    hub.close()
    assert (shown["contact"], shown["operator"]) == ("税务信息科", name)
    assert f"请联系 税务信息科 025-1；本方由 {name} 过问" in alert_line.began(shown)


def test_one_looks_at_a_time(hub, told, look) -> None:
    with hub.locks.hold("facts/tax-facts") as mine:
        assert mine and look().state == "busy"


def test_a_schedule_takes_what_is_due_and_one_that_fails_stops_no_other(
    town, hub, incidents
) -> None:
    town.hand_over(20)
    (town.books / "tax" / "20260199.csv").write_text(BROKEN, "gbk")
    assert fact_steps.due(hub) == ["human-resources-facts", "market-supervision-facts", "tax-facts"]
    assert fact_steps.take_all(hub) == {"synced": 2, "failed": 1}
    assert fact_steps.due(hub) == ["tax-facts"]
    with pytest.raises(Rejected):
        fact_steps.take(hub, "tax-facts")
    assert [each["told_at"] != "" for each in incidents()] == [True]


def test_a_source_tells_its_counts(town, hub) -> None:
    town.hand_over(20, ["tax"])
    done = fact_steps.take(hub, "tax-facts")
    assert (done["synced"], done["count"], done["rows"]) == (1, done["rows"], done["total"])
    assert times.civil_day(hub.clock()) == date(2026, 1, 5)
    with hub.store.read() as connection:
        assert incident_rows.newest(connection) == []
