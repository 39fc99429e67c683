"""Who talks to whom: out of the connections, with no secret, and with what is missing."""

from __future__ import annotations

import csv
import doctest
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from zhida import firewall, site
from zhida.cli import app

EXAMPLE = Path(__file__).resolve().parents[2] / "sandbox" / "site"
SECRET = "s-secret-test"
CONNECTIONS: dict[str, dict[str, Any]] = {
    "police": {"schema": "https", "host": "10.0.0.8", "port": 8443, "password": SECRET},
    "oa": {"schema": "http", "host": "oa.example", "login": "900", "password": SECRET},
    "hospital": {"schema": "https", "host": "10.0.0.9", "extra": {"secret": SECRET}},
    "robot": {"host": "https://robot.example/send?key=" + SECRET},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = Path(shutil.copytree(EXAMPLE, tmp_path / "site"))
    text = (found / "site.yaml").read_text("utf-8")
    (found / "site.yaml").write_text(text + "alerts: {webhook: robot}\n", "utf-8")
    monkeypatch.setenv("ZHIDA_SITE", str(found))
    monkeypatch.setenv("ZHIDA_STORE_URL", f"postgresql+psycopg://zhida:{SECRET}@10.0.0.5/zhida")
    return found


def rows(folder: Path, store: str = "sqlite:///x") -> dict[str, dict[str, Any]]:
    found = firewall.rules(site.load(folder), store=store, find=CONNECTIONS.get)
    return {row["purpose"]: row for row in found}


def test_hosts_and_ports_come_out_of_the_connections(folder: Path) -> None:
    found = {name: (row["host"], row["port"]) for name, row in rows(folder).items()}
    assert found["户政常住人口系统"] == ("10.0.0.8", 8443)
    assert found["区协同办公系统"] == ("oa.example", 80)
    assert found["医院信息系统（经院内签名机）"] == ("10.0.0.9", 443)
    assert found["告警机器人"] == ("robot.example", 443)
    assert "中枢数据库" not in found


def test_a_store_elsewhere_is_told_without_its_password(folder: Path) -> None:
    found = rows(folder, f"postgresql+psycopg://zhida:{SECRET}@10.0.0.5/zhida")
    assert (found["中枢数据库"]["host"], found["中枢数据库"]["port"]) == ("10.0.0.5", 5432)
    assert SECRET not in json.dumps(list(found.values()))


def test_a_store_whose_password_has_a_slash(folder: Path) -> None:
    row = rows(folder, f"postgresql://zhida:{SECRET}/x@10.0.0.5/zhida")["中枢数据库"]
    assert (row["host"], row["port"], row["problem"]) == ("10.0.0.5", 5432, "")
    assert SECRET not in json.dumps(row)


def with_system(folder: Path, options: str) -> dict[str, Any]:
    (folder / "systems/more.yaml").write_text(
        f"system: more\ntitle: 另一个\nunit: hub\nadapter: {options}\nconnection: police\n", "utf-8"
    )
    return rows(folder)["另一个"]


def test_behind_a_proxy_it_is_the_proxy_that_is_called(folder: Path) -> None:
    settings = "{proxy: 'http://proxy.example:3128'}"
    row = with_system(
        folder, f"generic\noptions: {{wire: rest, settings: {settings}, operations: {{}}}}"
    )
    assert (row["host"], row["port"], row["protocol"]) == ("proxy.example", 3128, "http")


def test_a_table_by_its_own_address(folder: Path) -> None:
    settings = (
        "{url: 'oracle+oracledb://db.example:1599/?service_name=x', tables: {a: {table: t,"
        " key: [k], status: zt, new: '0', claimed: '1', done: '2'}}}"
    )
    streams = "{a: {kind: birth-record, mapping: x}}"
    row = with_system(
        folder, f"feed\noptions: {{wire: tables, settings: {settings}, streams: {streams}}}"
    )
    assert (row["host"], row["port"], row["protocol"]) == ("db.example", 1599, "oracle")


def test_a_connection_that_is_missing_is_told(folder: Path) -> None:
    row = rows(folder)["医疗保障信息平台"]
    assert row["problem"] == "connection.missing"
    assert "insurance" in row["what"]


def test_a_folder_of_this_machine_needs_no_rule(folder: Path) -> None:
    (folder / "systems/drop.yaml").write_text(
        "system: drop\ntitle: 目录\nunit: hub\nadapter: feed\nconnection: drop\n"
        "options: {wire: files, settings: {folders: {b: {folder: in}}},"
        " streams: {b: {kind: birth-record, mapping: x}}}\n",
        "utf-8",
    )
    found = firewall.rules(
        site.load(folder), store="sqlite:///x", find=lambda _: {"host": "/var/drop"}
    )
    assert "drop" not in {row["system"] for row in found}


def test_the_time_stamp_authority_lists_and_who_calls_us(folder: Path) -> None:
    (folder / "ledger.yaml").write_text(
        "witnesses:\n  near: {title: 档案馆, key: keys/w.pub, folder: /srv/exchange}\n"
        "time_stamp: {title: 示例时间戳机构, connection: tsa, anchor: keys/tsa.pem}\n",
        "utf-8",
    )
    (folder / "serve.yaml").write_text(
        "connection: endpoint\nclients:\n"
        "  superior: {title: 市数据局见证人, unit: hospital, may: [witness], common_name: w}\n",
        "utf-8",
    )
    lists = (
        "revocation: {lists: [{issuer: 示例CA, connection: crl}, {issuer: 另一CA, file: a.crl}]}\n"
    )
    with (folder / "site.yaml").open("a", encoding="utf-8") as file:
        file.write(lists)
    places = CONNECTIONS | {
        "tsa": {"schema": "http", "host": "tsa.example", "port": 3180},
        "crl": {"schema": "http", "host": "ca.example"},
        "endpoint": {"schema": "https", "host": "10.0.0.2", "port": 8447},
    }
    told = site.load(folder)
    found = {r["purpose"]: r for r in firewall.rules(told, store="sqlite:///x", find=places.get)}
    where = {name: (row["host"], row["port"], row["protocol"]) for name, row in found.items()}
    assert where["时间戳"] == ("tsa.example", 3180, "http")
    assert where["吊销列表"] == ("ca.example", 80, "http")
    assert where["市数据局见证人"] == ("10.0.0.2", 8447, "https")
    hospital, hub = told.units["hospital"].title, found["时间戳"]["source"]
    assert [found["市数据局见证人"][name] for name in ("source", "target")] == [hospital, hub]
    assert [found["时间戳"]["target"], found["吊销列表"]["target"]] == ["示例时间戳机构", "示例CA"]
    assert not [name for name in found if "档案馆" in name]
    away = {
        r["purpose"]: r["problem"]
        for r in firewall.rules(told, store="sqlite:///x", find=CONNECTIONS.get)
    }
    assert away["时间戳"] == away["吊销列表"] == away["市数据局见证人"] == "connection.missing"


@pytest.mark.parametrize("host", ["", "x:99999", "x:abc"])
def test_an_address_that_is_none_is_told(host: str) -> None:
    assert firewall._place(host, "mllp")["problem"] == "wire.address"


def test_the_command_speaks_to_people_programs_and_excel(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, told in CONNECTIONS.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(told))
    run = CliRunner().invoke
    done = run(app, ["firewall", "--json"])
    assert done.exit_code == 1  # insurance has no connection
    assert SECRET not in done.output
    assert len(json.loads(done.output)) == 6
    text = run(app, ["firewall", "--csv"]).output
    assert text.startswith("\ufeff")
    assert len(list(csv.reader(io.StringIO(text.strip("\ufeff\n"))))) == 7
    monkeypatch.setenv("AIRFLOW_CONN_INSURANCE", json.dumps(CONNECTIONS["police"]))
    assert run(app, ["firewall"]).exit_code == 0


def test_a_cell_is_no_formula() -> None:
    assert "'=cmd()" in firewall.as_csv([dict.fromkeys(firewall.COLUMNS, "=cmd()")])


def test_doctests() -> None:
    assert doctest.testmod(firewall).failed == 0
