"""What ``zhida report grants`` tells of a town whose awards went different ways, and of very many."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange.errors import Rejected
from exchange.store.grant_paid_rows import Paid
from exchange.store.grant_report_rows import Scope
from matters import working_days
from matters.award_classes import CLASSES
from matters.policy import Baseline, Budget, Material, Policy
from sandbox import pki
from tests.conftest import FULL
from tests.zhida import grant_history, grant_town
from tests.zhida.grant_night import fixed
from tests.zhida.grant_town import YES, Town, firms
from zhida import (
    policy_find,
    report_grant_gain,
    report_grants,
    report_grants_findings,
    report_grants_tables,
    report_grants_trace,
    report_sections,
)
from zhida.cli import app
from zhida.report_days import Spans
from zhida.report_findings import Finding
from zhida.report_grant_figures import Figures
from zhida.watch import Watch

BEFORE = Baseline(date(2020, 12, 31), 6, 40, ("申请表", "证书", "承诺书", "执照"), "虚构")
NOW = (Material("证书", ("hi_tech",)), Material("承诺书", ()))
UNASKED = fixed(baseline=BEFORE, materials=NOW, budget=Budget(2_000_00, "first-come"))
APPLIED = fixed("apply", mode="on-application", confirm="none", publicity=0, baseline=BEFORE)
KNOWN = {policy.name: policy for policy in (UNASKED, APPLIED)}
ACCOUNT = {
    "name": "示例",
    "account": "6222020000001",
    "bank_cnaps": "102301000011",
    "source": "social-insurance",
}


@pytest.fixture(scope="module")
def lived(site_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Read by several tests; whoever changes it puts it back."""
    with grant_town.beside(site_folder, tmp_path_factory.mktemp("lived")) as found:
        live(found)
        yield found


@contextmanager
def written(town: Town, column: str, value: object, where: str) -> Iterator[None]:
    """Somebody has written into the awards; what was there comes back."""
    table, name = column.split(".")
    with town.hub.store.write() as connection:
        before = list(connection.exec_driver_sql(f"SELECT id, {name} FROM {table} WHERE {where}"))
        connection.exec_driver_sql(f"UPDATE {table} SET {name}='{value}' WHERE {where}")
    assert before
    yield
    with town.hub.store.write() as connection:
        for identifier, old in before:
            connection.exec_driver_sql(f"UPDATE {table} SET {name}='{old}' WHERE id='{identifier}'")


def report(town: Town, known: dict[str, Policy] | None = None, **only: Any) -> dict[str, Any]:
    watch = Watch(town.hub.site, town.hub.store, town.clock)
    return report_grants.report(watch, KNOWN if known is None else known, **only)


def of(told: dict[str, Any], policy: str) -> dict[str, Any]:
    return next(row for row in told["policies"] if row["policy"] == policy)


def pair(awards: int, fen: int) -> dict[str, int]:
    return {"awards": awards, "fen": fen}


def live(town: Town) -> None:
    """One is paid at once, one after a return, one finance has nothing for; one never answers, one
    declines, somebody objects to one, and one is left without an amount.
    """
    town.match(UNASKED, [100_01, 200_02, 300_00, 400_00, 500_00, 600_00, 0])
    town.turn()
    town.head()
    town.turn(2)
    town.close_publicity(town.awards()[5].id)
    town.turn(2)
    silent = town.awards()[3]
    town.firm(None, where=town.awards()[4].id)
    for row in town.awards()[:3]:
        town.firm(YES, where=row.id)
    town.turn(3)
    town.review()
    town.turn(2)
    one, two, three = town.awards()[:3]
    town.treasury("refused", where=two.id)
    town.treasury("refused", "treasury.no-budget", where=three.id)
    town.treasury(where=one.id)
    town.turn(2)
    town.books.answer("ask_account", "applied", YES | {"attempt": 2})
    town.turn(3)
    town.treasury()
    town.turn(3)
    assert silent.state == "awaiting-confirmation"


