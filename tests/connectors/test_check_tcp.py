"""Faults of the network and of certificates, really made: each has its own name and remedy."""

import socket
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors import check_tcp, tls
from connectors.check_steps import run
from connectors.check_tcp import Place
from exchange.errors import Fatal
from exchange.problems import describe


def now():
    return datetime.now(UTC)


def steps(place, context=None):
    return {step.name: step for step in run(check_tcp.probes(place, context=context, clock=now))}


def self_signed(folder, address):
    """A server's context with a certificate that only it vouches for, and the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "self")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "self.pem"
    file.write_bytes(
        built.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return tls.server(cert=file), file


def silent(conversation):
    conversation.connection.recv(1)


def test_all_is_well(peer, pki, server_tls):
    server = peer(silent, tls=server_tls())
    found = steps(Place("localhost", server.port), tls.client(ca=pki.ca))
    assert [each.state for each in found.values()] == ["good"] * 3
    assert "127.0.0.1" in found["dns"].note
    assert "29 天" in found["tls"].note or "30 天" in found["tls"].note


def test_an_address_needs_no_name_server(peer):
    server = peer(silent)
    found = steps(Place("127.0.0.1", server.port))
    assert [each.state for each in found.values()] == ["open", "good", "open"]


def test_a_name_that_does_not_exist():
    found = steps(Place("no-such-host.invalid", 80))
    assert found["dns"].code == "wire.name"
    assert [found[name].state for name in ("tcp", "tls")] == ["open", "open"]


def test_a_name_that_can_be_none():
    assert steps(Place("x" * 300, 80))["dns"].code == "wire.name"


def test_a_port_where_nobody_listens(free_port):
    found = steps(Place("127.0.0.1", free_port()), tls.client())
    assert (found["tcp"].code, found["tls"].state) == ("wire.refused", "open")


def test_a_port_that_swallows_everything(monkeypatch):
    """A full backlog answers no more: like a firewall that drops."""
    monkeypatch.setattr(check_tcp, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()[1]
        held = []
        for _ in range(3):
            each = socket.socket()
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", address))
            held.append(each)
        found = steps(Place("127.0.0.1", address))
        for each in held:
            each.close()
    assert found["tcp"].code == "wire.connect-timeout"


def test_an_expired_certificate(peer, pki, server_tls):
    server = peer(silent, tls=server_tls(pki.expired_server))
    found = steps(Place("127.0.0.1", server.port), tls.client(ca=pki.ca))
    assert found["tls"].code == "wire.tls-expired"


def test_a_certificate_signed_by_itself(peer, tmp_path):
    context, _ = self_signed(tmp_path, "127.0.0.1")
    server = peer(silent, tls=context)
    assert (
        steps(Place("127.0.0.1", server.port), tls.client())["tls"].code == "wire.tls-self-signed"
    )


def test_an_authority_that_we_do_not_know(peer, pki, server_tls):
    server = peer(silent, tls=server_tls())
    found = steps(Place("127.0.0.1", server.port), tls.client(ca=pki.foreign_ca))
    assert found["tls"].code == "wire.tls-unknown-ca"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_for_another_name(peer, tmp_path, host):
    context, file = self_signed(tmp_path, "127.0.0.9")
    server = peer(silent, tls=context)
    found = steps(Place(host, server.port), tls.client(ca=file))
    assert found["tls"].code == "wire.tls-other-name"


def test_a_peer_that_speaks_no_tls(peer):
    server = peer(lambda conversation: conversation.answer())
    assert steps(Place("127.0.0.1", server.port), tls.client())["tls"].code == "wire.tls"


def test_a_peer_that_hangs_up_in_the_handshake(peer):
    def script(conversation):
        conversation.connection.recv(1)
        conversation.reset()

    found = steps(Place("127.0.0.1", peer(script).port), tls.client())
    assert (found["tcp"].state, found["tls"].code) == ("good", "wire.tls")


def test_a_peer_that_is_silent_in_the_handshake(peer, monkeypatch):
    monkeypatch.setattr(check_tcp, "SECONDS", 0.2)
    server = peer(silent)
    assert steps(Place("127.0.0.1", server.port), tls.client())["tls"].code == "wire.tls"


@pytest.mark.parametrize(
    "address", ["", "his", ":80", "his:0", "his:99999", "his:x", "a/b:80", "a@b:80"]
)
def test_an_address_that_is_none(address):
    with pytest.raises(Fatal, match=r"wire\.address"):
        Place.of(address)


def test_each_fault_of_a_certificate_has_a_remedy_of_its_own():
    codes = {*check_tcp._CERTIFICATE.values(), "wire.tls"}
    assert len({describe(code, {})[1] for code in codes}) == len(codes) == 5
