"""The tutorial's street: one command after another, and nothing runs on after the last."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sandbox.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]


def street(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "sandbox.street", *words, "--dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_people_apply_while_it_runs_and_all_of_it_ends(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg")
    try:
        assert "前置库账号" in street(tmp_path, "up")
        assert server.find()
        assert "共 2 件" in street(tmp_path, "apply", "2")
        assert "共 3 件" in street(tmp_path, "apply", "1")
        log = (tmp_path / "pg" / "postgres.log").read_text("utf-8")
        assert "already exists" not in log
    finally:
        street(tmp_path, "down")
        still = server.find()
        server.destroy()
    assert not still
