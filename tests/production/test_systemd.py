"""The systemd units run what the compose files run, with the same settings, in other places."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sandbox.process import ROOT

FOLDER = ROOT / "docker/systemd"
UNITS = sorted(FOLDER.glob("*.service"))
ONLY_IN_CONTAINERS = {"AIRFLOW__DATABASE__SQL_ALCHEMY_POOL_SIZE", "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES"}  # fmt: skip
"""Sizes: each site's own."""


def services() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker/compose.yaml")["services"]
    return found


def unit(file: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(file.read_text("utf-8"))
    return parser["Service"]


def environment() -> dict[str, str]:
    """As a shell reads it, which must be as systemd does."""
    script = f"env -i bash -c 'set -a; . {FOLDER / 'zhida.env'}; set +a; env -0'"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    told = dict(each.split("=", 1) for each in done.stdout.split("\0") if "=" in each)
    return {name: value for name, value in told.items() if name not in ("PWD", "SHLVL", "_")}


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.stem)
def test_it_runs_what_the_container_runs(file: Path) -> None:
    told = unit(file)
    words = told["ExecStart"].removeprefix("/opt/zhida/venv/bin/").split()
    theirs = services()[file.stem.removeprefix("zhida-")]["command"]
    assert words == [str(w).replace("0.0.0.0", "127.0.0.1") for w in theirs]
    assert (told["KillMode"], told["User"], told["UMask"]) == ("control-group", "zhida", "0027")


def test_the_settings_are_the_containers() -> None:
    mine, theirs = environment(), services()["scheduler"]["environment"]
    assert set(theirs) - ONLY_IN_CONTAINERS <= set(mine)
    same = [n for n in theirs if n.startswith(("AIRFLOW__SCHEDULER", "AIRFLOW__WORKERS"))]
    assert {n: mine[n] for n in same} == {n: str(theirs[n]) for n in same}
    assert (
        json.loads(mine["AIRFLOW__SECRETS__BACKEND_KWARGS"])["connections_file_path"]
        == (mine["ZHIDA_CONNECTIONS"])
    )
    assert mine["AIRFLOW__CORE__FERNET_KEY_CMD"] == "cat /etc/zhida/secrets/fernet_key"


def test_every_file_of_a_secret_is_one_that_the_script_makes_or_asks_for(tmp_path: Path) -> None:
    named = set(
        re.findall(r"/etc/zhida/secrets/(\S+?)['\"]*$", (FOLDER / "zhida.env").read_text(), re.M)
    )
    named |= set(re.findall(r"/run/secrets/([\w.]+)", (ROOT / "docker/compose.yaml").read_text()))
    script = [str(ROOT / "docker/make-secrets.sh"), str(tmp_path)]
    done = subprocess.run(script, capture_output=True, text=True, check=True)
    made = {file.name for file in tmp_path.iterdir()}
    assert {n.strip("'\"}") for n in named} - made == {"key_password", "connections.json"}
    assert "key_password" in done.stderr
    assert "connections.json" in done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_has_nothing_against_them(tmp_path: Path) -> None:
    for file in (*UNITS, FOLDER / "zhida.target"):
        text = file.read_text("utf-8").replace("ExecStart=/opt", "ExecStart=/bin/true /opt")
        (tmp_path / file.name).write_text(text, "utf-8")
    words = ["systemd-analyze", "verify", *(str(tmp_path / file.name) for file in UNITS)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert ours == []
