"""The hospital's system and its stubborn sender, against a stub of the signer's MLLP side."""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest

from sandbox import mllp
from sandbox.births import birth
from sandbox.district import District
from sandbox.handle import BadAction, Handle

Acceptor = Any
"""The stub of conftest, which has no import path."""


Until = Callable[..., dict[str, Any]]


@pytest.fixture
def until(hospital: Handle, wait_until: Callable[..., None]) -> Until:
    """Gives the birth's row once its last answer is ``ack``."""

    def row(number: int) -> dict[str, Any]:
        return next(r for r in hospital.books() if r["id"] == number)

    def wait(number: int, ack: str) -> dict[str, Any]:
        wait_until(
            30, lambda: row(number)["attempts"] and row(number)["ack"] == ack, hospital.books
        )
        return row(number)

    return wait


def test_a_birth_is_sent_once_and_its_ack_kept(
    district: District, acceptor: Acceptor, until: Until
) -> None:
    number = district.birth(birth(31).facts)["birth"]
    row = until(number, "AA")
    assert row["ack_text"] == "stub"
    mine = [m for m in acceptor.messages if b"X320117031" in m]
    assert len(mine) == 1


def test_a_birth_waits_for_a_signer_that_is_away_and_for_an_aa(
    district: District, until: Until, request: pytest.FixtureRequest
) -> None:
    number = district.birth(birth(32).facts)["birth"]
    assert until(number, "")["ack_text"] == "ConnectionRefusedError"
    acceptor: Acceptor = request.getfixturevalue("acceptor")
    answers = iter(["AE", "AR"])
    acceptor.answer = lambda message: next(answers, "AA")
    assert until(number, "AA")["attempts"] >= 3


def test_the_wire_keeps_the_frames(
    district: District, hospital: Handle, acceptor: Acceptor, until: Until
) -> None:
    until(district.birth(birth(33).facts)["birth"], "AA")
    sent = [row for row in hospital.wire() if b"X320117033" in row["body"]]
    assert [row["direction"] for row in sent] == ["out"]
    assert mllp.unframe(sent[0]["body"]) in acceptor.messages
    assert hospital.wire()[-1]["operation"] == "ACK"


def test_rubbish_can_be_sent_and_its_answer_seen(hospital: Handle, acceptor: Acceptor) -> None:
    acceptor.answer = lambda message: "AR"
    text = base64.b64encode("EVN|不是|HL7|||||||9".encode()).decode()
    assert hospital.ask("POST", "/messages", {"base64": text})["ack"] == "AR"


def test_a_birth_without_its_facts_is_refused(district: District, hospital: Handle) -> None:
    before = len(hospital.books())
    with pytest.raises(BadAction, match="mother"):
        district.birth({name: {} for name in ("certificate", "facility", "child")})
    assert len(hospital.books()) == before


def test_births_survive_a_kill(
    district: District, hospital: Handle, until: Until, request: pytest.FixtureRequest
) -> None:
    number = district.birth(birth(34).facts)["birth"]
    hospital.kill()
    hospital.restart()
    request.getfixturevalue("acceptor")
    assert until(number, "AA")


@pytest.mark.parametrize("role", ["hub", None])
def test_only_the_hospital_s_certificate_opens_the_signer_s_mllp(
    district: District, acceptor: Acceptor, role: str | None
) -> None:
    tls = district.directory / "tls"
    context = ssl.create_default_context(cafile=str(tls / "server-ca.crt"))
    if role:
        password = district.secrets[f"tls_{role}"]
        context.load_cert_chain(tls / f"{role}.crt", tls / f"{role}.key", password)
    before = len(acceptor.messages)
    address = ("127.0.0.1", district.ports["signer"]["mllp"])
    with (
        pytest.raises((ssl.SSLError, ConnectionError)),
        socket.create_connection(address) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        secure.sendall(mllp.frame(b"MSH|^~\\&|||||||ADT^A28|1\r"))
        assert secure.recv(1) == b""
        raise ConnectionError
    assert len(acceptor.messages) == before