def test_each_way_is_told_to_the_fen_and_adds_up(lived: Town) -> None:
    row = of(report(lived), "hi-tech")
    assert row["classes"] == {
        "paid": pair(2, 300_03),
        "waiting": pair(1, 400_00),
        "objected": pair(1, 600_00),
        "declined": pair(1, 500_00),
        "refused": pair(1, 300_00),
        "released": pair(0, 0),
        "screened-out": pair(1, 0),
    }
    assert row["matched"] == pair(7, 2_100_03)
    for word in ("awards", "fen"):
        assert sum(state[word] for state in row["states"].values()) == row["matched"][word]
    assert row["eligible"] == pair(6, 2_100_03)
    assert row["served"] == {"awards": 33, "fen": 14}
    assert row["firms"] == {"paid": 2, "eligible": 6}
    assert row["returned"] == pair(1, 200_02)
    assert row["recovered"] == pair(0, 0)
    assert row["states"]["awaiting-confirmation"] == pair(1, 400_00)


def test_steps_are_those_that_were_taken(lived: Town) -> None:
    """Head, publicity, confirmation, review, payment; an account and a payment more after a return."""
    gain = of(report(lived), "hi-tech")["gain"]
    assert gain["steps"]["after"] == {"count": 2, "median": 5, "p90": 7, "mean": 6.0, "few": True}
    assert (gain["steps"]["before"], gain["steps"]["less"]) == (6.0, 0)
    assert gain["materials"] == {"before": 4, "after": 1, "left": ["承诺书"], "less": 75}
    assert gain["working_days"]["after"]["count"] == 2


def test_who_applies_has_taken_one_step_more_and_who_is_not_asked_fewer(town: Town) -> None:
    town.match(APPLIED, [100], account=ACCOUNT)
    town.turn()
    town.head()
    town.turn(3)
    town.review()
    town.turn(2)
    town.treasury()
    town.turn(2)
    told = report(town)
    assert of(told, "apply")["gain"]["steps"]["after"]["median"] == 4  # applied, head, review, paid
    assert told["modes"]["on-application"]["classes"]["paid"] == pair(1, 100)
    assert told["modes"]["no-application"]["classes"]["paid"] == pair(0, 0)


def test_what_is_asked_back_was_paid_and_is_told_apart(lived: Town) -> None:
    which = f"id='{lived.awards()[0].id}'"
    with written(lived, "award.state", "recovered", which):
        found = of(report(lived), "hi-tech")
    assert found["classes"]["paid"] == pair(2, 300_03)
    assert (found["recovered"], found["clawback"]) == (pair(1, 100_01), pair(0, 0))
    assert (
        found["budget"]["used_fen"] == 200_02 + 400_00 + 600_00
    )  # nor who declined or was refused
    with written(lived, "award.state", "clawback", which):
        found = of(report(lived), "hi-tech")
    assert (found["recovered"], found["clawback"]) == (pair(0, 0), pair(1, 100_01))


def test_a_year_and_a_policy(town: Town) -> None:
    town.match(UNASKED, [100])
    town.match(APPLIED, [7])
    told = report(town, year=2026, policy="apply")
    assert [row["policy"] for row in told["policies"]] == ["apply"]
    assert told["total"]["matched"] == pair(1, 7)
    assert report(town, year=2025)["total"]["matched"] == pair(0, 0)


def test_a_firm_with_two_grants_is_one_firm(town: Town) -> None:
    town.match(UNASKED, [100, 200])
    town.match(APPLIED, [7])
    told = report(town)
    assert told["total"]["firms"]["eligible"] == 2
    assert told["modes"]["on-application"]["firms"]["eligible"] == 1


def test_a_policy_that_is_gone_is_still_accounted_for(town: Town) -> None:
    town.match(UNASKED, [100])
    told = report(town, {})
    assert [row["title"] for row in told["policies"]] == ["hi-tech"]
    assert told["total"]["matched"] == pair(1, 100)
    assert told["policies"][0]["gain"]["steps"]["before"] is None


def test_unknown_is_a_figure_of_its_own(town: Town) -> None:
    assert report(town)["total"]["unknown"] is None, "nobody was asked"
    grant_history.counted(town.hub.store, {"hi-tech": {"passed": 0, "failed": 3, "unknown": 9}})
    row = of(report(town), "hi-tech")
    assert (row["unknown"], row["matched"]["awards"]) == (9, 0)
    assert of(report(town), "apply")["unknown"] is None


def test_books_that_were_written_into_do_not_add_up(lived: Town) -> None:
    assert report(lived)["unbalanced"] == []
    with written(lived, "award.amount_fen", 1, "amount_fen=40000"):
        (found,) = report(lived)["unbalanced"]
    assert (found["what"], found["told"], found["found"]) == ("list-fen", 2_100_03, 1_700_04)
    with written(lived, "award_sheet.number", 9, "kind='batch'"):
        (found,) = report(lived)["unbalanced"]
    assert (found["what"], found["told"], found["found"]) == ("batch", 9, 3)


