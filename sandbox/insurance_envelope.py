"""The JSON envelope of the national health-insurance platform, from the platform's side.

Field names and the misspelling ``mdtrtarea_admvs`` are the vendor's (interface documents of
1101). How ``cainfo`` is built is inferred from them, not published: all other parameters but
``input``, sorted by their ASCII names, ``k=v`` joined with ``&``, then ``&key=secret``, SM3 in hex.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import orjson

from sandbox.moments import china_time

NEEDED = (
    "infno",
    "msgid",
    "mdtrtarea_admvs",
    "recer_sys_code",
    "cainfo",
    "signtype",
    "infver",
    "opter_type",
    "opter",
    "opter_name",
    "inf_time",
    "fixmedins_code",
    "fixmedins_name",
    "input",
)


class Refused(Exception):
    """The platform says −1; the text is its ``err_msg``."""


def read(body: bytes, infno: str, secret: str) -> dict[str, Any]:
    """``input.data`` of a good and well signed envelope. Raises ``Refused``."""
    try:
        envelope = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused("报文不是合法的JSON") from error
    if not isinstance(envelope, dict):
        raise Refused("报文不是JSON对象")
    missing = [name for name in NEEDED if not envelope.get(name)]
    if missing:
        raise Refused(f"{missing[0]}不能为空")
    if envelope["infno"] != infno:
        raise Refused("交易编号与地址不一致")
    _check_signature(envelope, secret)
    data = envelope["input"].get("data") if isinstance(envelope["input"], dict) else None
    if not isinstance(data, dict):
        raise Refused("input.data不能为空")
    return data | {"msgid": envelope["msgid"]}


def _check_signature(envelope: Mapping[str, Any], secret: str) -> None:
    if envelope["signtype"] != "SM3":
        raise Refused("signtype不支持")
    given = str(envelope["cainfo"]).lower()
    if not hmac.compare_digest(given.encode(), signature(envelope, secret).encode()):
        raise Refused("验签失败")


def signature(envelope: Mapping[str, Any], secret: str) -> str:
    """``cainfo`` of an envelope.

    >>> signature({"b": "2", "a": "1", "input": {}}, "k") == signature({"a": "1", "b": "2"}, "k")
    True
    """
    names = sorted(name for name in envelope if name not in ("cainfo", "input"))
    joined = "&".join([*(f"{name}={envelope[name]}" for name in names), f"key={secret}"])
    return hashlib.new("sm3", joined.encode()).hexdigest()


def write(number: int, output: Mapping[str, Any], error: str = "") -> bytes:
    """An answer. ``infcode`` is a text in odd answers and a number in even ones: both occur."""
    code = -1 if error else 0
    return orjson.dumps(
        {
            "infcode": str(code) if number % 2 else code,
            "inf_refmsgid": f"{china_time('%Y%m%d%H%M%S')}{number:016}",
            "refmsg_time": china_time("%Y%m%d%H%M%S%f")[:17],
            "respond_time": china_time("%Y%m%d%H%M%S%f")[:17],
            "err_msg": error,
            "output": output,
        }
    )
