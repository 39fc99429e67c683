"""Who signed a time stamp, and whether that leads to an anchor: ``docs/evidence-format.md`` section 7.5.

Authorities' certificates are of RSA and ECDSA, which our own suites are not, so ``cryptography`` reads
them and checks each signature; which certificate may do what is looked at here, as the document says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from crypto.errors import BadSignature, Malformed, Untrusted, translated
from crypto.stamp_form import ECDSA, INFO, RSA, StampForm

_HASHES: Mapping[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
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
_Kind = TypeVar("_Kind", bound=x509.ExtensionType)
Path = list[x509.Certificate]


def require_authority(der: bytes) -> None:
    """``Malformed`` for what is no CA's certificate."""
    if not _is_ca(_load(der)):
        raise Malformed("crypto.time-stamp-anchor", "not a CA's certificate")


def end(der: bytes) -> datetime:
    """Until when a certificate is valid. ``Malformed`` for what is none."""
    return _load(der).not_valid_after_utc


def signer_end(found: StampForm) -> datetime:
    """Until when the certificate of a stamp's signer is valid. ``Untrusted`` if that is none of the stamp's."""
    return _signer(found).not_valid_after_utc


def check(found: StampForm, anchors: Sequence[bytes]) -> x509.Certificate:
    """The signer's certificate. ``anchors``: DER. ``Untrusted("crypto.time-stamp-no-anchor")`` if no names lead to an
    anchor, ``Untrusted`` and ``BadSignature`` for what else is wrong.
    """
    signer = _signer(found)
    _check_signature(found, signer)
    others = [each for _, each in _readable(found)]
    trusted = [each for each in map(_load, anchors) if _is_ca(each)]
    paths = list(_paths([signer], others, trusted))
    if not paths:
        raise Untrusted("crypto.time-stamp-no-anchor", "no path to the given anchors")
    if not any(_is_good(path, found.info.at) for path in paths):
        raise _untrusted("path")
    return signer


def name(signer: x509.Certificate) -> str:
    """Its common name; empty if it has none, or several."""
    found = signer.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if len(found) == 1 else ""


def _signer(found: StampForm) -> x509.Certificate:
    """The only one of that name and number, bound by its hash, and for nothing but stamps."""
    fits = [
        (der, each)
        for der, each in _readable(found)
        if (each.issuer.public_bytes(), each.serial_number) == (found.issuer, found.serial)
    ]
    if len(fits) != 1:
        raise _untrusted("signer")
    [(der, signer)] = fits
    hashed, value = found.bound
    if hashlib.new(hashed, der).digest() != value:
        raise _untrusted("signing certificate")
    if not _may_stamp(signer):
        raise _untrusted("usage")
    return signer


def _readable(found: StampForm) -> Iterator[tuple[bytes, x509.Certificate]]:
    """The stamp's certificates; one that is none counts as not there."""
    for der in found.certificates:
        with suppress(Malformed):
            yield der, _load(der)


def _may_stamp(signer: x509.Certificate) -> bool:
    usage = _extension(signer, x509.KeyUsage)
    purposes = _extension(signer, x509.ExtendedKeyUsage)
    if purposes is None or not purposes.critical or _is_ca(signer):
        return False
    only = list(purposes.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    signs = usage is None or usage.value.digital_signature or usage.value.content_commitment
    return only and signs


def _check_signature(found: StampForm, signer: x509.Certificate) -> None:
    """Over the attributes, which hold the digest of the content."""
    whole = hashlib.new(found.hash, found.content).digest()
    if (found.content_type, found.digest) != (INFO, whole):
        raise BadSignature("crypto.time-stamp-untrusted", "another content", reason="content")
    key, hashed = signer.public_key(), _HASHES[found.hash]()
    try:
        if isinstance(key, rsa.RSAPublicKey) and found.kind == RSA:
            return key.verify(found.signature, found.signed, padding.PKCS1v15(), hashed)
        if isinstance(key, ec.EllipticCurvePublicKey) and found.kind == ECDSA:
            return key.verify(found.signature, found.signed, ec.ECDSA(hashed))
    except InvalidSignature:
        pass
    raise BadSignature("crypto.time-stamp-untrusted", "a wrong signature", reason="signature")


def _paths(path: Path, others: Path, trusted: Sequence[x509.Certificate]) -> Iterator[Path]:
    """Every way upwards by names, no certificate twice: at most six are there."""
    wanted = path[-1].issuer.public_bytes()
    for anchor in trusted:
        if anchor.subject.public_bytes() == wanted:
            yield [*path, anchor]
    for other in others:
        if other not in path and other.subject.public_bytes() == wanted and _is_ca(other):
            yield from _paths([*path, other], others, trusted)


def _is_good(path: Path, at: datetime) -> bool:
    issued = all(_is_issued(one, issuer) for one, issuer in pairwise(path))
    above = all(_may_issue(one, below) for below, one in enumerate(path[1:]))
    return issued and above and all(_is_plain(one) and _is_valid(one, at) for one in path)


def _is_issued(one: x509.Certificate, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    told = (one.signature, one.tbs_certificate_bytes)
    try:
        hashed = one.signature_hash_algorithm
        if hashed is None or hashed.name not in _HASHES:
            return False
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(*told, padding.PKCS1v15(), hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(*told, ec.ECDSA(hashed))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _may_issue(one: x509.Certificate, below: int) -> bool:
    usage = _extension(one, x509.KeyUsage)
    limits = _extension(one, x509.BasicConstraints)
    if usage is None or not usage.value.key_cert_sign or limits is None or not limits.value.ca:
        return False
    most = limits.value.path_length
    return most is None or below <= most


def _is_plain(one: x509.Certificate) -> bool:
    return all(not each.critical or each.oid in _UNDERSTOOD for each in one.extensions)


def _is_valid(one: x509.Certificate, at: datetime) -> bool:
    return one.not_valid_before_utc <= at <= one.not_valid_after_utc


def _is_ca(one: x509.Certificate) -> bool:
    found = _extension(one, x509.BasicConstraints)
    return found is not None and found.value.ca


def _extension(one: x509.Certificate, kind: type[_Kind]) -> x509.Extension[_Kind] | None:
    try:
        return one.extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None


def _load(der: bytes) -> x509.Certificate:
    """With everything read that is read lazily, so that what is wrong is told here."""
    with translated(Malformed, "crypto.malformed-certificate", "not an X.509 certificate"):
        found = x509.load_der_x509_certificate(der)
        _ = (found.extensions, found.public_key(), found.issuer, found.subject)
        return found


def _untrusted(reason: str) -> Untrusted:
    return Untrusted("crypto.time-stamp-untrusted", "not to be trusted", reason=reason)
