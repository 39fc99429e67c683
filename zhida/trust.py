"""The site's keys and certificates: read, checked, and each tied to its unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crypto import certificates, keys
from crypto.certificates import Certificate
from crypto.errors import CryptoError, Unsupported
from exchange.errors import Fatal
from exchange.keyring import UnitCertificate
from exchange.remote_key import RemoteKey
from zhida.site import Site
from zhida.site_operators import Operator

INTERMEDIATE = "intermediate"
"""Folder beside the anchors: CA certificates that are trusted only as far as an anchor's path leads."""


@dataclass(frozen=True, slots=True)
class Authorities:
    """Whom the site trusts, and what may stand between them and a unit."""

    anchors: tuple[Certificate, ...]
    intermediates: tuple[Certificate, ...] = ()

    @property
    def all(self) -> tuple[Certificate, ...]:
        """Every authority's certificate."""
        return self.anchors + self.intermediates

    def path(self, leaf: Certificate) -> tuple[Certificate, ...]:
        """The authorities above ``leaf``, up to an anchor. ``CryptoError`` if there is no such path.

        Looked at for the day on which it was issued: whether it is still good is asked of each
        signature (``Keyring.find``).
        """
        at = leaf.valid_from
        found = certificates.verify_chain(leaf, self.intermediates, self.anchors, at=at)
        return tuple(found[1:])


def authorities(told: Site, further: Sequence[Certificate] = ()) -> Authorities:
    """Those of the site's trust folder, and ``further`` anchors."""
    anchors = [_certificate(path) for path in _anchor_files(told.trust)]
    between = [_certificate(path) for path in _files(told.trust / INTERMEDIATE)]
    return Authorities((*anchors, *further), tuple(between))


def unit_certificates(told: Site, known: Authorities | None = None) -> list[UnitCertificate]:
    """Every unit's certificates, each with its chain verified against the site's anchors."""
    above = known or authorities(told)
    paths = [(told.unit, told.certificate)]
    paths += [(unit.name, path) for unit in told.units.values() for path in unit.certificates]
    return [_trusted(unit, path, above) for unit, path in paths]


def operator_certificate(told: Site, who: Operator) -> Certificate:
    """An operator's certificate, its chain verified and its name compared as a unit's is."""
    return operator_path(told, who).certificate


def operator_path(told: Site, who: Operator) -> UnitCertificate:
    """The same with the authorities above it."""
    return _trusted(who.name, who.certificate, authorities(told))


OwnKey = keys.PrivateKey | RemoteKey
"""A key of the hub's: in this process, or in a signature server."""


def private_key(told: Site, secret: bytes, other: bytes = b"") -> OwnKey:
    """The hub's first key, of the suite that the site names; ``other`` may open it too."""
    key = _first(told, secret, other)
    if key.suite != told.suite:
        raise Fatal("site.suite", wanted=told.suite, found=key.suite)
    return key


def _first(told: Site, secret: bytes, other: bytes) -> OwnKey:
    name = told.key.name
    if told.key.suffix == ".json":
        from zhida import remote_hub_key  # what it needs of the network is slow to import

        return remote_hub_key.load(told.key, told.certificate, secret)
    try:
        return opened(told.key.read_bytes(), secret, other)
    except OSError:
        raise Fatal("site.no-key", file=name) from None
    except CryptoError as error:
        raise Fatal("site.bad-key", file=name, reason=error.code) from None


def opened(pem: bytes, secret: bytes, other: bytes = b"") -> keys.PrivateKey:
    """A private key that one of two passwords opens. ``CryptoError`` if neither does."""
    try:
        return keys.load_private(pem, secret)
    except CryptoError:
        if not other:
            raise
        return keys.load_private(pem, other)


def _anchor_files(folder: Path) -> list[Path]:
    found = _files(folder)
    if not found:
        raise Fatal("site.no-trust", folder=str(folder))
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*") if p.suffix in (".pem", ".crt"))


def _trusted(unit: str, path: Path, above: Authorities) -> UnitCertificate:
    """Chain and name: another unit's certificate, trusted or not, is not this unit's."""
    certificate = _certificate(path)
    try:
        issuers = above.path(certificate)
    except CryptoError as error:
        raise Fatal("site.untrusted-certificate", file=path.name, reason=error.code) from None
    if certificate.common_name != unit:
        facts = {"file": path.name, "name": certificate.common_name, "unit": unit}
        raise Fatal("site.other-unit", **facts)
    return UnitCertificate(unit, certificate, issuers)


def _certificate(path: Path) -> Certificate:
    try:
        return certificates.load(path.read_bytes())
    except Unsupported as error:
        raise Fatal("site.certificate-kind", file=path.name, reason=error.code) from None
    except (OSError, CryptoError):
        raise Fatal("site.no-certificate", file=path.name) from None
