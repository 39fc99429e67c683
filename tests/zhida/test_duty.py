"""Whose the duty is: by the roster, or handed over; what an alert and the ledger say of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange import times
from exchange.errors import Forbidden, Invalid, Rejected
from exchange.store import ledger_rows
from tests.zhida.quiet_house import House
from zhida import alert_sinks, alerts, duty, duty_file, duty_signs, incidents, operators
from zhida.duty import OnDuty
from zhida.duty_file import Roster, Turn

MONDAY = datetime(2026, 12, 7, tzinfo=times.CHINA)
FILE = """shifts: {day: "08:00-18:00", night: "18:00-08:00"}
people: {wang: {mobile: "13900000000"}}
roster:
  "2026-12-07": {day: zhao, night: wang}
  "2026-12-08": {day: li}
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = House(tmp_path)
    (found.site / "duty.yaml").write_text(FILE, "utf-8")
    yield found
    found.hub.close()


def at(hour: float) -> datetime:
    """So many hours after Monday begins in China."""
    return MONDAY + timedelta(hours=hour)


def on_duty(house: House) -> OnDuty | None:
    return duty.now(house.hub)


@pytest.mark.parametrize(
    ("hour", "person"),
    [(7.9, ""), (8, "zhao"), (17.9, "zhao"), (18, "wang"), (31.9, "wang"), (32, "li"), (42, "")],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(
    hour: float, person: str, house: House
) -> None:
    roster = duty_file.load(house.hub.site)
    turn = roster.at(at(hour))
    assert (turn.person if turn else "") == person


def test_hours_with_one_time_twice_are_a_whole_day(house: House) -> None:
    text = 'shifts: {all: "08:00-08:00"}\nroster: {"2026-12-07": {all: li}}\n'
    (house.site / "duty.yaml").write_text(text, "utf-8")
    (turn,) = duty_file.load(house.hub.site).turns
    assert (turn.since, turn.until) == (at(8), at(32))


def test_a_site_without_a_roster_has_nobody_on_duty(house: House) -> None:
    (house.site / "duty.yaml").unlink()
    assert duty_file.load(house.hub.site) == Roster()
    assert on_duty(house) is None


def test_every_mistake_is_told_with_its_line(house: House) -> None:
    text = """shifts: {day: "08:00-18:00"}
people: {wagn: {}}
roster:
  "2026-02-30": {day: wang}
  "2026-12-08": {dya: li}
  "2026-12-09": {day: nobody}
"""
    (house.site / "duty.yaml").write_text(text, "utf-8")
    with pytest.raises(Invalid) as found:
        duty_file.load(house.hub.site)
    told = [(p.code, p.facts.get("line"), p.facts.get("nearest")) for p in found.value.problems]
    assert told == [
        ("duty.no-person", 2, "wang"),
        ("site.date", 4, None),
        ("duty.no-shift", 5, "day"),
        ("duty.no-person", 6, told[3][2]),
    ]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Line and number that were given to the robot."""
    told: list[tuple[str, str]] = []

    @contextmanager
    def sink(_: Any, mobile: str = "") -> Iterator[Callable[[str], None]]:
        yield lambda line: told.append((line, mobile))

    monkeypatch.setattr(alert_sinks, "open_sink", sink)
    return told


def test_an_alert_names_who_is_on_duty_and_the_robot_calls_that_person(
    house: House, sent: list[tuple[str, str]]
) -> None:
    house.clock.now = at(20)
    house.trouble()
    alerts.tell(house.hub)
    [(line, mobile)] = sent
    assert line.endswith("今班：王示例。") and mobile == "13900000000"
    assert mobile not in line, "a line may lie in a log"


def test_a_broken_roster_stops_no_alert(house: House, sent: list[tuple[str, str]]) -> None:
    (house.site / "duty.yaml").write_text("shifts: [", "utf-8")
    house.trouble()
    alerts.tell(house.hub)
    assert len(sent) == 1 and "今班" not in sent[0][0]


def entry(house: House) -> dict[str, Any]:
    with house.hub.store.read() as connection:
        rows = ledger_rows.entries_of(connection, "operator")
    told: dict[str, Any] = json.loads(rows[-1].body)
    return told


def test_the_duty_goes_to_another_with_what_the_giver_took_care_of(house: House) -> None:
    house.clock.now = at(20)
    mine, others = house.trouble(), house.trouble("insurance")
    incidents.acknowledge(house.hub, house.operator("wang"), mine)
    incidents.acknowledge(house.hub, house.operator("zhao"), others)
    duty.hand_over(house.hub, house.operator("wang"), "li", note="发热，先回")
    found = on_duty(house)
    assert found is not None
    assert (found.person, found.giver, found.until) == ("li", "wang", at(32))
    assert [house.row(name).acknowledged_by for name in (mine, others)] == ["li", "zhao"]
    told = entry(house)
    assert (told["action"], told["from"], told["person"]) == ("hand-over", "wang", "li")
    assert (told["incidents"], told["reason"]) == ([mine], "发热，先回")
    signed = operators.verify(house.hub.site, told["token"], role="operate")
    assert (signed.operator, signed.target["until"]) == ("wang", told["until"])
    house.clock.now = at(41)
    after = on_duty(house)
    assert after is not None and (after.person, after.giver) == ("li", ""), "the roster's again"


def test_only_who_has_it_hands_it_over_or_who_takes_it(house: House) -> None:
    house.clock.now = at(20)
    with pytest.raises(Forbidden, match=r"duty\.not-yours"):
        duty.hand_over(house.hub, house.operator("zhao"), "li")
    with pytest.raises(Forbidden, match=r"operator\.unknown"):
        duty.hand_over(house.hub, house.operator("wang"), "nobody")
    duty.hand_over(house.hub, house.operator("li"), "li")
    found = on_duty(house)
    assert found is not None and found.person == "li"


def test_where_nobody_is_on_duty_its_end_must_be_told_and_be_to_come(house: House) -> None:
    house.clock.now = at(50)
    zhao = house.operator("zhao")
    for until in (None, at(49)):
        with pytest.raises(Rejected, match=r"duty\.no-end"):
            duty.hand_over(house.hub, zhao, "zhao", until=until)
    duty.hand_over(house.hub, zhao, "zhao", until=at(56))
    assert (duty.hand_over(house.hub, zhao, "li").giver, entry(house)["from"]) == ("zhao", "zhao")


def test_a_note_with_a_number_of_a_person_is_refused_and_nothing_changes(house: House) -> None:
    house.clock.now = at(20)
    with pytest.raises(Invalid, match=r"operator\.reason-personal"):
        duty.hand_over(house.hub, house.operator("wang"), "li", note="致电 13900000001")
    found = on_duty(house)
    assert found is not None and found.person == "wang"


def test_a_roster_that_ends_or_has_nobody_now_is_a_sign() -> None:
    def codes(hour: float) -> list[str]:
        turn = roster.at(at(hour))
        person = OnDuty(turn.person, "", turn.until) if turn else None
        return [each.code for each in duty_signs.of_roster(roster, person, at(hour))]

    turns = [Turn("li", "all", at(24 * day), at(24 * day + 24)) for day in (0, 1, 2, 4)]
    roster = Roster(tuple(turns))
    assert [codes(hour) for hour in (1, 25, 80)] == [[], ["duty.roster-ends"], ["duty.nobody"]]
    assert list(duty_signs.of_roster(Roster(), None, at(0))) == []


def test_when_a_roster_ends_is_told_in_the_time_of_china_though_the_duty_was_handed_over() -> None:
    roster = Roster((Turn("li", "all", at(0), at(8)),))
    given = OnDuty("wang", "", times.instant(times.stamp(at(8))), giver="li")
    (sign,) = duty_signs.of_roster(roster, given, at(1))
    assert sign.facts == {"until": "2026-12-07 08:00"}
