"""The district as a whole: processes, ports, what the hub is told."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest

from sandbox import layout
from sandbox.births import birth
from sandbox.district import District
from sandbox.handle import NotHealthy
from sandbox.layout import FURTHER, MORE, SYSTEMS, free_port


def test_every_system_is_a_process_of_its_own(district: District) -> None:
    pids = [process.pid for process in district.processes()]
    assert len(set(pids)) == len({*SYSTEMS, *MORE, *FURTHER})
    assert os.getpid() not in pids


def test_the_hub_is_told_where_everything_is(district: District) -> None:
    env = district.env
    assert Path(env["ZHIDA_SITE"]) == district.directory / "site"
    for name in ("OA", "POLICE", "INSURANCE", "HOSPITAL"):
        connection = json.loads(env[f"AIRFLOW_CONN_{name}"])
        assert connection["host"] == "127.0.0.1"
    assert json.loads(env["AIRFLOW_CONN_OA"])["port"] == district.system("oa").port
    hospital = json.loads(env["AIRFLOW_CONN_HOSPITAL"])
    assert (hospital["schema"], hospital["port"]) == ("https", district.ports["signer"]["https"])


def test_the_hub_s_tls_files_open_with_its_password(district: District) -> None:
    extra = json.loads(district.env["AIRFLOW_CONN_HOSPITAL"])["extra"]
    context = ssl.create_default_context(cafile=extra["ca"])
    context.load_cert_chain(extra["cert"], extra["key"], extra["key_password"])


def test_the_hub_is_not_told_the_secrets_of_others(district: District) -> None:
    told = " ".join(district.env.values())
    assert district.secrets["insurance"] in told
    for name in ("ca", "signer", "tls_his"):
        assert district.secrets[name] not in told


def test_no_secret_stands_on_a_command_line(district: District) -> None:
    for process in district.processes():
        words = Path(f"/proc/{process.pid}/cmdline").read_text()
        assert not any(secret in words for secret in district.secrets.values())


def test_the_signer_s_home_names_files_that_are_there(district: District) -> None:
    home = district.directory / "hospital"
    told = json.loads((home / "signer.json").read_text())
    files = [told["key"], told["certificate"]]
    files += [
        told[port][name] for port in ("mllp", "https") for name in ("cert", "key", "client_ca")
    ]
    assert all((home / file).is_file() for file in files)
    assert told["mllp"]["client_ca"] != told["https"]["client_ca"]


def test_a_killed_system_comes_back_with_its_books_on_its_port(tmp_path: Path) -> None:
    with District(tmp_path, systems=["oa"], signer=False, suite="Ed25519") as district:
        oa = district.system("oa")
        port, pid = oa.port, oa.process.pid
        oa.kill()
        with pytest.raises(OSError):
            oa.books()
        oa.restart()
        assert (oa.port, oa.process.pid == pid, oa.books()) == (port, False, [])
        last = oa.process
    assert not last.is_alive()


def test_a_system_that_cannot_start_says_why(tmp_path: Path) -> None:
    district = District(tmp_path, systems=["hospital"], signer=False, suite="Ed25519")
    district.prepare()
    (tmp_path / "hospital" / "books.sqlite").write_text("no database at all, just some words")
    with pytest.raises(NotHealthy, match=r"(?s)hospital has ended.*file is not a database"):
        district.start()
    assert not any(process.is_alive() for process in district.processes())


def test_ports_lie_below_the_kernel_s_own_range() -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(free_port() < lowest for _ in range(20))


def test_the_product_s_signer_takes_the_hospital_s_births(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    with District(tmp_path, systems=["hospital"]) as district:
        births = district.system("hospital").books
        assert district.signer is not None
        district.birth(birth(1).facts)
        district.birth(birth(2, father=False).facts | {"charset": "GB 18030-2000"})
        wait_until(20, lambda: all(row["ack"] == "AA" for row in births()), births)
        assert district.signer.is_alive()


def test_the_site_is_of_the_district_s_suite(tmp_path: Path) -> None:
    district = District(tmp_path, suite="Ed25519")
    district.prepare()
    text = (tmp_path / "site" / "site.yaml").read_text("utf-8")
    assert "suite: Ed25519" in text
    assert "suite: SM2-SM3" not in text


def test_no_two_systems_of_a_district_are_given_one_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = cycle([12001, 12001, *range(12002, 12100)])
    monkeypatch.setattr(layout, "free_port", lambda: next(few))
    given = [port for ports in layout.choose_ports(tmp_path).values() for port in ports.values()]
    assert len(set(given)) == len(given)
    again = [port for ports in layout.choose_ports(tmp_path).values() for port in ports.values()]
    assert again == given
