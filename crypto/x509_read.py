"""Certificates and revocation lists of SM2, Ed25519 and (authorities' only) P-256, read strictly.

``cryptography`` parses them in strict DER and with typed extensions, but knows no SM2 keys; so the
subject's key is taken from asn1crypto, and the signature is checked in ``x509_certificate``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

from crypto import pem, suites
from crypto.errors import Malformed, Unsupported, translated
from crypto.keys import public_from_der
from crypto.x509_certificate import Certificate, RevocationList, Signed
from crypto.x509_forms import ALGORITHMS

_BY_OID = {oid: suite for suite, oid in ALGORITHMS.items()}
_UNDERSTOOD = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    }
)
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
_SERIAL_BITS = 159
_USAGES = ("digital_signature", "key_cert_sign", "crl_sign", "content_commitment", "key_agreement")


def load(data: bytes | str) -> Certificate:
    """A certificate from PEM or DER. Raises ``Malformed``, ``Unsupported``, ``BadKey``."""
    der = _der(data, "CERTIFICATE")
    with translated(Malformed, "crypto.malformed-certificate", "not an X.509 certificate"):
        return _certificate(der)


def load_crl(data: bytes | str) -> RevocationList:
    """A revocation list from PEM or DER. Raises ``Malformed``, ``Unsupported``."""
    der = _der(data, "X509 CRL")
    with translated(Malformed, "crypto.malformed-crl", "not a certificate revocation list"):
        return _revocation_list(der)


def _certificate(der: bytes) -> Certificate:
    lenient = asn1_x509.Certificate.load(der, strict=True)
    inner, number = lenient["tbs_certificate"]["signature"].dump(), lenient.serial_number
    if not 0 < number < 1 << _SERIAL_BITS or inner != lenient["signature_algorithm"].dump():
        message = "not a serial number of RFC 5280, or two algorithms"
        raise Malformed("crypto.malformed-certificate", message)
    strict = x509.load_der_x509_certificate(der)
    if strict.version is not x509.Version.v3:
        raise Malformed("crypto.malformed-certificate", "not version 3")
    found = Certificate(
        der=der,
        serial=f"{number:x}",
        valid_from=strict.not_valid_before_utc,
        valid_until=strict.not_valid_after_utc,
        public_key=public_from_der(lenient["tbs_certificate"]["subject_public_key_info"].dump()),
        signed=_signed(strict, strict.tbs_certificate_bytes, der),
        **_names(strict),
        **_extensions(strict.extensions),
    )
    if not found.authority:
        suites.suite(found.public_key.suite)
    return found


def _names(strict: x509.Certificate) -> dict[str, Any]:
    return {
        "common_name": _named(strict.subject, NameOID.COMMON_NAME),
        "organization": _named(strict.subject, NameOID.ORGANIZATION_NAME),
        "subject": strict.subject.public_bytes(),
        "issuer": strict.issuer.public_bytes(),
    }


def _extensions(extensions: x509.Extensions) -> dict[str, Any]:
    authority, path_length = _basic_constraints(extensions)
    own, issuer = _key_ids(extensions)
    return {
        "key_id": own,
        "issuer_key_id": issuer,
        "authority": authority,
        "path_length": path_length,
        "usages": _usages(extensions),
        "purposes": _purposes(extensions),
        "unknown_critical": _unknown_critical(extensions, _UNDERSTOOD),
    }


def _revocation_list(der: bytes) -> RevocationList:
    strict = x509.load_der_x509_crl(der)
    lenient = asn1_crl.CertificateList.load(der, strict=True)
    inner = lenient["tbs_cert_list"]["signature"].dump()
    if inner != lenient["signature_algorithm"].dump() or strict.next_update_utc is None:
        raise Malformed("crypto.malformed-crl", "two algorithms, or no nextUpdate")
    unknown = _unknown_critical(strict.extensions, frozenset())
    for entry in strict:
        unknown += _unknown_critical(entry.extensions, frozenset())
    number = _find(strict.extensions, x509.CRLNumber)
    return RevocationList(
        der=der,
        issuer=strict.issuer.public_bytes(),
        issuer_key_id=_key_ids(strict.extensions)[1],
        number=number.crl_number if number else 0,
        this_update=strict.last_update_utc,
        next_update=strict.next_update_utc,
        revoked={f"{entry.serial_number:x}": entry.revocation_date_utc for entry in strict},
        reasons=dict(_reasons(strict)),
        unknown_critical=unknown,
        signed=_signed(strict, strict.tbs_certlist_bytes, der),
    )


def _reasons(entries: x509.CertificateRevocationList) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if (told := _find(entry.extensions, x509.CRLReason)) is not None:
            yield f"{entry.serial_number:x}", told.reason.name


def _signed(
    parsed: x509.Certificate | x509.CertificateRevocationList, tbs: bytes, der: bytes
) -> Signed:
    oid = parsed.signature_algorithm_oid.dotted_string
    if oid not in _BY_OID:
        raise Unsupported("crypto.unsupported-signature", "a signature of no suite", oid=oid)
    # The byte before the signature counts unused bits. It is not signed, and some parsers take
    # 1 for 0 when the last bit happens to be 0: then one certificate would have two forms.
    if not der.endswith(b"\0" + parsed.signature):
        raise Malformed("crypto.malformed-signature", "the signature is not whole bytes")
    return Signed(_BY_OID[oid], tbs, parsed.signature)


def _named(subject: x509.Name, oid: x509.ObjectIdentifier) -> str:
    """The only one: of several it would be the reader's choice who the holder is."""
    found = subject.get_attributes_for_oid(oid)
    return str(found[0].value) if len(found) == 1 else ""


def _basic_constraints(extensions: x509.Extensions) -> tuple[bool, int | None]:
    found = _find(extensions, x509.BasicConstraints)
    return (found.ca, found.path_length) if found else (False, None)


def _usages(extensions: x509.Extensions) -> frozenset[str]:
    found = _find(extensions, x509.KeyUsage)
    return frozenset(each for each in _USAGES if found and getattr(found, each))


def _purposes(extensions: x509.Extensions) -> frozenset[str] | None:
    found = _find(extensions, x509.ExtendedKeyUsage)
    return frozenset(each.dotted_string for each in found) if found else None


def _key_ids(extensions: x509.Extensions) -> tuple[str, str]:
    own = _find(extensions, x509.SubjectKeyIdentifier)
    issuer = _find(extensions, x509.AuthorityKeyIdentifier)
    issuer_id = issuer.key_identifier if issuer else None
    return own.digest.hex() if own else "", issuer_id.hex() if issuer_id else ""


def _find(extensions: x509.Extensions, kind: type[_Extension]) -> _Extension | None:
    found = [each.value for each in extensions if isinstance(each.value, kind)]
    return found[0] if found else None


def _unknown_critical(
    extensions: x509.Extensions, understood: frozenset[x509.ObjectIdentifier]
) -> tuple[str, ...]:
    return tuple(
        each.oid.dotted_string
        for each in extensions
        if each.critical and each.oid not in understood
    )


def _der(data: bytes | str, label: str) -> bytes:
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    if raw[:1] == b"\x30":  # a DER SEQUENCE; as text it would be the digit 0
        return raw
    found, der = pem.unarmor(raw)
    if found != label:
        raise Malformed("crypto.pem-label", "another kind of PEM block", label=found)
    return der
