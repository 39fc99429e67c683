"""What a bank and the hub show one another: certificates of both, old and new, and those that must be refused.

::

    mutual/hub-ca.crt              who issues the hub's: the bank trusts it and nobody else
    mutual/hub.crt, hub-renewed.*  the hub's own, and the one that takes its place (with .key)
    mutual/stranger.crt            the same name from another CA
    mutual/banks-ca.crt            who issues the banks'
    <bank>/client.crt, next.crt    the bank's program, now and after its change (with .key, .p12)
    <bank>/expired.crt             is over; foreign.crt is of another CA

Keys lie open: they are of a sandbox on loopback.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from sandbox import tls
from sandbox.tls import Authority, write_secret

P12_PASSWORD = "sandbox"
PLACE = "mutual"
HUB, STRANGER = "hub.example", "another.example"


def common_name(bank: str) -> str:
    """Of the bank's program.

    >>> common_name("bank-a")
    'bank-a.example'
    """
    return f"{bank}.example"


def make(folder: Path, banks: Iterable[str]) -> None:
    """All of them, once."""
    place = folder / PLACE
    if (place / "hub-ca.crt").exists():
        return
    place.mkdir(parents=True, exist_ok=True)
    hub, stranger = tls.authority("sandbox hub CA"), tls.authority("sandbox stranger CA")
    of_banks = tls.authority("sandbox banks CA")
    (place / "banks-ca.crt").write_bytes(tls.pem(of_banks.certificate))
    for name, issuer in (("hub", hub), ("hub-renewed", hub), ("stranger", stranger)):
        _write(place / name, issuer, HUB, is_server=True)
    for bank in banks:
        _of_bank(folder / bank, bank, of_banks, stranger)
    (place / "hub-ca.crt").write_bytes(tls.pem(hub.certificate))  # last: the mark that all is there


def _of_bank(place: Path, bank: str, issuer: Authority, stranger: Authority) -> None:
    place.mkdir(parents=True, exist_ok=True)
    name = common_name(bank)
    for each in ("client", "next"):
        _write(place / each, issuer, name)
    _write(place / "expired", issuer, name, days=(-30, -1))
    _write(place / "foreign", stranger, name)
    _write(place / "unknown", issuer, STRANGER)


def _write(
    path: Path,
    issuer: Authority,
    common: str,
    *,
    is_server: bool = False,
    days: tuple[int, int] = (-1, 730),
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    found = tls.leaf(issuer, common, key.public_key(), is_server=is_server, days=days)
    path.with_suffix(".crt").write_bytes(tls.pem(found))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_secret(path.with_suffix(".key"), plain)
    if not is_server:
        write_secret(path.with_suffix(".p12"), _store(key, found))


def _store(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> bytes:
    """As Java's key stores take it."""
    protection = BestAvailableEncryption(P12_PASSWORD.encode())
    return pkcs12.serialize_key_and_certificates(b"bank", key, certificate, None, protection)
