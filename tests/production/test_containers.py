"""``docker/``: read by other programs, and its very commands run as processes on loopback."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.births import birth
from tests.production.celery_machine import OURS, CeleryMachine, require_tools
from tests.production.containers import CELERY, FOLDER, LOCAL, TOOLS, resolved


def _ran(
    *words: str, text: str = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, input=text, env=env, capture_output=True, text=True, check=False, cwd="/"
    )


@pytest.mark.peer("containers")
def test_the_dockerfile_has_no_lint(tmp_path: Path) -> None:
    lint = str(TOOLS / "hadolint")
    done = _ran(lint, str(FOLDER / "Dockerfile"))
    assert (done.returncode, done.stdout) == (0, "")
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN apt-get install vim\n")
    assert _ran(lint, str(tmp_path / "Dockerfile")).returncode == 1


@pytest.mark.peer("containers")
@pytest.mark.parametrize("files", [LOCAL, CELERY], ids=["local", "celery"])
def test_the_compose_files_are_valid_to_another_reader(files: tuple[str, ...]) -> None:
    """compose-spec (Rust) against the specification, after podman-compose has merged them."""
    told = json.dumps(resolved(files, "celery"))
    script = "import sys, compose_spec as c; c.PyCompose.from_json(sys.stdin.read()).validate()"
    words = [str(TOOLS / "python"), "-c", script]
    done = _ran(*words, text=told)
    assert done.returncode == 0, done.stderr
    wrong = told.replace('"restart": "unless-stopped"', '"restarts": 1', 1)
    assert _ran(*words, text=wrong).returncode == 1


@pytest.mark.peer("containers")
@pytest.mark.parametrize("files", [LOCAL, CELERY], ids=["local", "celery"])
def test_every_process_of_ours_is_locked_down(files: tuple[str, ...]) -> None:
    services = resolved(files, "celery")["services"]
    for name in (*OURS, "init", "worker"):
        told = services[name]
        assert told["user"] == "50000:50000", name
        assert (told["read_only"], told["cap_drop"]) == (True, ["ALL"]), name
        assert "no-new-privileges:true" in told["security_opt"], name
        for port in told.get("ports", []):
            assert str(port).count(":") == 2, f"{name} listens to everybody"
    for name in ("postgres", "rabbitmq"):
        assert services[name]["networks"] == ["inside"], name
        assert "ports" not in services[name], name


@pytest.mark.peer("containers")
def test_no_secret_stands_in_a_file_that_is_given_away() -> None:
    for file in FOLDER.iterdir():
        if file.is_file() and file.suffix != ".lock":
            text = file.read_text("utf-8")
            assert "://zhida:" not in text.replace("://zhida:$", ""), file
    ignored = (FOLDER / ".gitignore").read_text().split()
    assert {"secrets/", ".env"} <= set(ignored)


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    made = [str(FOLDER / "make-secrets.sh"), str(tmp_path / "s")]
    subprocess.run(made, check=True, capture_output=True)
    first = {file.name: file.read_bytes() for file in (tmp_path / "s").iterdir()}
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in (tmp_path / "s").iterdir())
    subprocess.run(made, check=True, capture_output=True)
    assert first == {file.name: file.read_bytes() for file in (tmp_path / "s").iterdir()}
    assert first["postgres_password"].decode() in first["store_url"].decode()
    assert first["rabbitmq_password"].decode() in first["rabbitmq.conf"].decode()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CeleryMachine]:
    require_tools()
    found = CeleryMachine(tmp_path_factory.mktemp("containers"))
    try:
        found.start()
        yield found
    finally:
        found.close()


@pytest.mark.airflow
@pytest.mark.peer("containers")
@pytest.mark.timeout(2400)
def test_a_newborn_goes_through_the_very_commands(running: CeleryMachine) -> None:
    district = running.production.district
    district.birth(birth(1).facts)
    running.broker.declare(birth(1).form)
    end = time.monotonic() + 400
    found: list[dict[str, Any]] = []
    while not found or found[0]["state"] != "done":
        assert time.monotonic() < end, found
        found = json.loads(running.zhida("case", "list", "--json").stdout or "[]")
        time.sleep(1)
    registered = [row["cszmbh"] for row in district.system("police").books()]
    assert registered == [birth(1).form["cszmbh"]]


@pytest.mark.airflow
@pytest.mark.peer("containers")
@pytest.mark.timeout(2400)
def test_the_doctor_finds_nothing_bad_there_and_each_ends_in_its_grace(
    running: CeleryMachine,
) -> None:
    done = running.run("scheduler-0", "zhida", "doctor", "--json")
    lines = json.loads(done.stdout)
    wrong = [line for line in lines if line["state"] in ("bad", "note")]
    assert wrong == [], wrong
    good = {line["title"] for line in lines if line["state"] == "good"}
    assert {"锁定文件", "Celery", "Celery 的消息队列", "签名、入库、送达、核验", "调度"} <= good
    ended = running.stop()
    assert ended
    assert all(in_time for _, in_time in ended), ended
