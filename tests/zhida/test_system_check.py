"""``zhida system check``: from the file to the encoding, faults really made, each with its remedy."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from zhida import site, system_check
from zhida.cli import app

if TYPE_CHECKING:
    from conftest import Town

EXAMPLE = Path(__file__).resolve().parents[2] / "sandbox" / "site"
ORDER = list(system_check.TITLES)
SECRET = "s-secret-test"


class _Answer(BaseHTTPRequestHandler):
    status, body, media, date = 200, b"", "application/json", ""

    def do_GET(self) -> None:
        self.send_response_only(self.status)
        self.send_header("Date", self.date or self.date_time_string())
        self.send_header("Content-Type", self.media)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *told: Any) -> None:
        """Silent."""


@pytest.fixture
def server() -> Iterator[Any]:
    answer = type("Answer", (_Answer,), {})
    found = ThreadingHTTPServer(("127.0.0.1", 0), answer)
    thread = threading.Thread(target=found.serve_forever, args=(0.01,))
    thread.start()
    found.answer = answer  # type: ignore[attr-defined]
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = Path(shutil.copytree(EXAMPLE, tmp_path / "site"))
    monkeypatch.setenv("ZHIDA_SITE", str(found))
    return found


def rows(folder: Path, port: int, name: str = "police", **extra: str) -> list[dict[str, Any]]:
    told = site.load(folder)
    connection = {"schema": "http", "host": "127.0.0.1", "port": port, "login": "hub"}
    connection |= {"password": SECRET, "extra": json.dumps(extra)}
    return system_check.check_system(told, told.system(name), lambda _: connection)


def codes(found: list[dict[str, Any]]) -> dict[str, str]:
    return {row["step"]: row["code"] or row["state"] for row in found}


def test_every_step_is_told_in_its_order(folder: Path, server: Any) -> None:
    found = rows(folder, server.server_port)
    assert [row["step"] for row in found] == ORDER
    assert "bad" not in {row["state"] for row in found}
    assert all(row["what"] for row in found)
    assert codes(found)["login"] == "open"  # everybody gets this 200: it proves nothing


def test_a_fault_has_its_remedy_in_chinese_and_what_comes_after_is_open(
    folder: Path, server: Any
) -> None:
    server.answer.status = 401
    found = {row["step"]: row for row in rows(folder, server.server_port)}
    assert found["login"]["code"] == "wire.login-refused"
    assert "口令" in found["login"]["remedy"]
    assert found["permission"]["state"] == found["encoding"]["state"] == "open"
    assert found["clock"]["state"] == "good"


def test_gbk_labelled_as_utf_8(folder: Path, server: Any) -> None:
    server.answer.body, server.answer.media = "姓名".encode("gbk"), "text/xml; charset=utf-8"
    assert codes(rows(folder, server.server_port))["encoding"] == "wire.encoding"


def test_a_clock_that_is_wrong(folder: Path, server: Any) -> None:
    server.answer.date = "Thu, 08 Jan 2015 04:00:00 GMT"
    assert codes(rows(folder, server.server_port))["clock"] == "wire.clock-skew"


def test_a_mistake_in_the_options_stops_before_the_network(folder: Path) -> None:
    file = folder / "systems/police.yaml"
    file.write_text(file.read_text("utf-8").replace("settle_s:", "setle_s:"), "utf-8")
    found = rows(folder, 9)
    assert codes(found)["file"] == "file.unknown-key"
    assert {row["state"] for row in found[1:]} == {"open"}
    assert [row["step"] for row in found] == ORDER


def test_a_connection_that_is_missing_or_no_address(folder: Path) -> None:
    told = site.load(folder)
    found = system_check.check_system(told, told.system("police"), lambda _: None)
    assert codes(found)["connection"] == "connection.missing"
    broken = {"host": "127.0.0.1", "port": 1, "extra": "{"}
    found = system_check.check_system(told, told.system("police"), lambda _: broken)
    assert codes(found)["connection"] == "connection.not-json"
    found = system_check.check_system(told, told.system("police"), lambda _: {"host": "his"})
    assert codes(found)["connection"] == "connection.no-schema"
    half = {"schema": "http"}
    found = system_check.check_system(told, told.system("police"), lambda _: half)
    assert codes(found)["connection"] == "wire.address"
    assert [row["step"] for row in found] == ORDER


def test_a_wire_that_the_site_chooses(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (folder / "systems/drop.yaml").write_text(
        "system: drop\ntitle: 目录\nunit: hub\nadapter: feed\nconnection: drop\n"
        "options:\n  wire: files\n  settings: {folders: {births: {folder: in}}}\n"
        "  streams: {births: {kind: birth-record, mapping: hospital_adt_birth_record}}\n",
        "utf-8",
    )
    told = site.load(folder)
    where = {"host": str(tmp_path)}
    found = system_check.check_system(told, told.system("drop"), lambda _: where)
    assert codes(found)["permission"] == "good"
    file = folder / "systems/drop.yaml"
    file.write_text(file.read_text("utf-8").replace("folders:", "folder:"), "utf-8")
    told = site.load(folder)
    found = system_check.check_system(told, told.system("drop"), lambda _: where)
    assert {"file.unknown-key", "file.schema"} == {row["code"] for row in found if row["code"]}


def run(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


def test_the_command_and_its_exit_codes(
    folder: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"schema": "http", "host": "127.0.0.1", "port": server.server_port, "password": SECRET}
    monkeypatch.setenv("AIRFLOW_CONN_POLICE", json.dumps(told))
    done = run("system", "check", "police", "--json")
    assert done.exit_code == 0, done.output
    assert [row["step"] for row in json.loads(done.output)] == ORDER
    server.answer.status = 403
    done = run("system", "check", "police")
    assert done.exit_code == 1
    for sign in "✓✗–":
        assert sign in done.output
    assert SECRET not in done.output


def test_the_list_tells_where_each_system_is_and_no_secret(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"schema": "https", "host": "his.example", "port": 8443, "password": SECRET}
    monkeypatch.setenv("AIRFLOW_CONN_POLICE", json.dumps(told))
    done = run("system", "list", "--json")
    found = {row["system"]: row for row in json.loads(done.output)}
    assert found["police"]["address"] == "https://his.example:8443"
    assert (found["police"]["wire"], found["his"]["wire"]) == ("soap", "rest")
    assert found["oa"]["address"] == ""
    assert SECRET not in done.output
    assert "连接未配置" in run("system", "list").output


def test_a_login_in_the_address_is_seen_in_neither(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"host": f"http://hub:p/{SECRET}@127.0.0.1:9/api"}
    monkeypatch.setenv("AIRFLOW_CONN_POLICE", json.dumps(told))
    found = json.loads(run("system", "list", "--json").output)
    assert "http://127.0.0.1:9" in {row["address"] for row in found}
    for words in (
        ("list",),
        ("list", "--json"),
        ("check", "police"),
        ("check", "police", "--json"),
    ):
        assert SECRET not in run("system", *words).output


def test_the_district_s_systems_have_nothing_wrong(town: Town) -> None:
    """Real peers: SOAP on loopback, and the hospital's signer with client certificates."""
    for system in town.hub.site.systems.values():
        found = system_check.check_system(
            town.hub.site, system, lambda name: json.loads(town.env[f"AIRFLOW_CONN_{name.upper()}"])
        )
        assert [row for row in found if row["state"] == "bad"] == [], system.name
        assert codes(found)["tcp"] == "good"
    his = system_check.check_system(
        town.hub.site,
        town.hub.site.system("his"),
        lambda name: json.loads(town.env[f"AIRFLOW_CONN_{name.upper()}"]),
    )
    assert codes(his)["tls"] == "good"
