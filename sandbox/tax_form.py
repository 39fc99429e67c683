"""How the tax office's front-end is spoken with: a form with ``data`` (JSON) signed by SM3, GBK back.

``sign`` covers all fields but itself, sorted by name, ``name=value`` joined with ``&``, then ``&key=``
and the secret, in upper-case hexadecimal. Invented after what such front-ends have in common; no tax
interface is published.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qsl

from sandbox.http_server import Response
from sandbox.moments import is_date

APP_KEY, SECRET = "hub-320117", "sandbox-tax-secret"


class Answered(Exception):
    """The answer is a code and a text, and nothing was done."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code, self.text = code, text


def read(body: bytes) -> dict[str, Any]:
    """``data`` of a well signed form. Raises ``Answered``."""
    fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    sign = fields.pop("sign", "")
    joined = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name])
    wanted = hashlib.new("sm3", f"{joined}&key={SECRET}".encode()).hexdigest().upper()
    if fields.get("appKey") != APP_KEY or not is_date(
        fields.get("requestTime", ""), "%Y%m%d%H%M%S"
    ):
        raise Answered("9902", "appKey或requestTime无效")
    if not hmac.compare_digest(sign.encode(), wanted.encode()):
        raise Answered("9901", "验签失败")
    try:
        data = json.loads(fields.get("data", ""))
    except ValueError:
        raise Answered("1002", "data不是合法的JSON") from None
    if not isinstance(data, dict):
        raise Answered("1002", "data不是JSON对象")
    return data


def write(code: str, text: str, data: Any = None) -> Response:
    """An answer; the office's own system is of GBK."""
    told = {"code": code, "msg": text} | ({} if data is None else {"data": data})
    body = json.dumps(told, ensure_ascii=False).encode("gb18030")
    return Response(body, 200, "application/json;charset=GBK")
