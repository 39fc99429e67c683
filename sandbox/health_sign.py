"""Who may ask the health platform: an application that signs each request (invented; HMAC with SM3)."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

APPLICATION, SECRET = "lishui-hub", "sandbox-health-secret"
SECONDS = 300
"""How far the caller's clock may be off."""


def problem(headers: Mapping[str, str], body: bytes) -> tuple[int, str] | None:
    """The platform's code and words for a request that is not let in."""
    told = {name: headers.get(f"x-{name}", "") for name in ("app", "time", "nonce", "sign")}
    if told["app"] != APPLICATION:
        return 3001, "应用未授权"
    if not told["time"].isdigit() or abs(time.time() * 1000 - int(told["time"])) > SECONDS * 1000:
        return 3002, "时间戳超出允许范围"
    good = signature(told["app"] + told["time"] + told["nonce"], body)
    return None if hmac.compare_digest(good, told["sign"].lower()) else (3001, "验签失败")


def signature(marks: str, body: bytes) -> str:
    """In hexadecimal, over the marks and the digest of the body.

    >>> signature("a1n", b"{}")[:16]
    '8b8bab296f4932d3'
    """
    context = HMAC(SECRET.encode(), hashes.SM3())
    context.update((marks + hashlib.new("sm3", body).hexdigest()).encode())
    return context.finalize().hex()
