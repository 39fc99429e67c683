"""On a machine that has the signer's few libraries only: it starts, and loads nothing of the hub's."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_NEVER = ("airflow", "kombu", "amqp", "zeep", "paramiko", "polars", "psycopg", "openpyxl", "docx")
_PROGRAM = """
import sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
import zhida.signer, zhida.signer_check, zhida.signer_log, zhida.signer_new
from zhida.signer_cli import signer
loaded = {name.split(".")[0] for name in sys.modules}
print(sorted(loaded & set(sys.argv[3].split())))
sys.argv[1:] = sys.argv[4:]
signer()
"""


def locked() -> Iterator[str]:
    for line in (ROOT / "requirements-signer.lock").read_text().splitlines():
        found = re.match(r"([a-z0-9-]+)==(\S+)", line)
        if found and "win32" not in line:
            assert metadata.version(found[1]) == found[2], "not the hub's own version"
            yield found[1]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Links to what the lock names, and to nothing else."""
    folder = tmp_path_factory.mktemp("few")
    for name in locked():
        for file in metadata.files(name) or ():
            top = file.parts[0]
            if top != ".." and not (folder / top).exists():
                (folder / top).symlink_to(Path(str(metadata.distribution(name).locate_file(top))))
    return folder


def run(few: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM, str(few), str(ROOT), " ".join(_NEVER)]
    env = {"ZHIDA_SIGNER_PASSWORD": "p", "LANG": "C.UTF-8"}
    return subprocess.run([*command, *words], env=env, capture_output=True, text=True, check=False)


def test_the_lock_is_enough_and_nothing_of_the_hub_is_loaded(few: Path, tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    made = run(few, "new", "--home", home, "--unit", "hospital", "--title", "医院")
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines()[0] == "[]"
    checked = run(few, "check", "--home", home, "--json")
    rows = json.loads(checked.stdout.partition("\n")[2])
    wrong = {row["step"]: row["code"] for row in rows if not row["ok"]}
    assert wrong["本单位证书"] == "signer.no-file"  # it has not come from the authority yet
    assert {row["step"] for row in rows if row["ok"]} == {"设置", "日志"}


def test_without_the_lock_it_would_not_run(tmp_path: Path) -> None:
    """So the first test proves something."""
    assert "ModuleNotFoundError" in run(tmp_path, "check", "--home", str(tmp_path)).stderr


def test_our_own_wheel_has_the_command() -> None:
    found = (ROOT / "setup.cfg").read_text()
    assert "zhida-signer = zhida.signer_cli:main" in found
