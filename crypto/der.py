"""The two forms of a signature of SM2 or ECDSA: raw r‖s (JWS) and DER (OpenSSL, X.509).

GB/T 35276, RFC 3279: ``SEQUENCE { r INTEGER, s INTEGER }``. Only the one shortest DER
encoding is accepted, so that a signature has exactly one form on each side.
"""

from __future__ import annotations

from crypto.errors import BadSignature

SIZE = 32
"""Bytes of r and of s."""


def to_der(raw: bytes) -> bytes:
    """64 bytes r‖s as DER.

    >>> to_der(bytes(31) + b"\\x80" + bytes(31) + b"\\x01").hex()
    '300702020080020101'
    """
    if len(raw) != 2 * SIZE:
        raise _wrong()
    body = _integer(raw[:SIZE]) + _integer(raw[SIZE:])
    return bytes((0x30, len(body))) + body


def to_raw(der: bytes) -> bytes:
    """DER as 64 bytes r‖s. Raises ``BadSignature`` unless it is the one DER form.

    >>> to_raw(bytes.fromhex("300702020080020101")).hex()[60:66]
    '008000'
    """
    try:
        first = 4 + der[3]
        r = int.from_bytes(der[4:first], "big")
        s = int.from_bytes(der[first + 2 :], "big")
        raw = r.to_bytes(SIZE, "big") + s.to_bytes(SIZE, "big")
    except (IndexError, OverflowError):
        raise _wrong() from None
    # Writing it again and comparing rejects every other encoding at once.
    if to_der(raw) != der:
        raise _wrong()
    return raw


def _integer(number: bytes) -> bytes:
    digits = number.lstrip(b"\0") or b"\0"
    if digits[0] & 0x80:
        digits = b"\0" + digits
    return bytes((0x02, len(digits))) + digits


def _wrong() -> BadSignature:
    return BadSignature("crypto.signature-form", "not r and s in their one valid form")
