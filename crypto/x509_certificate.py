"""What a certificate and a revocation list say, as values; nothing here is trusted yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crypto import der, pem
from crypto.errors import BadSignature
from crypto.keys import PublicKey


@dataclass(frozen=True, slots=True)
class Signed:
    """The signed part and its signature, as they stand in the file."""

    suite: str
    tbs: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    """DER r, s for SM2 and ES256; 64 bytes for Ed25519."""

    def check(self, issuer: PublicKey) -> None:
        """Raises ``BadSignature`` unless ``issuer`` signed it."""
        if self.suite != issuer.suite:
            raise BadSignature("crypto.issuer-suite", "signed by a key of another suite")
        raw = self.signature if self.suite == "Ed25519" else der.to_raw(self.signature)
        issuer.verify(raw, self.tbs)


@dataclass(frozen=True, slots=True)
class Certificate:
    """An X.509 certificate, read but not trusted."""

    der: bytes = field(repr=False)
    common_name: str
    organization: str
    serial: str
    """Hex, lower case."""
    valid_from: datetime
    valid_until: datetime
    public_key: PublicKey
    key_id: str
    """Subject key identifier, hex; empty when there is none."""
    issuer_key_id: str
    subject: bytes = field(repr=False)
    issuer: bytes = field(repr=False)
    authority: bool
    path_length: int | None
    usages: frozenset[str]
    purposes: frozenset[str] | None
    """Object identifiers of the extended key usage; None when it has none."""
    unknown_critical: tuple[str, ...]
    signed: Signed = field(repr=False)

    @property
    def pem(self) -> bytes:
        """The certificate in PEM."""
        return pem.armor("CERTIFICATE", self.der)


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A CRL, read but not trusted."""

    der: bytes = field(repr=False)
    issuer: bytes = field(repr=False)
    issuer_key_id: str
    """Hex; empty when the list does not say which of the issuer's keys signed it."""
    number: int
    """Grows with every list of an issuer (RFC 5280 section 5.2.3); 0 when the list has none."""
    this_update: datetime
    next_update: datetime
    revoked: Mapping[str, datetime] = field(repr=False)
    """Serial (hex) → when it was revoked."""
    reasons: Mapping[str, str] = field(repr=False)
    """Serial (hex) → why, in snake case (``Revocation.reason``); only where the list says it."""
    unknown_critical: tuple[str, ...]
    signed: Signed = field(repr=False)

    @property
    def pem(self) -> bytes:
        """The list in PEM."""
        return pem.armor("X509 CRL", self.der)


@dataclass(frozen=True, slots=True)
class Revocation:
    """One revoked certificate."""

    serial: str
    """Hex, as ``Certificate.serial``."""
    at: datetime
    reason: str = "unspecified"
    """RFC 5280 section 5.3.1 in snake case: ``key_compromise``, ``superseded`` …"""
