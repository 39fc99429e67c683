"""Periods that are nearly over, or over, call their owner; nothing else comes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from exchange import canonical
from exchange.store import incident_rows
from matters import ladder_file, triage_file
from tests.zhida import mediation_town
from tests.zhida.mediation_town import Town
from tests.zhida.small_town import monday
from zhida import alerts, dispute_periods, incident_view, mediation_files
from zhida.watch import Watch


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with mediation_town.opened(tmp_path, monday()) as found:
        yield found


def test_who_does_not_take_it_up_is_called_and_the_dispute_stays_where_it_is(town: Town) -> None:
    number = town.register(place="秣陵街道")
    assert town.incidents() == set()
    town.clock.skip(days=2)
    town.advance()
    assert town.incidents() == {("mediation-centre", "period-near", "acceptance")}
    town.clock.skip(days=2)
    assert town.advance()["period-over"] == 1
    assert town.incidents() == {("mediation-centre", "period-over", "acceptance")}
    assert town.state(number) == "diverted"
    town.say(number, "accepted", "street")
    assert town.incidents() == set()


def test_the_fifteen_days_open_a_right_and_close_nothing(town: Town) -> None:
    number = town.register(place="秣陵街道")
    for event in ("accepted", "mediation-applied"):
        town.say(number, event, "street")
    town.clock.skip(days=16)
    town.advance()
    assert {each for each in town.incidents() if each[1] == "period-over"} == {
        ("streets", "period-over", "mediation"),
        ("mediation-centre", "period-over", "promise"),
    }
    assert town.state(number) == "mediating"
    assert not town.dispute(number).row.closed_at
    with town.hub.store.read() as connection:
        rows = incident_rows.still_open(connection, "period-over", "streets")
    told = incident_view.one(Watch(town.hub.site, town.hub.store, town.clock), rows[0].id)
    assert "当事人可以申请仲裁" in told["what"]
    assert number in told["what"]


def test_an_incident_begins_with_the_first_moment_after_the_last_day(town: Town) -> None:
    town.register(place="秣陵街道")
    town.clock.skip(days=30)
    town.advance()
    with town.hub.store.read() as connection:
        [row] = incident_rows.still_open(connection, "period-over", "mediation-centre")
    assert row.opened_at.startswith("2026-03-05T16:00:00"), "three working days after 2 March"


def test_who_is_on_duty_has_minutes(town: Town) -> None:
    number = town.register(workers=20)
    town.clock.skip(minutes=29)
    town.advance()
    assert town.incidents() == set()
    town.clock.skip(minutes=2)
    town.advance()
    assert town.incidents() == {("mediation-centre", "period-over", "response")}
    town.say(number, "response-arrived", "response")
    assert town.incidents() == set()


def test_the_limit_of_a_year_warns_and_rejects_nobody(town: Town) -> None:
    known = str(date(2025, 2, 1))
    number = town.register(kind="termination", dates={"right_known": known}, place="秣陵街道")
    assert ("mediation-centre", "period-over", "limitation") in town.incidents()
    assert town.state(number) == "diverted"
    assert town.owners(number) == {"dispute": "labour-arbitration"}, "it was to go there at once"
    assert town.say(number, "arbitration-applied", "arbitration")["accepted"]
    assert town.incidents() == set()


def test_a_dispute_that_is_handed_over_takes_its_periods_with_it(town: Town) -> None:
    number = town.register(place="秣陵街道")
    for event in ("accepted", "mediation-applied"):
        town.say(number, event, "street")
    town.clock.skip(days=14)
    town.advance()
    assert ("streets", "period-near", "mediation") in town.incidents()
    town.say(number, "handed-over", "street", to="people-mediation")
    assert ("people-mediation", "period-near", "mediation") in town.incidents()
    assert ("streets", "period-near", "mediation") not in town.incidents()


def test_the_line_that_is_told_has_the_number_and_nothing_of_a_person(town: Town) -> None:
    number = town.register(place="秣陵街道")
    town.clock.skip(days=10)
    town.advance()
    [line] = [each for each in alerts.tell(town.hub) if number in each]
    assert line.startswith("【直达】争议期限已过")
    assert "不能等" in line
    assert "王示例" not in line
    assert town.clock() - timedelta(days=11) < monday()


def own(town: Town, shipped: Path, *changes: tuple[str, str]) -> Path:
    """The site has a file of its own from now on."""
    text = shipped.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    found = town.hub.site.folder / mediation_files.FOLDER / shipped.name
    found.parent.mkdir(parents=True, exist_ok=True)
    found.write_text(text, "utf-8")
    return found


def stuck(town: Town) -> list[tuple[str, str]]:
    """Who is told of a dispute that can't go on, and why."""
    with town.hub.store.read() as connection:
        rows = incident_rows.still_open(connection, dispute_periods.STUCK)
    return [(row.system, canonical.loads(row.facts.encode())["code"]) for row in rows]


def test_one_that_the_ladder_reads_no_more_holds_up_no_other(town: Town) -> None:
    one, other = town.register(place="秣陵街道"), town.register(place="东山街道")
    told = {"to": "streets", "desk": "310"}
    assert town.say(one, "handed-over", "street", **told)["accepted"]
    edge = "      - {event: handed-over, from: [diverted, accepted, mediating], to: diverted}\n"
    less = "      - {event: handed-over, from: [mediating], to: diverted}\n"
    file = own(town, ladder_file.SHIPPED, (edge, less))
    waits = town.told(one, "accepted", "street")
    assert town.say(other, "accepted", "street")["accepted"]
    assert stuck(town) == [("mediation-centre", "ladder.no-edge")]
    assert town.advance()["waiting"] == 1
    file.unlink()
    assert town.advance()["taken"] == 1, "it was not lost"
    assert town.verdict("streets", waits["number"])["accepted"]
    assert stuck(town) == []


def test_one_that_the_rules_can_t_lead_anywhere_holds_up_no_other(town: Town) -> None:
    file = own(town, triage_file.SHIPPED, ("beside: response-called", "beside: response-ended"))
    one = town.register(workers=12)
    assert town.state(town.register()) == "diverted"
    assert town.state(one) == "registered"
    assert stuck(town) == [("mediation-centre", "ladder.no-edge")]
    file.unlink()
    town.advance()
    assert (town.state(one), stuck(town)) == ("diverted", [])


def test_a_site_names_its_rules_as_it_likes(town: Town) -> None:
    own(town, triage_file.SHIPPED, ("  people:\n", "  r2-d2:\n"))
    assert town.state(town.register()) == "diverted"


def test_a_withdrawal_stops_no_limitation_for_one_who_comes_again(town: Town) -> None:
    number = town.register(
        place="秣陵街道", kind="termination", dates={"right_known": "2025-09-01"}
    )
    for event, role in (("accepted", "street"), ("withdrawn", "street"), ("reopened", "hub")):
        assert town.say(number, event, role)["accepted"]
    town.clock.skip(days=366)
    town.advance()
    assert ("mediation-centre", "period-over", "limitation") in town.incidents()


def test_a_wrong_day_is_mended_by_telling_it_again(town: Town) -> None:
    wrong = {"right_known": "2025-02-01"}
    number = town.register(place="秣陵街道", kind="termination", dates=wrong)
    assert ("mediation-centre", "period-over", "limitation") in town.incidents()
    assert town.say(number, "right-known", "hub", at="2025-12-01T00:00:00")["accepted"]
    assert town.incidents() == set()
