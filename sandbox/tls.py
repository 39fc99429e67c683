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
class Authority:
    """A CA of transport certificates, with its key."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def make(folder: Path, passwords: Mapping[str, str]) -> None:
    """Write ``<role>-ca.crt``, ``<role>.crt`` and ``<role>.key`` (encrypted) for each role."""
    folder.mkdir(parents=True, exist_ok=True)
    for role in ROLES:
        issuer = authority(f"sandbox TLS CA {role}")
        key = ec.generate_private_key(ec.SECP256R1())
        found = leaf(issuer, f"sandbox {role}", key.public_key(), is_server=role == "server")
        (folder / f"{role}-ca.crt").write_bytes(pem(issuer.certificate))
        (folder / f"{role}.crt").write_bytes(pem(found))
        write_secret(folder / f"{role}.key", _locked(key, passwords[role]))


def write_secret(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, from its first moment on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(data)


def authority(common: str) -> Authority:
    """A CA of that common name, of no other."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(common)
    usage = _usage(key_cert_sign=True, crl_sign=True)
    built = (
        _builder(name, key.public_key(), (-1, 3650))
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    return Authority(key, built.sign(key, hashes.SHA256()))


def leaf(
    issuer: Authority,
    common: str,
    public: ec.EllipticCurvePublicKey,
    *,
    is_server: bool = False,
    days: tuple[int, int] = (-1, 730),
) -> x509.Certificate:
    """A certificate of a program. ``days``: valid from and until, counted from now."""
    server = ExtendedKeyUsageOID.SERVER_AUTH
    purpose = server if is_server else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = (
        _builder(_name(common), public, days)
        .issuer_name(issuer.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(_issued_by(issuer), critical=False)
    )
    if is_server:
        loopback = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
        builder = builder.add_extension(x509.SubjectAlternativeName(loopback), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def _builder(
    name: x509.Name, public: ec.EllipticCurvePublicKey, days: tuple[int, int]
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _issued_by(authority: Authority) -> x509.AuthorityKeyIdentifier:
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


def pem(certificate: x509.Certificate) -> bytes:
    """As files hold it."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def _locked(key: ec.EllipticCurvePrivateKey, password: str) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password.encode()),
    )
