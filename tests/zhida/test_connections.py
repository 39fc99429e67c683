"""Connections come from the environment as Airflow writes them, never from the site."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exchange.errors import Fatal
from exchange.ports import Endpoint, utc_now
from zhida import connections


def found(monkeypatch: pytest.MonkeyPatch, told: object) -> Endpoint:
    text = told if isinstance(told, str) else json.dumps(told)
    monkeypatch.setenv("AIRFLOW_CONN_POLICE", text)
    return connections.endpoint(
        "police", find=connections.from_environment, folder=Path("/site"), clock=utc_now
    )


def test_host_port_and_scheme_make_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    where = found(monkeypatch, {"schema": "https", "host": "10.0.0.8", "port": 8443})
    assert where.address == "https://10.0.0.8:8443"
    assert found(monkeypatch, {"host": "10.0.0.8", "port": 2575}).address == "10.0.0.8:2575"


def test_a_field_that_airflow_does_not_know_is_told_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(Fatal) as caught:
        found(monkeypatch, {"host": "h", "shema": "http"})
    told = caught.value
    assert (told.code, told.facts["key"]) == ("connection.unknown-key", "shema")
    assert told.facts["nearest"] == "schema"


def test_extra_may_be_an_object_or_airflows_text(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, {"host": "h", "extra": {"secret": "s"}}).extra == {"secret": "s"}
    assert found(monkeypatch, {"host": "h", "extra": '{"secret": "s"}'}).extra == {"secret": "s"}


def test_what_is_null_in_extra_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"host": "h", "extra": '{"secret": null, "ca": null, "port": 8, "verify": false}'}
    assert found(monkeypatch, told).extra == {"port": "8", "verify": "False"}


@pytest.mark.parametrize("value", [["s3cret"], {"a": "s3cret"}])
def test_what_is_no_single_value_in_extra_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: object
) -> None:
    with pytest.raises(Fatal, match=r"connection\.extra") as caught:
        found(monkeypatch, {"host": "h", "extra": {"secret": value}})
    assert caught.value.facts == {"connection": "police", "key": "secret"}
    assert "s3cret" not in str(caught.value)


def test_secrets_do_not_show_in_a_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    where = found(monkeypatch, {"host": "h", "password": "geheim", "extra": {"secret": "s3cret"}})
    assert "geheim" not in repr(where)
    assert "s3cret" not in repr(where)


def test_a_missing_connection_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_POLICE", raising=False)
    with pytest.raises(Fatal) as caught:
        connections.endpoint(
            "police", find=connections.from_environment, folder=Path(), clock=utc_now
        )
    assert caught.value.facts == {"connection": "police", "variable": "POLICE"}


@pytest.mark.parametrize("text", ["http://user:pw@host", "[1]", '"x"', "[" * 100_000])
def test_anything_but_a_json_object_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with pytest.raises(Fatal, match="connection.not-json"):
        found(monkeypatch, text)


def test_a_file_holds_those_that_the_environment_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "connections.json"
    file.write_text('{"police": {"host": "in-file"}, "tax": {"host": "t"}, "bad": "x://"}')
    monkeypatch.setenv("ZHIDA_CONNECTIONS", str(file))
    monkeypatch.delenv("AIRFLOW_CONN_TAX", raising=False)
    assert found(monkeypatch, {"host": "in-environment"}).address == "in-environment"
    assert connections.from_environment("tax") == {"host": "t"}
    assert connections.from_environment("nobody") is None
    with pytest.raises(Fatal, match="connection.not-json"):
        connections.from_environment("bad")


@pytest.mark.parametrize("text", ["", "[]", "{", "\x80"])
def test_a_file_that_is_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    file = tmp_path / "connections.json"
    file.write_bytes(text.encode("latin-1"))
    monkeypatch.setenv("ZHIDA_CONNECTIONS", str(file))
    with pytest.raises(Fatal, match="connection.file"):
        connections.from_environment("tax")


@pytest.mark.airflow
def test_airflow_reads_the_same_file(tmp_path: Path) -> None:
    from airflow.secrets.local_filesystem import LocalFilesystemBackend

    file = tmp_path / "connections.json"
    told = {"host": "10.0.0.8", "port": 8443, "schema": "https", "extra": {"ca": "/ca.crt"}}
    file.write_text(json.dumps({"tax": {"conn_type": "http", **told}}))
    backend = LocalFilesystemBackend(connections_file_path=str(file))
    connection = backend.get_connection("tax")
    assert (connection.host, connection.port, connection.schema) == ("10.0.0.8", 8443, "https")
    assert connection.extra_dejson == {"ca": "/ca.crt"}
