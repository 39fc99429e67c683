"""The parts that certificates and revocation lists are written from (RFC 5280, GM/T 0015)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from asn1crypto import algos, core, x509

from crypto import der
from crypto.errors import Malformed
from crypto.keys import PublicKey
from crypto.signer import Signer

ALGORITHMS = {
    "SM2-SM3": "1.2.156.10197.1.501",
    "Ed25519": "1.3.101.112",
    "ES256": "1.2.840.10045.4.3.2",
}
"""Suite → signature algorithm (GM/T 0006; id-Ed25519, RFC 8410; ecdsa-with-SHA256, RFC 5758)."""

KEY_USAGES = frozenset(
    {
        "digital_signature",
        "non_repudiation",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
    }
)
"""RFC 5280 section 4.2.1.3, without the two that only restrict key agreement."""

_FIRST_GENERALIZED = 2050
"""RFC 5280 section 4.1.2.5: dates from this year on have four digits of year."""


def algorithm(suite: str) -> algos.SignedDigestAlgorithm:
    """AlgorithmIdentifier of a suite's signatures, without parameters."""
    return algos.SignedDigestAlgorithm({"algorithm": ALGORITHMS[suite]})


def name(
    common_name: str, organization: str, attributes: Mapping[str, str] | None = None
) -> x509.Name:
    """Subject of a certificate, UTF-8. Raises ``Malformed`` over 64 characters (ub-common-name).

    ``attributes``: further ones by asn1crypto's names (``serial_number``,
    ``organization_identifier``, ``organizational_unit_name``).
    """
    more = attributes or {}
    texts = (organization, *more.values())
    if not 0 < len(common_name) <= 64 or any(len(text) > 64 for text in texts):
        raise Malformed("crypto.certificate-name", "a name has 1 to 64 characters")
    parts = {"organization_name": organization} if organization else {}
    return x509.Name.build({**parts, **more, "common_name": common_name})


def time(moment: datetime) -> x509.Time:
    """Whole seconds in UTC. Raises ``Malformed`` without a time zone."""
    whole = instant(moment).replace(microsecond=0)
    kind = "general_time" if whole.year >= _FIRST_GENERALIZED else "utc_time"
    return x509.Time(name=kind, value=whole)


def instant(moment: datetime) -> datetime:
    """The same moment in UTC. Raises ``Malformed`` without a time zone."""
    if moment.tzinfo is None:
        raise Malformed("crypto.naive-time", "a moment needs its time zone")
    return moment.astimezone(UTC)


def key_id(public_key: PublicKey) -> bytes:
    """Name of a key in certificates: RFC 7093 method 1, 160 bits of SHA-256 over the key."""
    head = b"" if public_key.suite == "Ed25519" else b"\x04"
    return hashlib.sha256(head + public_key.raw).digest()[:20]


def extension(oid_name: str, value: Any, *, critical: bool = False) -> dict[str, Any]:
    """One extension as asn1crypto takes it."""
    return {"extn_id": oid_name, "critical": critical, "extn_value": value}


def signed(tbs: core.Sequence, signer: Signer) -> dict[str, Any]:
    """The algorithm and the signature that close a certificate or a revocation list."""
    raw = signer.sign(tbs.dump())
    value = raw if signer.suite == "Ed25519" else der.to_der(raw)
    return {"signature_algorithm": algorithm(signer.suite), "value": value}


def validity(valid_from: datetime, valid_until: datetime) -> Mapping[str, x509.Time]:
    """Raises ``Malformed`` when it ends before it begins."""
    if instant(valid_until) <= instant(valid_from):
        raise Malformed("crypto.validity-order", "valid_until is not after valid_from")
    return {"not_before": time(valid_from), "not_after": time(valid_until)}
