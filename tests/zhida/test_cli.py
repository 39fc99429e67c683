"""The command: quick to start, telling when something is wrong, JSON for programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from exchange.errors import Forbidden
from zhida import cli, usage

if TYPE_CHECKING:
    from conftest import Town


def zhida(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ZHIDA_", "AIRFLOW"))}
    return subprocess.run(
        [sys.executable, "-m", "zhida", *words],
        env=clean | (env or {}),
        capture_output=True,
        text=True,
        check=False,
    )


def told(town: Town, *words: str) -> Any:
    done = zhida(*words, "--json", env=town.district.env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_help_imports_neither_airflow_nor_wires_nor_the_store() -> None:
    probe = "import sys, zhida.cli; print([m for m in ('airflow', 'zeep', 'sqlalchemy', 'lxml', 'polars') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_a_site_the_remedy_is_told_and_the_exit_code_says_configuration() -> None:
    done = zhida("case", "list")
    assert done.returncode == 78
    assert "ZHIDA_SITE" in done.stderr
    assert "→" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_error_names_units_by_title_and_where_no_site_can_be_read_by_name(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        raise Forbidden("agreement.expired", agreement="a", until="2026-01-01", receiver="hospital")

    monkeypatch.setattr(usage, "run", fail)
    monkeypatch.setenv("COLUMNS", "200")
    for folder, said in (
        (town.district.env["ZHIDA_SITE"], "妇幼保健院（hospital）"),
        ("x", "hospital"),
    ):
        monkeypatch.setenv("ZHIDA_SITE", folder)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert (ended.value.code, said in capsys.readouterr().err) == (77, True)


def test_an_unknown_command_is_a_usage_error() -> None:
    assert zhida("cas", "list").returncode == 2


def test_a_case_is_listed_and_shown_with_who_got_what(town: Town) -> None:
    town.bear(801)
    town.sweep()
    [newest, *_] = told(town, "case", "list")
    shown = told(town, "case", "show", newest["case"][:16], "--numbers")
    assert [item["state"] for item in shown["items"]] == ["applied"] * 4
    numbers = {item["item"]: item["reference"] for item in shown["items"]}
    assert numbers["household"] and numbers["insurance"]
    [unasked, *_] = told(town, "case", "show", newest["case"][:16])["items"]
    assert "reference" not in unasked
    police = [t for t in shown["transfers"] if t["to"] == "public-security"]
    assert {t["from"] for t in police} == {"hospital", "service-window"}
    assert "/child/weight_g" in next(t for t in police if t["from"] == "hospital")["withheld"]


def test_the_ledger_is_verified_and_its_head_shown(town: Town) -> None:
    verified = told(town, "ledger", "verify")
    head = told(town, "ledger", "head")
    assert verified["problems"] == []
    assert verified["entries"] == head["size"]


def test_the_head_is_printed_in_one_line_so_that_a_witness_can_keep_it(town: Town) -> None:
    done = zhida("ledger", "head", env=town.district.env | {"COLUMNS": "80"})
    assert done.stdout.rstrip("\n") == told(town, "ledger", "head")["head"]


def test_a_lost_look_up_key_stops_everything(town: Town) -> None:
    key = town.district.directory / "hub/keys/lookup.key"
    aside = key.with_suffix(".aside")
    key.rename(aside)
    try:
        done = zhida("sweep", "newborn", env=town.district.env)
    finally:
        aside.rename(key)
    assert done.returncode == 78
    assert "vault.lookup-lost" in done.stderr


def test_a_wrong_moment_is_a_usage_error_and_not_a_verdict() -> None:
    assert zhida("evidence", "verify", "x.zip", "--at", "yesterday").returncode == 64


def test_check_goes_through_every_step(town: Town) -> None:
    rows = told(town, "check")
    assert all(row["ok"] for row in rows)
    assert len(rows) >= 7


def test_check_names_a_wrong_option_by_file_and_line(town: Town) -> None:
    path = town.district.directory / "site/systems/police.yaml"
    text = path.read_text("utf-8")
    try:
        path.write_text(text.replace("settle_s:", "setle_s:"), "utf-8")
        done = zhida("check", "--json", env=town.district.env)
    finally:
        path.write_text(text, "utf-8")
    assert done.returncode == 1
    [row] = [row for row in json.loads(done.stdout) if not row["ok"]]
    assert row["code"] == "file.unknown-key"
    assert "settle_s" in row["what"]


def test_check_looks_at_systems_that_no_item_uses(town: Town) -> None:
    path = town.district.directory / "site/systems/drop.yaml"
    told = "system: drop\ntitle: 目录\nunit: hub\nadapter: feed\nconnection: drop\n"
    try:
        path.write_text(told + "options: {wire: files, streams: {}}\n", "utf-8")
        done = zhida("check", "--json", env=town.district.env)
    finally:
        path.unlink()
    assert done.returncode == 1
    wrong = [row for row in json.loads(done.stdout) if not row["ok"]]
    assert {(row["step"], row["code"]) for row in wrong} == {("系统 目录", "file.schema")}


def test_agreements_and_matters_are_told(town: Town) -> None:
    assert {a["agreement"] for a in told(town, "agreements")} >= {"hospital-to-police"}
    wide = town.district.env | {"COLUMNS": "240"}
    shown = zhida("agreements", env=wide).stdout
    assert "妇幼保健院" in shown and "出生记录" in shown and "hospital-to-police" in shown
    assert told(town, "matter", "list") == [
        {"matter": "newborn", "title": "新生儿出生一件事", "items": 4}
    ]


def test_replay_refuses_what_is_not_parked(town: Town) -> None:
    town.bear(802)
    town.sweep()
    case = told(town, "case", "list")[0]["case"]
    done = zhida("parked", "replay", case, "household", env=town.district.env)
    assert done.returncode == 65
    assert "replay.not-parked" in done.stderr


def test_the_version_is_told() -> None:
    done = zhida("--version")
    assert (done.returncode, done.stdout) == (0, "zhida 0.1.0\n")
