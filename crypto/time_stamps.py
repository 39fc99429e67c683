"""Time stamps (RFC 3161): ask an authority for one, and check what it answers.

The authority signs a digest of our bytes together with its own clock, so that nobody, its asker
included, can say later that they are older or younger. Verified with ``rfc3161-client``: the CMS
signature, the path to the given anchor at the time in the stamp, the critical extended key usage
``timeStamping``; then nonce, policy and imprint. Authorities that sign with SM2 are refused: that
library's OpenSSL has none (``crypto.time-stamp-untrusted``). Revocation is not asked after here.

What is kept must be fit for a bundle of evidence too, where two verifiers have to read it in the same
way: so its form (``stamp_form``) and its path (``stamp_path``) are looked at as that format says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crypto import pem, stamp_form, stamp_path
from crypto.errors import BadSignature, Malformed, Untrusted, translated
from crypto.stamp_form import StampForm

_SHA256 = "2.16.840.1.101.3.4.2.1"


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, and the nonce that the answer must repeat."""

    body: bytes = field(repr=False)
    nonce: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a checked answer says."""

    at: datetime
    policy: str
    serial: str
    """Hex, lower case."""
    authority: str = ""
    """Common name of its signer's certificate."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Whom we believe: anchors (DER), and the policy under which the stamp must be."""

    anchors: tuple[bytes, ...] = field(repr=False)
    policy: str = ""
    """Object identifier; empty: any of this authority's."""


def authority(anchors: bytes, policy: str = "") -> Authority:
    """From PEM: every certificate in it is an anchor. Raises ``Malformed``."""
    found = tuple(der for label, der in pem.blocks(anchors) if label == "CERTIFICATE")
    if not found:
        raise Malformed("crypto.malformed-certificate", "no certificate in PEM")
    return Authority(found, policy)


def request(data: bytes) -> Request:
    """A request over the SHA-256 of ``data``, with a fresh nonce and a wish for certificates."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    built = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    nonce = built.nonce
    if nonce is None:
        raise Malformed("crypto.time-stamp", "a request without a nonce")
    return Request(built.as_bytes(), nonce)


def verify(answer: bytes, data: bytes, whom: Authority, *, nonce: int | None = None) -> Stamp:
    """The stamp over ``data`` in an authority's ``answer`` (DER of TimeStampResp).

    ``nonce``: of our request; None for one that was checked when it came. Raises ``Malformed``
    (no answer, or a refusal), ``Untrusted`` (signature, path, usage), ``BadSignature`` (not this
    nonce, policy or data).
    """
    told = _read(answer)
    _require_trusted(told, whom)
    info = told.tst_info
    policy = info.policy.dotted_string
    if nonce is not None and info.nonce != nonce:
        raise BadSignature("crypto.time-stamp-nonce", "an answer to another request")
    if whom.policy and policy != whom.policy:
        raise BadSignature("crypto.time-stamp-policy", "under another policy", policy=policy)
    imprint = info.message_imprint
    known = imprint.hash_algorithm.dotted_string == _SHA256
    if not known or imprint.message != hashlib.sha256(data).digest():
        raise BadSignature("crypto.time-stamp-imprint", "a stamp over something else")
    return checked(stamp_form.read(answer), data, whom.anchors)


def anchor(data: bytes) -> bytes:
    """The one CA certificate of a file, PEM or DER; as DER. ``Malformed`` for anything else."""
    der = data if data[:1] == b"\x30" else dict([pem.unarmor(data)]).get("CERTIFICATE", b"")
    stamp_path.require_authority(der)
    return der


def ends(whom: Authority) -> list[datetime]:
    """When each of its anchors ends. ``Malformed``."""
    return [stamp_path.end(der) for der in whom.anchors]


def signer_end(answer: bytes) -> datetime:
    """When the certificate ends whose key has signed this answer. ``Malformed``, ``Untrusted``."""
    return stamp_path.signer_end(stamp_form.read(answer))


def checked(form: StampForm, data: bytes, ders: Sequence[bytes]) -> Stamp:
    """The stamp over ``data`` as ``docs/evidence-format.md`` section 7.5 has it checked.

    ``ders``: the anchors. ``Untrusted("crypto.time-stamp-no-anchor")`` if no names lead to one of
    them, ``Untrusted`` and ``BadSignature`` for what else is wrong.
    """
    if form.info.imprint != hashlib.sha256(data).digest():
        raise BadSignature("crypto.time-stamp-imprint", "a stamp over something else")
    signer = stamp_path.check(form, ders)
    info = form.info
    return Stamp(info.at, info.policy, info.serial, stamp_path.name(signer))


def _read(answer: bytes) -> Any:
    from rfc3161_client import decode_timestamp_response

    with translated(Malformed, "crypto.time-stamp", "no answer of a time-stamp authority"):
        told = decode_timestamp_response(answer)
        status = int(told.status)
    if status != 0:
        raise Malformed("crypto.time-stamp-refused", "the authority refused", status=status)
    return told


def _require_trusted(told: Any, whom: Authority) -> None:
    from cryptography import x509
    from rfc3161_client import VerifierBuilder

    reason = "no path to the anchor, or a wrong signature"
    with translated(Untrusted, "crypto.time-stamp-untrusted", reason):
        roots: Sequence[x509.Certificate] = [
            x509.load_der_x509_certificate(der) for der in whom.anchors
        ]
        checker = VerifierBuilder(roots=list(roots)).build()
        checker.verify(told, told.tst_info.message_imprint.message)
