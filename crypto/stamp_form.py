"""A time stamp taken apart, in the form in which a bundle of evidence may hold it.

``docs/evidence-format.md`` section 7.5: RFC 3161 and CMS (RFC 5652) without the parts that nobody signs
and those that can be read in two ways. Nothing is authentic yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crypto import asn1_form
from crypto.asn1_form import INTEGER, OCTETS, SEQUENCE, SET, TIME, Node
from crypto.errors import CryptoError, Malformed

LARGEST = 65_536
HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
RSA, ECDSA = "rsa", "ecdsa"
_SIGNATURES = {
    "1.2.840.113549.1.1.11": (RSA, "sha256"),
    "1.2.840.113549.1.1.12": (RSA, "sha384"),
    "1.2.840.113549.1.1.13": (RSA, "sha512"),
    "1.2.840.10045.4.3.2": (ECDSA, "sha256"),
    "1.2.840.10045.4.3.3": (ECDSA, "sha384"),
    "1.2.840.10045.4.3.4": (ECDSA, "sha512"),
}
_PLAIN_RSA = "1.2.840.113549.1.1.1"
_SIGNED_DATA, INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT, _DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNER = "1.2.840.113549.1.9.16.2.47"
_CHOICE_0, _CHOICE_1 = 0xA0, 0xA1
_TIME = re.compile(rb"([0-9]{14})(?:\.([0-9]{1,6}))?Z")
_MOST = 6


@dataclass(frozen=True, slots=True)
class Info:
    """What the authority says: over what, when, under which policy, which number (hex)."""

    imprint: bytes
    at: datetime
    policy: str
    serial: str


@dataclass(frozen=True, slots=True)
class StampForm:
    """What was signed, and by whom with what, as it says."""

    info: Info
    content: bytes
    """The ``info`` as it was signed."""
    certificates: tuple[bytes, ...]
    """DER."""
    issuer: bytes
    """Of the signer's certificate (DER), and its serial number."""
    serial: int
    signed: bytes
    """The attributes over which the signature is."""
    content_type: str
    digest: bytes
    bound: tuple[str, bytes]
    """Hash, and hash value of the signer's certificate."""
    hash: str
    kind: str
    """``RSA`` or ``ECDSA``."""
    signature: bytes


def read(answer: bytes) -> StampForm:
    """``Malformed`` for anything else."""
    if len(answer) > LARGEST:
        raise _wrong("size")
    try:
        status, token = asn1_form.parse(answer).of(SEQUENCE).parts
        _require(status.of(SEQUENCE).parts[0].integer() == 0, "status")
        kind, content = token.of(SEQUENCE).parts
        _require(kind.oid() == _SIGNED_DATA, "type")
        [data] = content.of(_CHOICE_0).parts
        return _signed_data(data.of(SEQUENCE).parts)
    except CryptoError as error:
        raise _wrong(str(error.facts.get("reason", "DER"))) from None
    except (IndexError, ValueError):
        raise _wrong("parts") from None


def _signed_data(parts: Sequence[Node]) -> StampForm:
    version, hashes, content, certificates, signers = parts
    _require(version.integer() == 3, "version")
    hashes.of(SET)
    kind, wrapped = content.of(SEQUENCE).parts
    _require(kind.oid() == INFO, "content")
    [octets] = wrapped.of(_CHOICE_0).parts
    found = certificates.of(_CHOICE_0).parts
    _require(1 <= len(found) <= _MOST, "certificates")
    [signer] = signers.of(SET).parts
    given = tuple(each.of(SEQUENCE).raw for each in found)
    return _joined(octets.of(OCTETS).body, given, signer.of(SEQUENCE).parts)


def _joined(content: bytes, given: tuple[bytes, ...], parts: Sequence[Node]) -> StampForm:
    version, sid, hashed, attributes, algorithm, signature = parts
    _require(version.integer() == 1, "version")
    issuer, serial = sid.of(SEQUENCE).parts
    name = _hash(hashed)
    found = dict(_attributes(attributes.of(_CHOICE_0)))
    return StampForm(
        info=_info(asn1_form.parse(content).of(SEQUENCE).parts),
        content=content,
        certificates=given,
        issuer=issuer.of(SEQUENCE).raw,
        serial=serial.integer(),
        signed=bytes([SET]) + attributes.raw[1:],
        content_type=found[_CONTENT].oid(),
        digest=found[_DIGEST].of(OCTETS).body,
        bound=_bound(found[_SIGNER]),
        hash=name,
        kind=_kind(algorithm.of(SEQUENCE).parts[0].oid(), name),
        signature=signature.of(OCTETS).body,
    )


def _hash(algorithm: Node) -> str:
    name = algorithm.of(SEQUENCE).parts[0].oid()
    _require(name in HASHES, "hash")
    return HASHES[name]


def _attributes(given: Node) -> Iterator[tuple[str, Node]]:
    seen: set[str] = set()
    for each in given.parts:
        kind, values = each.of(SEQUENCE).parts
        [value] = values.of(SET).parts
        _require(kind.oid() not in seen, "attributes")
        seen.add(kind.oid())
        yield kind.oid(), value
    _require({_CONTENT, _DIGEST, _SIGNER} <= seen, "attributes")


def _bound(signer: Node) -> tuple[str, bytes]:
    """The first ``ESSCertIDv2``; its hash is SHA-256 if none is named (RFC 5035)."""
    first = signer.of(SEQUENCE).parts[0].of(SEQUENCE).parts[0].of(SEQUENCE).parts
    named = first[0].tag == SEQUENCE
    return (_hash(first[0]) if named else "sha256"), first[int(named)].of(OCTETS).body


def _info(parts: Sequence[Node]) -> Info:
    version, policy, imprint, serial, at, *more = parts
    _require(version.integer() == 1, "version of the stamp")
    _require(all(each.tag != _CHOICE_1 for each in more), "extensions")
    algorithm, value = imprint.of(SEQUENCE).parts
    _require(_hash(algorithm) == "sha256" and len(value.of(OCTETS).body) == 32, "imprint")
    number = f"{serial.of(INTEGER).integer():x}"
    return Info(value.body, _time(at.of(TIME).body), policy.oid(), number)


def _time(text: bytes) -> datetime:
    match = _TIME.fullmatch(text)
    _require(match is not None, "time")
    assert match is not None  # noqa: S101 (for the type checker)
    whole = datetime.strptime(match[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    _require(1900 <= whole.year < 9000, "time")
    return whole.replace(microsecond=int((match[2] or b"0").ljust(6, b"0")))


def _kind(algorithm: str, hashed: str) -> str:
    if algorithm == _PLAIN_RSA:
        return RSA
    kind, own = _SIGNATURES.get(algorithm, ("", ""))
    _require(own == hashed, "signature algorithm")
    return kind


def _require(condition: bool, reason: str) -> None:
    if not condition:
        raise _wrong(reason)


def _wrong(reason: str) -> Malformed:
    return Malformed("crypto.time-stamp-form", "not the form of a stamp", reason=reason)
