"""A certificate of a connection that is revoked while the endpoint answers opens nothing any more."""

from __future__ import annotations

import ssl
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sandbox import tls
from tests.zhida.endpoint import Endpoint
from tests.zhida.test_policies_served import FILES
from zhida.serve_notes import REFUSED, USED


class Issuer:
    """Issues a client's certificate, and says which it has revoked."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._authority = folder, tls.authority("clients CA")
        (folder / "ca.crt").write_bytes(tls.pem(self._authority.certificate))
        self.revoke()

    def issue(self, name: str) -> x509.Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        found = tls.leaf(self._authority, "sandbox hub", key.public_key())
        plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self._folder / f"{name}.pem").write_bytes(plain + tls.pem(found))
        return found

    def revoke(self, *gone: x509.Certificate) -> None:
        now = datetime.now(UTC)
        made = x509.CertificateRevocationListBuilder(
            self._authority.certificate.subject, now - timedelta(hours=1), now + timedelta(days=9)
        )
        for each in gone:
            row = x509.RevokedCertificateBuilder(each.serial_number, now - timedelta(hours=1))
            made = made.add_revoked_certificate(row.build())
        signed = made.sign(self._authority.key, hashes.SHA256())
        (self._folder / "ca.crl").write_bytes(signed.public_bytes(Encoding.PEM))


def ask(place: Endpoint, name: str) -> int:
    """The status of a question by that certificate. ``ssl.SSLError`` if TLS refuses it."""
    context = ssl.create_default_context(cafile=str(place.folder / "tls/server-ca.crt"))
    context.load_cert_chain(place.folder / f"{name}.pem")
    port = place.connections["hub_door"]["port"]
    line = HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
    try:
        line.request("GET", "/nothing")
        return line.getresponse().status
    finally:
        line.close()


def test_a_revoked_certificate_is_refused_from_the_next_connection_on(tmp_path: Path) -> None:
    place = Endpoint(tmp_path, FILES)
    issuer = Issuer(tmp_path)
    old, _ = issuer.issue("old"), issuer.issue("new")
    extra = place.connections["hub_door"]["extra"]
    extra |= {"client_ca": str(tmp_path / "ca.crt"), "crl": str(tmp_path / "ca.crl")}
    with place.serving(answers=[]):
        assert [ask(place, name) for name in ("old", "new")] == [404, 404]
        issuer.revoke(old)
        with pytest.raises(OSError, match=r"(?i)revoked|EOF|reset"):
            ask(place, "old")
        assert ask(place, "new") == 404
        end = time.monotonic() + 20
        while not place.entries(REFUSED) and time.monotonic() < end:
            time.sleep(0.02)
        [told] = place.entries(REFUSED)
        assert told["reason"] == "certificate revoked"
        assert place.entries(USED) == []  # nothing was let in to an answer
    place.hub.close()
