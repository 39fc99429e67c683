"""``zhida report freshness | agreements | clock``: the first line matters, then who is to do what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange.errors import Invalid, Rejected
from exchange.store import case_rows, clock_rows, objection_rows
from exchange.store.clock_rows import ClockRow
from exchange.store.objection_rows import ObjectionRow
from tests.zhida.catalogue_site import Place, ago, place
from zhida import cli, report_agreements, report_clocks_view, report_freshness, report_saving
from zhida.report_sections import Section

FRESH = "resources:\n  - {document: birth-record, provider: hospital, fresh: 1 day}\n"
FIELDS = ["/mother/name", "/certificate/number"]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    found = place(tmp_path)
    yield found
    found.store.close()


def run(here: Place, *command: str) -> Any:
    return CliRunner().invoke(cli.app, ["report", *command], env=here.env)


# --- freshness ----------------------------------------------------------------------------------


def test_how_new_the_data_was_when_it_was_used(here: Place) -> None:
    here.write("catalogue.yaml", FRESH)
    old = here.document("birth-record", "hospital", "his", ago(days=9))
    new = here.document("birth-record", "hospital", "his", ago(days=2))
    here.transfer("hospital-to-police", old, FIELDS, ago(days=5))
    here.transfer("hospital-to-police", new, FIELDS, ago(days=1, hours=12))
    told = report_freshness.told(here.catalogue())
    [row] = [each for each in told["resources"] if each["resource"] == "hospital/birth-record"]
    assert (row["used"], row["within"], row["verdict"]) == (2, 1, "late")
    assert "1 项超出" in told["headline"] and "50% 在承诺以内" in told["headline"]
    assert "医院" in told["todo"][0]["who"]


def test_a_site_without_promises_is_told_where_to_write_them(here: Place) -> None:
    told = report_freshness.told(here.catalogue())
    assert "catalogue.yaml" in told["headline"] and told["todo"] == []


def test_a_figure_of_freshness_is_followed_to_the_ledger(here: Place) -> None:
    here.write("catalogue.yaml", FRESH)
    made = here.document("birth-record", "hospital", "his", ago(days=2))
    note = here.transfer("hospital-to-police", made, FIELDS, ago(days=1))
    rows = report_freshness.trace(here.catalogue(), "hospital/birth-record")
    assert [(row["ref"], row["seq"]) for row in rows] == [(made, 0), (note, 1)]
    assert rows[1]["value"] == 86400
    with pytest.raises(Rejected, match=r"report\.no-figure"):
        report_freshness.trace(here.catalogue(), "hospital/birth-recrod")


# --- agreements ---------------------------------------------------------------------------------


def state(here: Place, name: str = "hospital-to-police") -> dict[str, Any]:
    told = report_agreements.told(here.catalogue())
    return next(row for row in told["agreements"] if row["agreement"] == name)


def test_an_agreement_in_use_tells_which_fields_never_went(here: Place) -> None:
    made = here.document("birth-record", "hospital", "his", ago(days=2))
    here.transfer("hospital-to-police", made, FIELDS, ago(days=1))
    row = state(here)
    assert (row["state"], row["used"]) == ("used", 1)
    assert "/mother/name" not in row["never_given"] and "/child/sex" in row["never_given"]


def test_one_that_ends_soon_names_both_units_and_the_day(here: Place) -> None:
    file = here.folder / "agreements" / "hospital-to-police.yaml"
    file.write_text(file.read_text("utf-8").replace("2028-12-31", "2026-04-30"), "utf-8")
    told = report_agreements.told(here.catalogue())
    assert state(here)["state"] == "ending" and "快到期 1 份" in told["headline"]
    [todo] = [each for each in told["todo"] if "2026-04-30" in each["what"]]
    assert "还有 41 天" in todo["what"] and "公安" in todo["who"]


def test_nobody_uses_it_and_one_has_ended(here: Place) -> None:
    assert state(here)["state"] == "idle"
    file = here.folder / "agreements" / "hospital-to-police.yaml"
    file.write_text(file.read_text("utf-8").replace("2028-12-31", "2026-03-19"), "utf-8")
    assert state(here)["state"] == "ended"


def test_items_that_stand_still_for_want_of_an_agreement_come_first(here: Place) -> None:
    case = here.case("c1", ago(days=1))
    with here.store.write() as connection:
        told = {"state": "parked", "code": "agreement.expired"}
        case_rows.set_item(connection, case, "household", told)
    told = report_agreements.told(here.catalogue())
    assert "停住的事项 1 件" in told["headline"]
    assert "agreement.expired" in told["todo"][0]["what"]


def test_the_transfers_under_an_agreement_are_in_the_ledger(here: Place) -> None:
    made = here.document("birth-record", "hospital", "his", ago(days=2))
    note = here.transfer("hospital-to-police", made, FIELDS, ago(days=1))
    rows = report_agreements.trace(here.catalogue(), "hospital-to-police")
    assert [row["ref"] for row in rows] == [note]


# --- clock --------------------------------------------------------------------------------------


def period(here: Place, name: str, begins: date, state: str = "sent", at: str = "") -> None:
    here.case(name, ago(days=60))
    told = {"state": state, "updated_at": at or ago(days=1)}
    with here.store.write() as connection:
        clock_rows.put(connection, ClockRow(name, "household", "newborn", begins.isoformat(), ""))
        case_rows.set_item(connection, name, "household", told)


def test_who_is_late_by_law_is_named_with_the_oldest_case(here: Place) -> None:
    period(here, "c-late", date(2026, 1, 21))  # one month: 21 February, a Saturday; 24 February
    period(here, "c-near", date(2026, 2, 21))  # 23 March, the Monday after a Saturday
    period(here, "c-late-done", date(2026, 1, 5), "applied", ago(days=2))
    period(here, "c-in-time", date(2026, 3, 1), "applied")
    told = report_clocks_view.told(here.watch())
    [row] = [each for each in told["items"] if each["item"] == "household"]
    assert (row["overdue"], row["near"], row["late"]) == (["c-late"], ["c-near"], ["c-late-done"])
    assert (row["running"], row["decided"], row["unknown"]) == (2, 2, 0)
    assert told["headline"].startswith("在办的法定期限 2 个，逾期 1，临近 1")
    assert "c-late" in told["todo"][0]["do"] and "公安" in told["todo"][0]["who"]


def test_what_was_not_needed_has_no_clock(here: Place) -> None:
    period(here, "c1", date(2026, 1, 5), "skipped")
    assert report_clocks_view.told(here.watch())["items"] == []


def test_a_year_without_holidays_is_unknown_not_in_time(here: Place) -> None:
    matter = here.folder / "matters" / "newborn.yaml"
    text = matter.read_text("utf-8")
    assert "1 month" in text
    matter.write_text(text.replace("1 month", "20 working days"), "utf-8")
    period(here, "c1", date(2034, 1, 5))
    told = report_clocks_view.told(here.watch())
    [row] = [each for each in told["items"] if each["item"] == "household"]
    assert row["unknown"] == 1 and "末日未知 1" in told["headline"]


def test_a_doubt_that_nobody_answered_in_time(here: Place) -> None:
    row = ObjectionRow(
        "o1", "d1", "c1", "hospital", "public-security", "/mother/name", ago(days=30), ago(days=1),
        "open", "", "",
    )  # fmt: skip
    with here.store.write() as connection:
        objection_rows.put(connection, row)
    told = report_clocks_view.told(here.watch())
    assert "待办的校核 1 件，逾期 1" in told["headline"]
    assert "zhida objection answer o1" in told["todo"][0]["do"]


def test_a_period_is_followed_to_its_cases_entries(here: Place) -> None:
    period(here, "c-late", date(2026, 1, 21))
    rows = report_clocks_view.trace(here.watch(), "newborn/household")
    assert [(row["value"], row["kind"], row["case"]) for row in rows] == [
        ("逾期在办", "case-opened", "c-late")
    ]


# --- all of them --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["freshness", "agreements", "clock"])
def test_at_the_terminal_as_json_and_as_files(here: Place, tmp_path: Path, name: str) -> None:
    told = json.loads(run(here, name, "--json").stdout)
    assert {"headline", "todo", "at"} <= told.keys()
    done = run(here, name, "-o", str(tmp_path / "r.docx"))
    assert done.exit_code == 0 and done.stdout.startswith(told["headline"][:6]), done.output
    assert (tmp_path / "r.docx").read_bytes().startswith(b"PK")


def test_a_trace_at_the_terminal(here: Place) -> None:
    made = here.document("birth-record", "hospital", "his", ago(days=2))
    here.transfer("hospital-to-police", made, FIELDS, ago(days=1))
    done = run(here, "agreements", "--trace", "hospital-to-police", "--days", "3660", "--json")
    assert [row["kind"] for row in json.loads(done.stdout)] == ["transfer"]


def test_an_ending_that_we_do_not_write(tmp_path: Path, here: Place) -> None:
    report = report_saving.Report("报表", "要点", [Section("表", {"n": "数"}, [])], here.now)
    with pytest.raises(Invalid, match=r"report\.ending"):
        report_saving.save(tmp_path / "r.pdf", report)
    assert list(tmp_path.glob("r.*")) == []