def test_a_run_has_as_many_awards_as_it_signed_decisions(town: Town) -> None:
    counts = {"hi-tech": {"passed": 2, "failed": 0, "unknown": 0, "matched": 2}}
    grant_history.counted(town.hub.store, counts)
    assert report(town)["unbalanced"] == [
        {"what": "run", "which": "hi-tech", "told": 2, "found": 0}
    ]


def test_a_state_that_nobody_knows_is_told(town: Town) -> None:
    town.match(UNASKED, [100])
    with town.hub.store.write() as connection:
        connection.exec_driver_sql("UPDATE award SET state='lost'")
    assert report(town)["unbalanced"] == [
        {"what": "state", "which": "hi-tech", "told": 1, "found": 0}
    ]


def test_many_awards_take_little_memory(town: Town) -> None:
    awards = 100_000 if FULL else 10_000
    expected = grant_history.write(town.hub.store, awards, sorted(KNOWN))
    tracemalloc.start()
    told = report(town)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < (40_000_000 if FULL else 6_000_000)
    for policy, states in expected.items():
        found = {s: (p["awards"], p["fen"]) for s, p in of(told, policy)["states"].items()}
        assert found == states
    assert told["total"]["matched"]["awards"] == awards
    after = told["total"]["gain"]["working_days"]["after"]
    assert after["count"] == sum(
        states[each][0] for states in expected.values() for each in CLASSES["paid"]
    )
    assert told["unbalanced"] == []


def test_the_first_line_and_whose_turn_it_is(lived: Town) -> None:
    watch = Watch(lived.hub.site, lived.hub.store, lived.clock)
    found = report_grants_findings.report(watch, report(lived))
    assert found.lead.startswith(
        "应兑现 6 笔 2,100.03 元，已兑现 2 笔 300.03 元（按金额 14%）；在办 1 笔 400.00 元"
    )
    todo = {each.what: each for each in found.todo if isinstance(each, Finding)}
    assert "awaiting-confirmation" in todo["待企业确认：1 笔 400.00 元"].do
    assert "公示有异议：1 笔 600.00 元" in todo
    chart = found.charts[0]
    assert (chart.names, chart.bars[0].before) == (("应兑现", "已兑现"), 0.21)


def test_each_figure_is_followed_to_the_ledger_to_the_fen(lived: Town) -> None:
    watch, scope = Watch(lived.hub.site, lived.hub.store, lived.clock), Scope()
    whole = report(lived)["total"]
    for figure in ("eligible", "paid", "waiting", "objected", "declined", "refused"):
        rows = report_grants_trace.trace(watch, figure, scope)
        told = whole["eligible"] if figure == "eligible" else whole["classes"][figure]
        assert (len(rows), sum(row["value"] for row in rows)) == (told["awards"], told["fen"])
    kinds = {row["kind"] for row in report_grants_trace.trace(watch, "paid", scope)}
    assert kinds == {"receipt"}
    with lived.hub.store.read() as connection:  # the same by SQL alone
        told = connection.exec_driver_sql(
            "SELECT count(*), sum(amount_fen) FROM award WHERE state IN ('paid','clawback','recovered')"
        ).one()
    assert tuple(told) == (2, 300_03)
    with pytest.raises(Rejected, match=r"report\.no-figure"):
        report_grants_trace.trace(watch, "payed", scope)


def test_tables_say_what_is_few_and_name_no_firm(lived: Town) -> None:
    told = report(lived)
    text = report_sections.markdown(
        report_grants_tables.title(told), list(report_grants_tables.sections(told))
    )
    for words in (
        "6 笔 2,100.03 元，6 户",
        "2 笔 300.03 元，2 户",
        "笔数 33%，金额 14%",
        "不足 5 笔，不宜据此下结论",
        "4 → 1，减 75%",
        "1 笔 200.02 元",
        "| 合计＝匹配 | 7 | 2,100.03 |",
        "2020-12-31 虚构",
        "2,000.00",
    ):
        assert words in text, words
    for number, row in zip(firms(7), lived.awards(), strict=True):
        assert number not in text and row.firm not in json.dumps(told)
    assert "示例企业" not in text


