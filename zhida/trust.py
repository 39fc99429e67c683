"""The site's keys and certificates: read, checked, and each tied to its unit."""

from __future__ import annotations

from pathlib import Path

from crypto import certificates, keys
from crypto.certificates import Certificate
from crypto.errors import CryptoError
from exchange.errors import Fatal
from exchange.keyring import UnitCertificate
from zhida.site import Site
from zhida.site_operators import Operator


def unit_certificates(told: Site) -> list[UnitCertificate]:
    """Every unit's certificates, each with its chain verified against the site's anchors."""
    anchors = [_certificate(path) for path in _anchor_files(told.trust)]
    paths = [(told.unit, told.certificate)]
    paths += [(unit.name, path) for unit in told.units.values() for path in unit.certificates]
    return [UnitCertificate(unit, _trusted(unit, path, anchors)) for unit, path in paths]


def operator_certificate(told: Site, who: Operator) -> Certificate:
    """An operator's certificate, its chain verified and its name compared as a unit's is."""
    anchors = [_certificate(path) for path in _anchor_files(told.trust)]
    return _trusted(who.name, who.certificate, anchors)


def private_key(told: Site, secret: bytes) -> keys.PrivateKey:
    """The hub's key, of the suite that the site names."""
    name = told.key.name
    try:
        key = keys.load_private(told.key.read_bytes(), secret)
    except OSError:
        raise Fatal("site.no-key", file=name) from None
    except CryptoError as error:
        raise Fatal("site.bad-key", file=name, reason=error.code) from None
    if key.suite != told.suite:
        raise Fatal("site.suite", wanted=told.suite, found=key.suite)
    return key


def _anchor_files(folder: Path) -> list[Path]:
    found = sorted(p for p in folder.glob("*") if p.suffix in (".pem", ".crt"))
    if not found:
        raise Fatal("site.no-trust", folder=str(folder))
    return found


def _trusted(unit: str, path: Path, anchors: list[Certificate]) -> Certificate:
    """Chain and name: another unit's certificate, trusted or not, is not this unit's."""
    certificate = _certificate(path)
    try:
        certificates.verify_chain(certificate, [], anchors, at=certificate.valid_from)
    except CryptoError as error:
        raise Fatal("site.untrusted-certificate", file=path.name, reason=error.code) from None
    if certificate.common_name != unit:
        facts = {"file": path.name, "name": certificate.common_name, "unit": unit}
        raise Fatal("site.other-unit", **facts)
    return certificate


def _certificate(path: Path) -> Certificate:
    try:
        return certificates.load(path.read_bytes())
    except (OSError, CryptoError):
        raise Fatal("site.no-certificate", file=path.name) from None
