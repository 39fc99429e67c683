"""The embedded run tells a mistake of its user's in a line and what to do, like every command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.airflow
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("matter", "var", "told"),
    [("newborm", "", "[site.no-matter]"), ("newborn", "nowhere", "[store.not-initialised]")],
)
def test_a_slip_is_told_without_a_traceback(
    office: Any, tmp_path: Path, matter: str, var: str, told: str
) -> None:
    env = os.environ | office.district.env | {"AIRFLOW_HOME": str(tmp_path / "airflow")}
    if var:
        env["ZHIDA_VAR"] = str(tmp_path / var)
        (tmp_path / var).mkdir(mode=0o700)
    words = [sys.executable, "-m", "zhida.airflow.once", matter]
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode not in (0, 1), "as the other commands: its own code, no defect"
    assert told in done.stderr
    assert "Traceback" not in done.stderr