@pytest.fixture
def command(town: Town, monkeypatch: pytest.MonkeyPatch, site_folder: Path) -> Town:
    told = {"ZHIDA_SITE": town.folder / "site", "ZHIDA_VAR": town.folder / "var", "COLUMNS": 300}
    told |= {"ZHIDA_KEY_PASSWORD": pki.secrets_of(site_folder)["hub"]}
    for name, value in told.items():
        monkeypatch.setenv(name, str(value))
    known = grant_town.catalogue(*KNOWN.values())
    monkeypatch.setattr(policy_find, "catalogue", lambda _: known)
    return town


def zhida(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["report", "grants", *words])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def test_the_command_writes_its_files(command: Town) -> None:
    command.match(UNASKED, [100_00])
    names = [command.folder / f"r.{end}" for end in ("html", "xlsx", "docx")]
    shown = zhida("--year", "2026", *(word for name in names for word in ("-o", str(name))))
    assert "奖补成效报表（2026 年决定" in shown
    assert shown.startswith("应兑现 1 笔 100.00 元，已兑现 0 笔 0.00 元")
    assert "1 笔 100.00 元" in names[0].read_text("utf-8")
    assert all(name.stat().st_size > 1000 for name in names)
    assert json.loads(zhida("--json", "--policy", "apply"))["total"]["matched"] == pair(0, 0)


def test_the_command_fails_where_books_do_not_add_up(command: Town) -> None:
    command.match(UNASKED, [100_00])
    command.turn()
    with command.hub.store.write() as connection:
        connection.exec_driver_sql("UPDATE award_sheet SET number=5")
    assert "grant.unbalanced" in zhida(code=1)


def test_a_policy_that_is_misspelt_is_answered_with_the_nearest(command: Town) -> None:
    done = CliRunner().invoke(app, ["report", "grants", "--policy", "hi-tec"])
    assert done.exit_code != 0
    assert (
        getattr(done.exception, "facts", {}).get("nearest") == "hi-tech" or "hi-tech" in done.output
    )


def test_a_matter_of_grants_is_still_reported_by_its_name_alone(command: Town) -> None:
    done = CliRunner().invoke(app, ["report", "grant-list", "--json"])
    assert json.loads(done.stdout)["matter"] == "grant-list"
    assert CliRunner().invoke(app, ["report", "grant"]).exit_code != 0


def test_the_budget_is_that_of_the_version_that_was_used_else_of_the_year(town: Town) -> None:
    (newest,) = UNASKED.versions
    old = replace(newest, name="2026", since=date(2025, 1, 1), until=date(2026, 12, 30))
    new = replace(newest, name="2027", since=date(2026, 12, 31), budget=Budget(9_00, "pro-rata"))
    known = {"hi-tech": replace(UNASKED, versions=(old, new))}
    budgets = {
        year: of(report(town, known, year=year), "hi-tech")["budget"] for year in (2024, 2025, 2026)
    }
    assert budgets[2024] is None
    assert (budgets[2025]["version"], budgets[2026]["version"]) == ("2026", "2027")
    assert (budgets[2026]["amount_fen"], budgets[2026]["used_fen"]) == (9_00, 0)
    town.match(known["hi-tech"], [500_00])
    found = of(report(town, known, year=2026), "hi-tech")["budget"]
    assert found == {
        "year": 2026, "version": "2026", "amount_fen": 2_000_00, "used_fen": 500_00, "percent": 25
    }  # fmt: skip


def test_before_counts_as_often_as_each_has_paid() -> None:
    """Three of forty days and one of twenty: thirty-five on average, against the days of all four."""
    slow, fast = replace(UNASKED, name="slow"), replace(UNASKED, name="fast")
    fast = replace(fast, baseline=replace(BEFORE, working_days=20))
    figures = Figures({}, {}, {}, {}, {}, {}, {}, 2026)
    figures.paid = {
        "slow": [Paid("slow", "2026-03-02", "2026-03-09T01", 3)],
        "fast": [Paid("fast", "2026-03-02", "2026-03-03T01", 1)],
    }
    known = {"slow": slow, "fast": fast}
    told = report_grant_gain.gain(figures, known, Spans(working_days.of(None)), ["slow", "fast"])
    days = told["working_days"]
    assert (days["before"], days["after"]["count"], days["after"]["mean"]) == (35.0, 4, 4.0)
    assert days["less"] == 88
    assert told["steps"]["before"] is None, "no step was counted of any"
