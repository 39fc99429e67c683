"""``zhida sync`` on the sandbox's own two databases, as the how-to goes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange.errors import Invalid
from sandbox import pki, syncs
from zhida import site_check, sync_run_cli
from zhida.cli import app


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "syncs"
    syncs.lay(folder)
    monkeypatch.setenv("ZHIDA_SITE", str(folder / "site"))
    monkeypatch.setenv("ZHIDA_VAR", str(folder / "var"))
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", pki.secrets_of(folder)["hub"])
    monkeypatch.delenv("ZHIDA_STORE_URL", raising=False)
    for name in ("SYNC_REGISTRY", "SYNC_LICENSING"):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", '{"conn_type": "generic"}')
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    return folder


def zhida(*words: str) -> tuple[int, Any]:
    done = CliRunner().invoke(app, ["sync", *words, "--json"])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, json.loads(done.stdout)


def test_a_newcomer_s_walk(place: Path) -> None:
    assert [row for row in site_check.check_site() if not row["ok"]] == []
    code, [done] = zhida("run", "firms")
    assert (code, done["state"], done["counts"]["applied"]) == (0, "done", 500)
    syncs.change(place)
    code, [done] = zhida("run", "firms")
    counts = done["counts"]
    assert (code, counts["read"], counts["applied"], counts["invalid"]) == (1, 522, 26, 1)
    code, [told] = zhida("status", "firms")
    assert code == 0
    assert (told["state"], told["is_fresh"], told["is_exact"], told["rows"]) == (
        "done",
        True,
        True,
        522,
    )
    assert told["held"] == [{"kind": "invalid", "code": "mapping.not-a-date", "count": 1}]
    _, [row] = zhida("held", "firms")
    assert (row["code"], "row" in row, "示例" in str(row)) == ("mapping.not-a-date", False, False)
    _, [row] = zhida("held", "firms", "--show-values")
    assert row["row"]["CLRQ"] == "20260231"
    assert zhida("held", "firms", "--code", "sync.no-mark") == (0, [])
    code, [told] = zhida("diff", "firms")
    assert (code, told["is_equal"], told["invalid"], told["target_rows"]) == (0, True, 1, 521)

    code, _ = zhida("list")
    assert code == 0


def other(*words: str) -> Any:
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_catalogue_and_its_reports_know_what_syncs_promise_and_give(place: Path) -> None:
    [before] = [r for r in other("report", "freshness")["resources"] if r["promise_s"]]
    assert (before["verdict"], before["told_by"]) == ("never", "syncs/firms.yaml")
    zhida("run", "firms")
    syncs.change(place)
    zhida("run", "firms")
    [found] = [r for r in other("report", "freshness")["resources"] if r["promise_s"]]
    assert (found["verdict"], found["promise_s"]) == ("within", 86_400)
    zhida("run", "firms")  # finds nothing new: no batch goes, and yet the data are as new as that
    [again] = [r for r in other("report", "freshness")["resources"] if r["promise_s"]]
    assert again["as_of"] > found["as_of"]
    [agreement] = other("report", "agreements")["agreements"]
    assert (agreement["state"], agreement["used"], agreement["never_given"]) == ("used", 2, [])
    traced = other("report", "agreements", "--trace", "registry-to-licensing")
    assert [row["kind"] for row in traced] == ["sync-batch"] * 2
    [told] = other("catalogue", "show", "firm-register")
    assert [(s["way"], s["name"], s["documents"]) for s in told["systems"]] == [
        ("sync", "firms", 2)
    ]


def test_reports_name_a_sync_that_stands_before_its_data_are_old(place: Path) -> None:
    zhida("run", "firms")
    assert [
        each for each in other("report", "freshness")["todo"] if "定时同步" in each["what"]
    ] == []
    syncs.change(place)
    zhida("run", "firms")
    with sqlite3.connect(place / "registry-database.db") as connection:
        connection.execute("ALTER TABLE T_QYDJ RENAME COLUMN QYMC TO MC")
    zhida("run", "firms")
    for told in (other("report", "freshness"), other("catalogue", "list")):
        stands, held = (each for each in told["todo"] if "定时同步" in each["what"])
        assert "sync.column-gone" in stands["what"] and "incident list" in stands["do"]
        assert "1 行没有写入" in held["what"] and "sync held firms" in held["do"]
        assert stands["who"] == held["who"] and "市场监管" in stands["who"]
    zhida("pause", "firms")
    paused, _ = (e for e in other("report", "freshness")["todo"] if "定时同步" in e["what"])
    assert paused["do"] == "zhida sync resume firms"


def test_a_paused_sync_does_nothing_until_it_is_resumed(place: Path) -> None:
    assert zhida("pause", "firms")[1] == {"sync": "firms", "paused": True}
    _, [done] = zhida("run", "firms")
    assert (done["state"], done["counts"]["read"]) == ("paused", 0)
    assert zhida("status")[0] == 1
    zhida("resume", "firms")
    _, [done] = zhida("run", "firms")
    assert done["state"] == "done"


def test_what_stops_a_run_is_told_and_is_an_incident_until_it_is_well(place: Path) -> None:
    zhida("run", "firms")
    register = place / "registry-database.db"
    with sqlite3.connect(register) as connection:
        connection.execute("ALTER TABLE T_QYDJ RENAME COLUMN QYMC TO MC")
    code, [done] = zhida("run", "firms")
    assert (code, done["state"], done["code"]) == (1, "failed", "sync.column-gone")
    incidents = CliRunner().invoke(app, ["incident", "list", "--json"])
    assert [each["code"] for each in json.loads(incidents.stdout)] == ["sync.column-gone"]
    with sqlite3.connect(register) as connection:
        connection.execute("ALTER TABLE T_QYDJ RENAME COLUMN MC TO QYMC")
    assert zhida("run", "firms")[0] == 0
    assert json.loads(CliRunner().invoke(app, ["incident", "list", "--json"]).stdout) == []


def test_a_slip_is_answered_with_the_nearest_name(place: Path) -> None:
    for words, code in (
        (["run", "firm"], r"sync\.unknown"),
        (["run", "firms", "--target", "x"], r"sync\.no-target"),
        (["run", "firms", "--accept", "drops"], r"sync\.accept"),
    ):
        with pytest.raises(Invalid, match=code):
            zhida(*words)


@pytest.mark.usefixtures("place")
def test_a_span_without_rows_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    zhida("run", "firms")
    sync_run_cli.backfill("firms", "2019-01-01", "2019-01-02")
    assert "这一段没有行" in capsys.readouterr().out


def test_a_backfill_begins_no_incident_and_ends_none(place: Path) -> None:
    zhida("run", "firms")
    code, [done] = zhida("backfill", "firms", "--from", "2026-02-29", "--to", "2026-03-01")
    assert (code, done["code"], incidents()) == (1, "sync.no-span", [])
    with sqlite3.connect(place / "registry-database.db") as registry:
        registry.execute("DELETE FROM T_QYDJ WHERE TYSHXYDM > '91320117MA00000100'")
    code, [done] = zhida("run", "firms")
    assert (code, done["code"], len(incidents())) == (1, "sync.dropped", 1)
    code, [done] = zhida("backfill", "firms", "--from", "2026-01-01", "--to", "2100-01-01")
    assert (code, done["state"], len(incidents())) == (0, "done", 1)
    assert zhida("run", "firms", "--accept", "drop")[0] == 0
    assert incidents() == []


def incidents() -> list[dict[str, Any]]:
    done = CliRunner().invoke(app, ["incident", "list", "--json"])
    return list(json.loads(done.stdout))
