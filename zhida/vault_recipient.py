"""Whom a bucket's archive is for: a certificate with an RSA key, and envelopes that only its holder opens."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from exchange import times
from exchange.errors import Rejected
from exchange.store import trust_rows
from exchange.store.engine import Connection
from zhida import files, vault_book
from zhida.hub import Hub


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of its DER."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def hand_in(hub: Hub, file: Path) -> str:
    """Keep the archive's certificate; its fingerprint. ``Rejected`` unless it has an RSA key."""
    data = files.read(file, 65_536)
    try:
        load = (
            x509.load_pem_x509_certificate if b"-----" in data else x509.load_der_x509_certificate
        )
        found = load(data)
        key = found.public_key()
    except ValueError:
        raise Rejected("key.not-certificate", file=file.name, reason="form") from None
    except UnsupportedAlgorithm:
        raise Rejected("vault.recipient", file=file.name) from None
    if not isinstance(key, RSAPublicKey) or key.key_size < 2048:
        raise Rejected("vault.recipient", file=file.name)
    name = fingerprint(found)
    with hub.store.write() as connection:
        trust_rows.put_certificate(connection, name, found.public_bytes(Encoding.PEM).decode())
    return name


def of(hub: Hub, bucket: str) -> x509.Certificate:
    """The certificate for which two people have decided to archive it. ``Rejected``."""
    with hub.store.read() as connection:
        name = vault_book.read(hub.site, connection, bucket).recipient
        pem = trust_rows.get_certificate(connection, name) if name else ""
    if not pem:
        raise Rejected("vault.not-decided", bucket=bucket, action="archive")
    found = x509.load_pem_x509_certificate(pem.encode())
    if fingerprint(found) != name:
        raise Rejected("key.no-certificate", fingerprint=name[:16])
    return found


def about(connection: Connection, name: str) -> dict[str, str]:
    """Whose certificate of that fingerprint it is, which key, until when; nothing if nobody handed it in."""
    pem = trust_rows.get_certificate(connection, name)
    found = x509.load_pem_x509_certificate(pem.encode()) if pem else None
    if found is None or fingerprint(found) != name:
        return {}
    key = found.public_key()
    size = key.key_size if isinstance(key, RSAPublicKey) else 0
    return {
        "unit": found.subject.rfc4514_string(),
        "kid": f"RSA-{size}，证书序列号 {found.serial_number:x}",
        "until": times.stamp(found.not_valid_after_utc),
    }


def enveloped(data: bytes, recipient: x509.Certificate) -> bytes:
    """For the holder of its key alone."""
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(data).add_recipient(recipient)
    builder = builder.set_content_encryption_algorithm(AES256)
    return builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
