"""``python -m sandbox``: a district that outlives the command."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.process import ROOT


def _run(action: str, directory: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", action, "--dir", str(directory), "--no-signer"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_up_status_down(tmp_path: Path) -> None:
    try:
        up = _run("up", tmp_path)
        assert up.returncode == 0, up.stderr
        pids = json.loads((tmp_path / "pids.json").read_text())
        assert set(pids) == {"oa", "police", "insurance", "hospital"}
        status = _run("status", tmp_path)
        assert (status.returncode, status.stdout.count("运行")) == (0, 4)
        assert _run("up", tmp_path).returncode == 1
    finally:
        down = _run("down", tmp_path)
    assert (down.returncode, down.stdout) == (0, "已停止 stopped: 4\n")
    assert _run("down", tmp_path).stdout == "没有运行 nothing runs\n"
    for system, numbers in json.loads((tmp_path / "ports.json").read_text()).items():
        for port in numbers.values() if system in pids else ():
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port))
    assert _run("status", tmp_path).returncode == 1


def test_the_env_file_can_be_sourced(tmp_path: Path) -> None:
    try:
        assert _run("up", tmp_path).returncode == 0
        file = tmp_path / "env.sh"
        assert file.stat().st_mode & 0o777 == 0o600
        shell = ["sh", "-c", f'. {file} && printf %s "$AIRFLOW_CONN_POLICE"']
        text = subprocess.run(shell, capture_output=True, text=True, check=True).stdout
        assert json.loads(text)["host"] == "127.0.0.1"
    finally:
        _run("down", tmp_path)
