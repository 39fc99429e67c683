"""``zhida doctor``: embedded, with no Airflow at all; its words, its exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.zhida.endpoint import Endpoint
from zhida import doctor
from zhida.cli import app

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    found = Endpoint(tmp_path / "d", {})
    found.hub.close()
    for name in [each for each in os.environ if each.startswith(("AIRFLOW", "ZHIDA"))]:
        monkeypatch.delenv(name)
    for name, value in found.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "200")
    return found


def run(*words: str) -> Result:
    done = CliRunner().invoke(app, ["doctor", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def rows(*words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(*words, "--json").stdout)
    return found


def test_embedded_and_well(place: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("--lock", str(ROOT / "requirements.lock"))
    assert done.exit_code == 0, done.stdout
    assert "没有：嵌入式运行" in done.stdout
    assert "收回" in done.stdout
    told = rows()
    assert {row["part"] for row in told} == {
        *("versions", "site", "machine", "store", "keys"),
        *("trust", "through", "clock", "broker", "airflow"),
    }
    assert {row["state"] for row in told} == {"good", "open"}


def test_what_to_see_to_is_one_and_what_is_bad_is_two(
    place: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.site / "keys/hub.key").chmod(0o640)
    done = run()
    assert done.exit_code == 1
    assert "chmod g-rwx" in done.stdout
    assert run("--quick").exit_code == 0  # a container is not restarted for it
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", "wrong")
    assert run().exit_code == 2
    assert run("--quick").exit_code == 1


def test_a_head_that_this_account_can_t_keep_outside_is_told(place: Endpoint) -> None:
    """Another account made the file; here a folder lies in its place, for root may write anything."""
    assert run().exit_code == 0
    [file] = (tmp for tmp in Path(os.environ["ZHIDA_VAR"]).glob("ledger-head-*.jws"))
    file.unlink()
    file.mkdir()
    [told] = [row for row in rows() if row["code"]]
    assert (told["title"], told["code"], told["state"]) == (
        "库外的树头",
        "doctor.last-head",
        "note",
    )


def test_whatever_ails_one_part_the_others_are_told(
    place: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", "wrong")
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://127.0.0.1:1")
    told = {(row["part"], row["title"]): row for row in rows()}
    assert told["keys", "中枢"]["code"] == "site.bad-key"
    assert told["store", "库表版本"]["state"] == "good"
    assert told["airflow", "界面和各部分"]["code"] == "doctor.airflow-silent"
    assert all(row["remedy"] for row in told.values() if row["code"])


def test_a_file_of_airflows_that_is_broken(
    place: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "airflow.cfg").write_text("no section\n")
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    assert [r["code"] for r in rows() if r["part"] == "airflow"] == ["doctor.airflow-file"]


def test_without_a_site_versions_and_airflow_are_told(
    place: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIDA_SITE", str(place.folder / "nowhere"))
    assert {row["part"] for row in rows()} == {"versions", "site", "airflow"}


def test_peers_are_those_over_http(place: Endpoint) -> None:
    from zhida import site

    assert doctor._peers(site.load(place.site)) == {}
