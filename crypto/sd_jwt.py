"""Signed documents: flat SD-JWT (RFC 9901). One signature, each leaf revealed or not by itself.

A claim's name is the JSON Pointer of the leaf, so nothing is nested and a document has one form.
``_sd_alg`` is ``sha-256`` for Ed25519 and ``sm3`` for SM2-SM3; the latter is not registered with
IANA and is understood only by who knows this text. Key binding is not used: the documents go
from unit to unit, there is no holder who could present them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from crypto import jws, strict_json
from crypto.disclosure import RESERVED, Disclosure, Scalar, make, read
from crypto.errors import BadSignature, Malformed, Unsupported, translated
from crypto.keys import PublicKey
from crypto.signer import Signer
from crypto.suites import Suite, by_alg, suite

TYP = "zhida+sd-jwt"
MOST_LEAVES = 512
"""Longer lists are dataset documents (a Merkle root over rows)."""

_SD_ALG = {"SM2-SM3": "sm3", "Ed25519": "sha-256"}


@dataclass(frozen=True, slots=True)
class Verified:
    """What the signature of a document stands for."""

    always: dict[str, Any]
    """Claims that every recipient sees."""
    fields: dict[str, Scalar]
    """The disclosed leaves by name."""
    hidden: int
    """How many leaves there are that were not disclosed here."""
    header: dict[str, Any]


class Peeked(NamedTuple):
    """The same, without any trust: for routing, and to find the key."""

    always: dict[str, Any]
    fields: dict[str, Scalar]
    kid: str


def _salt() -> bytes:
    return os.urandom(16)


def issue(
    fields: Mapping[str, Scalar],
    always: Mapping[str, Any],
    key: Signer,
    *,
    typ: str = TYP,
    salt: Callable[[], bytes] = _salt,
) -> str:
    """Sign a document; the token carries all disclosures.

    ``salt`` gives fresh random bytes for each leaf (128 bits, RFC 9901 section 9.3). Raises
    ``Malformed`` for more than 512 leaves, a reserved or doubled name, or a value of another kind.
    """
    _check_always(always)
    doubled = sorted(set(fields) & set(always))
    if len(fields) > MOST_LEAVES or doubled:
        raise Malformed("crypto.sd-jwt-leaves", "too many leaves, or a name that is also visible")
    chosen = suite(key.suite)
    disclosures = [make(salt(), name, value) for name, value in fields.items()]
    # Sorted, so that the order of the digests says nothing about the order of the fields.
    digests = sorted(each.digest(chosen) for each in disclosures)
    payload = {**always, "_sd": digests, "_sd_alg": _SD_ALG[chosen.name]}
    token = jws.sign(_json(payload), key, {"typ": typ})
    return _joined(token, disclosures)


def disclose(token: str, names: Iterable[str]) -> str:
    """The same document with only the named leaves disclosed; names it lacks are passed over."""
    signed, disclosures = _split(token)
    kept = set(names)
    return _joined(signed, [each for each in disclosures if each.name in kept])


def verify(token: str, key: PublicKey, *, typ: str | None = TYP) -> Verified:
    """Check signature, form and every disclosure; nothing is returned unless all is right.

    ``typ`` None accepts any type (documents of others). Raises ``BadSignature`` (also for a
    disclosure that is not of this document), ``BadKey``, ``Malformed``, ``Unsupported``.
    """
    signed, disclosures = _split(token)
    header, payload = jws.verify(signed, key)
    if typ is not None and header.get("typ") != typ:
        raise Malformed("crypto.other-type", "another type of token", wanted=typ)
    always, hidden = _opened(payload, disclosures, by_alg(header["alg"]))
    return Verified(always, {each.name: each.value for each in disclosures}, hidden, header)


def peek(token: str) -> Peeked:
    """Visible claims, disclosed leaves and ``kid``. **Nothing is authentic**: no key is used."""
    signed, disclosures = _split(token)
    header, payload, _, _ = jws.decode(signed)
    always, _ = _opened(payload, disclosures, by_alg(header["alg"]))
    fields = {each.name: each.value for each in disclosures}
    return Peeked(always, fields, header.get("kid", ""))


def _split(token: str) -> tuple[str, list[Disclosure]]:
    signed, *texts = token.split("~")
    if not texts:
        raise Malformed("crypto.malformed-sd-jwt", "no ~ after the signed part")
    if texts.pop():
        raise Unsupported("crypto.key-binding", "key binding is not used here")
    if len(texts) > MOST_LEAVES:
        raise Malformed("crypto.sd-jwt-leaves", "too many disclosures", count=len(texts))
    disclosures = [read(text) for text in texts]
    if len({each.name for each in disclosures}) != len(disclosures):
        raise Malformed("crypto.disclosure-repeated", "a claim is disclosed twice")
    return signed, disclosures


def _joined(signed: str, disclosures: Iterable[Disclosure]) -> str:
    return "~".join([signed, *(each.text for each in disclosures), ""])


def _opened(
    payload: bytes, disclosures: list[Disclosure], chosen: Suite
) -> tuple[dict[str, Any], int]:
    """Visible claims and the number of hidden leaves; every disclosure matched to a digest."""
    always = strict_json.loads_object(payload)
    digests = _digests(always, chosen)
    _check_always(always)
    for number, each in enumerate(disclosures):
        if each.name in always:
            raise Malformed("crypto.name-twice", "disclosed and visible", disclosure=number)
        if each.digest(chosen) not in digests:
            message = "a disclosure that is not of this document"
            raise BadSignature("crypto.disclosure-foreign", message, disclosure=number)
    return always, len(digests) - len(disclosures)


def _digests(claims: dict[str, Any], chosen: Suite) -> frozenset[str]:
    """Take ``_sd`` and ``_sd_alg`` out of the claims."""
    digests, algorithm = claims.pop("_sd", []), claims.pop("_sd_alg", "sha-256")
    if algorithm != _SD_ALG[chosen.name]:
        raise Unsupported("crypto.sd-alg", "another digest than the suite's")
    if not isinstance(digests, list) or not all(isinstance(each, str) for each in digests):
        raise Malformed("crypto.malformed-sd-jwt", "_sd is not a list of text")
    if len(digests) > MOST_LEAVES or len(set(digests)) != len(digests):
        raise Malformed("crypto.sd-jwt-digests", "too many digests, or one of them twice")
    return frozenset(digests)


def _check_always(claims: Any) -> None:
    """No reserved name at any depth: documents are flat."""
    if isinstance(claims, str):  # nearly every claim is; to ask for a Mapping takes longer
        return
    if isinstance(claims, Mapping):
        for name, value in claims.items():
            if name in RESERVED:
                raise Malformed("crypto.reserved-name", "not in a flat document", name=name)
            _check_always(value)
    elif isinstance(claims, list | tuple):
        for value in claims:
            _check_always(value)


def _json(payload: dict[str, Any]) -> bytes:
    """Written and read again: nothing is signed that ``verify`` would refuse."""
    with translated(Malformed, "crypto.malformed-json", "a visible claim cannot be written"):
        encoded = strict_json.dumps(payload)
        strict_json.loads(encoded)
        return encoded
