"""Transport certificates: three small CAs, each for one question, and one leaf under each.

``server``: is this the signer? ``his``: may this client send births? ``hub``: may this client ask
for documents? Separate CAs, so that the hub's certificate opens no door meant for the hospital's
system. P-256 throughout; the CAs' keys are used once and never written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROLES = ("server", "his", "hub")


@dataclass(frozen=True, slots=True)
class _Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def make(folder: Path, passwords: Mapping[str, str]) -> None:
    """Write ``<role>-ca.crt``, ``<role>.crt`` and ``<role>.key`` (encrypted) for each role."""
    folder.mkdir(parents=True, exist_ok=True)
    for role in ROLES:
        authority = _authority(role)
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _leaf(role, authority, key)
        (folder / f"{role}-ca.crt").write_bytes(_pem(authority.certificate))
        (folder / f"{role}.crt").write_bytes(_pem(leaf))
        write_secret(folder / f"{role}.key", _locked(key, passwords[role]))


def write_secret(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, from its first moment on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(data)


def _authority(role: str) -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"sandbox TLS CA {role}")
    usage = _usage(key_cert_sign=True, crl_sign=True)
    built = (
        _builder(name, key.public_key(), days=3650)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    return _Authority(key, built.sign(key, hashes.SHA256()))


def _leaf(role: str, authority: _Authority, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    server = ExtendedKeyUsageOID.SERVER_AUTH
    purpose = server if role == "server" else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = (
        _builder(_name(f"sandbox {role}"), key.public_key(), days=730)
        .issuer_name(authority.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(_issued_by(authority), critical=False)
    )
    if role == "server":
        loopback = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
        builder = builder.add_extension(x509.SubjectAlternativeName(loopback), critical=False)
    return builder.sign(authority.key, hashes.SHA256())


def _builder(
    name: x509.Name, public: ec.EllipticCurvePublicKey, *, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _issued_by(authority: _Authority) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())


def _name(common: str) -> x509.Name:
    country = x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")
    return x509.Name([country, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(**wanted: bool) -> x509.KeyUsage:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in names})


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _locked(key: ec.EllipticCurvePrivateKey, password: str) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password.encode()),
    )
