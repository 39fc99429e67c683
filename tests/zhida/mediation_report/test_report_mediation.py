"""What ``zhida report mediation`` tells of disputes that went different ways; no party is in it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from exchange.store import document_rows
from matters import mediation_lists
from tests.zhida.mediation_report import dispute_town
from tests.zhida.mediation_report.dispute_town import LADDER, MONDAY, TAKEN, Town
from zhida import report_mediation, report_mediation_tables, report_sections
from zhida.report_mediation import Wanted

DAY = date(2026, 3, 2)


def report(town: Town, first: date | None = None, last: date | None = None) -> dict[str, Any]:
    return report_mediation.report(town.hub, Wanted(first, last))


def row(rows: list[dict[str, Any]], **which: Any) -> dict[str, Any]:
    (found,) = [each for each in rows if which.items() <= each.items()]
    return found


def test_all_parts_that_a_rule_may_name_are_there(lived: Town) -> None:
    apart = {"pack", "training"}
    assert set(mediation_lists.REPORTS) - apart <= set(report(lived))


def test_visits_are_registrations_and_cases_were_taken_by_a_unit(lived: Town) -> None:
    told = report(lived)["visits"]
    assert (told["visits"], told["cases"]) == (7, 5)
    assert (told["persons"], told["persons_unknown"]) == (17, 1)
    assert sum(told["states"].values()) == told["visits"]
    assert sum(each["visits"] for each in told["rows"]) == told["visits"]
    assert row(told["rows"], channel="union-hq", kind="wages")["cases"] == 1
    assert row(told["rows"], channel="mediation-centre", kind="overtime")["visits"] == 1
    assert row(told["rows"], channel="")["visits"] == 1, "no unit of the site: not shown as one"


def test_the_rate_is_of_those_that_ended_and_says_so(lived: Town) -> None:
    told = report(lived)["outcomes"]
    assert (told["ended"], told["agreed"], told["failed"], told["withdrawn"]) == (4, 2, 1, 1)
    assert (told["rate"], told["pending"]) == (50, 1)
    assert (told["performed"], told["not_performed"]) == (1, 1)
    assert "÷" in told["definition"]
    assert row(told["kinds"], kind="overtime")["rate"] == 100
    assert row(told["units"], unit="union-hq")["ended"] == 4


def test_a_case_that_was_mediated_twice_counts_once_by_its_last(town: Town) -> None:
    again = ("7 hub diverted>people", "8 people accepted", "8 people mediation-applied")
    town.dispute(*TAKEN, "6 union failed", *again, "9 people agreed")
    told = report(town)["outcomes"]
    assert (told["ended"], told["agreed"], told["rate"]) == (1, 1, 100)
    assert [(each["unit"], each["rate"]) for each in told["units"]] == [
        ("people-mediation", 100),
        ("union-hq", 0),
    ]


def test_legal_aid(lived: Town) -> None:
    told = report(lived)["aid"]
    assert told == {
        "applied": 1,
        "granted": 1,
        "refused": 0,
        "assigned": 1,
        "ended": 0,
        "waiting": 0,
    }


def test_days_by_step(lived: Town) -> None:
    """Registered to diverted a day, diverted to accepted a day, then to the end."""
    told = {each["step"]: each for each in report(lived)["days"]}
    assert told["reception"] | {"title": ""} == {
        "step": "reception", "title": "", "count": 7, "median": 1, "p90": 1, "most": 1, "few": False,
        "running": 0, "unknown": 0,
    }  # fmt: skip
    assert (told["triage"]["count"], told["triage"]["running"]) == (5, 1)
    handling = told["handling"]
    assert (handling["count"], handling["median"], handling["most"]) == (3, 10, 39)
    assert handling["running"] == 2
    assert told["triage"]["few"] is False and handling["few"] is True


def test_periods_that_were_missed_are_told_of_who_had_to_keep_them(lived: Town) -> None:
    told = report(lived)["missed"]
    mediation = row(told, period="mediation")
    assert (mediation["unit"], mediation["ran"], mediation["over"], mediation["late"]) == ("union-hq", 5, 1, 0)  # fmt: skip
    assert row(told, period="acceptance")["unit"] == "people-mediation"
    late = row(told, period="aid-assignment")
    assert (late["unit"], late["late"], late["over"]) == ("legal-aid", 1, 0)
    assert row(told, period="joint-review")["unit"] == "", "the parties' own"


def test_what_the_checks_find_is_told_with_its_number(lived: Town) -> None:
    told = report(lived)["donts"]
    sitting = row(told["rows"], dont="sitting")
    assert sitting["units"] == {"people-mediation": {"found": 1, "over": 1}}
    consent = [each for each in told["findings"] if each["dont"] == "without-consent"]
    assert [(each["number"], each["unit"], each["event"]) for each in consent] == [
        (lived.numbers[-1], "district-court", "diverted")
    ]
    followed = row(told["rows"], dont="no-follow-up")
    assert followed["units"] == {"mediation-centre": {"found": 1, "over": 0}}
    assert row(told["rows"], dont="shirking")["found"] == 0


def test_workload_is_ended_and_open_and_each_dispute_once(lived: Town) -> None:
    told = {each["unit"]: each for each in report(lived)["workload"]}
    assert all(each["opened"] == each["ended"] + each["open"] for each in told.values())
    assert (told["mediation-centre"]["opened"], told["mediation-centre"]["open"]) == (7, 1)
    assert (told["union-hq"]["opened"], told["union-hq"]["open"]) == (5, 1)
    assert (told["people-mediation"]["opened"], told["people-mediation"]["open"]) == (1, 1)
    assert (told["legal-aid"]["opened"], told["legal-aid"]["open"]) == (1, 1)


def test_a_unit_with_the_name_of_a_role_is_the_unit(town: Town) -> None:
    """``court`` as a role is spoken for by the district court, whatever a unit is called."""
    town.dispute("0 hub registered", "0 hub diverted>arbitration")
    told = report(town)["workload"]
    assert {each["unit"] for each in told} == {"mediation-centre", "labour-arbitration"}


def test_days_outside_are_not_counted(town: Town) -> None:
    """Both days are in it, as they are counted in China."""
    for days in (-1, 0, 1):
        town.dispute("0 hub registered", at=MONDAY.replace(hour=0) + timedelta(days=days))
    town.dispute("0 hub registered", at=MONDAY.replace(hour=23, minute=59))
    assert report(town, DAY, DAY)["visits"]["visits"] == 2
    assert report(town, DAY)["visits"]["visits"] == 3
    assert report(town, None, DAY)["visits"]["visits"] == 3


def test_an_event_that_is_dated_before_the_one_before_makes_its_step_unknown(town: Town) -> None:
    town.dispute("3 hub registered", "1 hub diverted>union", "4 union accepted")
    told = {each["step"]: each for each in report(town)["days"]}
    assert (told["reception"]["count"], told["reception"]["unknown"]) == (0, 1)
    assert (told["triage"]["count"], told["triage"]["most"]) == (1, 3)


def test_nothing_at_all_is_told_as_nothing(town: Town) -> None:
    told = report(town)
    assert (told["visits"]["visits"], told["outcomes"]["rate"], told["workload"]) == (0, None, [])
    assert "没有" in drawn(told)


def test_a_registration_whose_time_is_over_is_unknown_and_still_counted(town: Town) -> None:
    town.dispute(*TAKEN)
    town.hub.vault.destroy(dispute_town.BUCKET)
    told = report(town)["visits"]
    assert (told["visits"], told["cases"], told["persons_unknown"]) == (1, 1, 1)
    assert told["rows"][0]["kind"] == ""


def test_a_registration_that_somebody_has_changed_is_not_passed_over(town: Town) -> None:
    """Gone is one thing, broken another."""
    town.dispute(*TAKEN)
    with town.hub.store.write() as connection:
        connection.exec_driver_sql("UPDATE document SET sealed=zeroblob(200)")
        assert document_rows.has_documents(connection)
    with pytest.raises(Exception, match=r"vault\."):
        report(town)


def test_events_that_the_ladder_does_not_know_are_told(town: Town) -> None:
    town.dispute(*TAKEN)
    with town.hub.store.write() as connection:
        connection.exec_driver_sql("UPDATE dispute_event SET name='forgotten' WHERE seq=2")
    told = report(town)
    assert told["strange"] == 2, "and what can't follow without it"
    assert "对不上" in drawn(told)


def drawn(told: dict[str, Any], *, named: bool = True) -> str:
    sections = list(report_mediation_tables.sections(told, LADDER, named=named))
    return report_sections.markdown(report_mediation_tables.title(told), sections)


def test_the_tables_say_it_in_chinese_with_the_units_titles(lived: Town) -> None:
    text = drawn(report(lived, DAY, date(2026, 12, 31)))
    for words in (
        "2026-03-02 至 2026-12-31 登记",
        "50%（2 ÷ 4；调解中 1 件，不在分母里）",
        "涉及 17 人（另 1 件没有写明人数）",
        "| 示例总工会 | 调解期限 | 5 | 0 | 1 | 0 |",
        "| 示例联调中心 | 7 | 6 | 1 |",
        f"| {lived.numbers[-1]} | 不准未经同意移送材料 | 示例法院 | 分流 | 2026-06-01 |",
        "收到调解申请：调解期限期满，仍未办",
        "当事人",
        "成功率＝达成调解协议的",
    ):
        assert words in text, words


def test_nobody_is_in_it(lived: Town) -> None:
    told = report(lived)
    text = json.dumps(told, ensure_ascii=False) + drawn(told)
    assert len(lived.personal()) > 60
    assert [each for each in lived.personal() if each in text] == []


def test_a_page_for_others_has_no_numbers(lived: Town) -> None:
    text = drawn(report(lived), named=False)
    assert "LT-" not in text and "LT-" in drawn(report(lived))
