"""Compact JWS (RFC 7515), in the one form that we write and accept.

The header names the algorithm, but never chooses it: a token is checked with the algorithm of the
key that the verifier holds, and refused when the header says another (RFC 8725 section 3.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crypto import base64url, strict_json
from crypto.errors import BadKey, BadSignature, Malformed, Unsupported
from crypto.keys import PublicKey
from crypto.signer import Signer
from crypto.suites import by_alg, suite

_OWN = frozenset({"alg", "kid"})
_UNUSED = frozenset({"crit", "b64", "jku", "jwk", "x5u", "zip"})
"""They change what is signed or fetch keys from the token's writer: refused on both ways."""


def sign(payload: bytes, key: Signer, header: Mapping[str, Any]) -> str:
    """The token; ``alg`` and ``kid`` come from the key, the rest of the header from the caller."""
    taken = sorted((_OWN | _UNUSED) & set(header))
    if taken:
        raise Malformed("crypto.jws-header", "the header may not set this", name=taken[0])
    full = {**header, "alg": suite(key.suite).alg, "kid": key.kid}
    signing_input = f"{base64url.encode(strict_json.dumps(full))}.{base64url.encode(payload)}"
    return f"{signing_input}.{base64url.encode(key.sign(signing_input.encode('ascii')))}"


def decode(token: str) -> tuple[dict[str, Any], bytes, bytes, bytes]:
    """Header, payload, signing input and signature, taken apart strictly, **not** verified.

    Raises ``Malformed``, ``Unsupported`` (algorithm or header parameter that we do not take).
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise Malformed("crypto.malformed-jws", "not three parts", parts=len(parts))
    encoded, payload, signature = (base64url.decode(part) for part in parts)
    header = strict_json.loads_object(encoded)
    _check_header(header)
    if len(signature) != 64:
        raise Malformed("crypto.malformed-jws", "the signature is not 64 bytes")
    return header, payload, f"{parts[0]}.{parts[1]}".encode("ascii"), signature


def verify(token: str, key: PublicKey) -> tuple[dict[str, Any], bytes]:
    """Header and payload of a token signed by ``key``.

    Raises ``Malformed``, ``Unsupported``, ``BadKey`` (a key of another suite than the header's
    ``alg``), ``BadSignature``.
    """
    header, payload, signing_input, signature = decode(token)
    wanted = by_alg(header["alg"]).name
    if wanted != key.suite:
        raise BadKey("crypto.other-suite", "the token is of another suite", token=wanted)
    if header.get("kid", key.kid) != key.kid:
        raise BadSignature("crypto.other-key", "the token names another key")
    key.verify(signature, signing_input)
    return header, payload


def _check_header(header: Mapping[str, Any]) -> None:
    unused = sorted(_UNUSED & set(header))
    if unused:
        raise Unsupported("crypto.jws-parameter", "header parameter refused", name=unused[0])
    if not all(isinstance(header.get(name, ""), str) for name in ("alg", "kid", "typ")):
        raise Malformed("crypto.malformed-jws", "alg, kid and typ are text")
    by_alg(header.get("alg", ""))
