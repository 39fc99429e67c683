"""A signed request is this one, of this unit, just now; anything else is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.http_message import Request
from crypto import certificates, jws, keys
from exchange import limits
from exchange.errors import Forbidden, NotYet
from exchange.keyring import Keyring, UnitCertificate
from exchange.revocation import Revocations, Watched
from zhida import serve_body
from zhida.serve_clients import Clients
from zhida.serve_file import Client, Settings

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
BODY = b'{"number":"SQ1","amount_fen":50000000}'
BANK = Client(
    "bank", "甲银行", "bank-a", frozenset({"finance"}), limits.rate("9 per second"), signs=True
)


class Peer:
    """A unit with a key, and a certificate that the site knows."""

    def __init__(self, suite: str, unit: str = "bank-a") -> None:
        self.unit, self.key = unit, keys.generate(suite)
        begin, end = NOW - timedelta(days=1), NOW + timedelta(days=1)
        told = certificates.issue_ca(unit, self.key, begin, end)
        self.certificate = UnitCertificate(unit, told)

    def sign(self, body: bytes = BODY, **changed: Any) -> str:
        told = {"typ": serve_body.TYPE, "htm": "POST", "htu": "/finance/requests"}
        told |= {"iat": int(NOW.timestamp())} | changed
        header, _, signature = jws.sign(body, self.key, told).split(".")
        return f"{header}..{signature}"


def request(signature: str, body: bytes = BODY, **changed: Any) -> Request:
    told: dict[str, Any] = {"method": "POST", "target": "/finance/requests"} | changed
    headers = {serve_body.HEADER: signature} if signature else {}
    return Request(told["method"], told["target"], headers, body)


def refused(peer: Peer, found: Request, now: datetime = NOW) -> tuple[str, Any]:
    with pytest.raises(Forbidden) as error:
        serve_body.require(Keyring([peer.certificate]), BANK, found, now)
    return error.value.code, error.value.facts.get("name") or error.value.facts.get("reason")


@pytest.fixture(params=["Ed25519", "SM2-SM3"])
def peer(request: pytest.FixtureRequest) -> Peer:
    return Peer(request.param)


def test_what_its_unit_has_signed_just_now_is_let_in(peer: Peer) -> None:
    known = Keyring([peer.certificate])
    for minutes in (-5, 0, 5):
        now = NOW + timedelta(minutes=minutes)
        serve_body.require(known, BANK, request(peer.sign()), now)


def test_while_its_issuer_s_list_is_not_there_it_waits_and_is_no_wrong_signature(
    peer: Peer,
) -> None:
    issuer = peer.certificate.certificate
    held = replace(peer.certificate, issuers=(issuer,))
    wanted = {issuer.public_key.kid: Watched(issuer, timedelta(days=1))}
    known = Keyring([held], Revocations(wanted), lambda: NOW)
    with pytest.raises(NotYet, match=r"revocation\.none"):
        serve_body.require(known, BANK, request(peer.sign()), NOW)


def test_without_a_signature_nothing_is_let_in(peer: Peer) -> None:
    assert refused(peer, request("")) == ("serve.unsigned", None)


def test_another_body_place_or_method_is_not_what_was_signed(peer: Peer) -> None:
    assert refused(peer, request(peer.sign(), BODY + b" "))[0] == "serve.signature"
    elsewhere = request(peer.sign(), target="/finance/requests?x=1")
    assert refused(peer, elsewhere) == ("serve.signed-for-another", "htu")
    other = request(peer.sign(), method="PUT")
    assert refused(peer, other) == ("serve.signed-for-another", "typ, htm")
    of_a_letter = request(peer.sign(typ="zhida-finance-letter+jws"))
    assert refused(peer, of_a_letter) == ("serve.signed-for-another", "typ, htm")


@pytest.mark.parametrize("at", [None, True, "1772424000", 2**53 - 1, 1 - 2**53])
def test_when_it_was_signed_is_a_number_of_seconds(peer: Peer, at: object) -> None:
    assert refused(peer, request(peer.sign(iat=at)))[0] == "serve.signed-when"


def test_a_number_that_no_json_reader_holds_is_no_header(peer: Peer) -> None:
    assert refused(peer, request(peer.sign(iat=10**30)))[0] == "serve.signature"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_old_signature_and_one_from_the_future_are_refused(peer: Peer, seconds: int) -> None:
    now = NOW + timedelta(seconds=seconds)
    assert refused(peer, request(peer.sign()), now)[0] == "serve.signed-when"


def test_the_key_is_one_of_the_unit_s_valid_now(peer: Peer) -> None:
    stranger = Peer("Ed25519")
    found = request(stranger.sign())
    assert refused(peer, found) == ("serve.signature", "certificate.unknown")
    other_unit = Peer("Ed25519", "bank-b")
    told = refused(other_unit, request(other_unit.sign()))
    assert told == ("serve.signature", "certificate.unknown")
    late = NOW + timedelta(days=2)
    signed = request(peer.sign(iat=int(late.timestamp())))
    assert refused(peer, signed, late) == ("serve.signature", "certificate.not-valid")


@pytest.mark.parametrize("told", ["x", "a.b.c", "..", "a..b", "a..b.c"])
def test_what_is_no_detached_token_is_refused(peer: Peer, told: str) -> None:
    assert refused(peer, request(told))[0] == "serve.signature"


def test_clients_that_sign_must_wherever_there_is_a_body(peer: Peer) -> None:
    settings = Settings("door", {"bank": BANK})
    clients = Clients(settings, {}, lambda: NOW, Keyring([peer.certificate]))
    clients.require_signed(BANK, request("", method="GET"))
    clients.require_signed(BANK, request(peer.sign()))
    with pytest.raises(Forbidden, match=r"serve\.unsigned"):
        clients.require_signed(BANK, request(""))
