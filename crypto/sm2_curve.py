"""The recommended curve of GB/T 32918.5, and the message digest that SM2 signs.

Public arithmetic only: nothing here touches a private key, so it need not run in constant time.
"""

from __future__ import annotations

from crypto.suites import suite

OID = "1.2.156.10197.1.301"
USER_ID = b"1234567812345678"
"""Distinguishing identifier fixed by policy (GM/T 0009 section 10); OpenSSL needs it told."""

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0

_PARAMETERS = b"".join(each.to_bytes(32, "big") for each in (A, B, GX, GY))


def on_curve(point: bytes) -> bool:
    """Whether 64 bytes x‖y are a point of the curve (the curve has cofactor 1).

    >>> on_curve(GX.to_bytes(32, "big") + GY.to_bytes(32, "big")), on_curve(bytes(64))
    (True, False)
    """
    x, y = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
    inside = len(point) == 64 and x < P and y < P
    return inside and (y * y - (x * x * x + A * x + B)) % P == 0


def message_digest(point: bytes, data: bytes, user_id: bytes = USER_ID) -> bytes:
    """e = SM3(ZA ‖ M), GB/T 32918.2 section 6.1; ``point`` is the signer's x‖y."""
    sm3 = suite("SM2-SM3").digest
    bits = (8 * len(user_id)).to_bytes(2, "big")
    return sm3(sm3(bits + user_id + _PARAMETERS + point) + data)
