"""What a bureau configures for civil affairs' marriage register behind a sharing platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters import _coded, _sharing_options
from adapters._sharing_options import CODES

_SHARING = _sharing_options.OPTIONS["properties"]
_SERVICE = _SHARING["services"]["additionalProperties"]["properties"]
_TEXT = {"type": "string", "minLength": 1}
SAME = {"/cert_num_man": "/cert_num_man", "/cert_num_woman": "/cert_num_woman"}
ASKED = {False: "birth_marriage_question", True: "birth_named_marriage_question"}
"""Whether the platform demands the names → the mapping of the question."""

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "民政婚姻登记核验（经数据共享平台）",
    "description": "只带两个人的证件号码去问，只得到是否登记结婚。线路和登录同 sharing_platform：national 时连接的 login 为 "
    "gjgxjhpt_sid，password 为 appKey，密钥到期前自动更换。请求参数按公开使用者的程序；应答的写法各地不同，是推定。",
    "type": "object",
    "additionalProperties": False,
    "required": ["gateway", "body_signature", "call"],
    "properties": {
        **{name: _SHARING[name] for name in ("gateway", "secret", "body_signature", "settings")},
        "codes": _coded.schema(CODES),
        "call": _SERVICE["call"],
        "rid": _SERVICE["rid"],
        "names": {
            "title": "平台要求姓名",
            "description": "平台非有姓名不可的写 true；协议须给民政 /mother/name、/father/name，没有给的不会发出。",
            "type": "boolean",
            "default": False,
        },
        "mapping": _TEXT
        | {
            "title": "请求的映射文件",
            "description": "缺省为 birth_marriage_question，names 为 true 时为 birth_named_marriage_question。",
        },
        "record": _TEXT
        | {
            "title": "应答一行的映射文件",
            "description": "得出 /act（registered 结婚登记、reissued 补发结婚证、dissolved 离婚或撤销、none 没有登记）"
            "和 /on（日期，可缺）。",
            "default": "marriage_row_act",
        },
        "rows": {**_SERVICE["rows"], "description": "JSON Pointer；单独一个对象算一行，null 或空列表为查无登记，没有该项的不采信。"},
        "same": {
            "title": "须与所问一致的字段",
            "description": "一行中的位置 → 请求中的位置；有一行不一致，整个应答不采信。平台不回传证件号码的写 {}。",
            "type": "object",
            "additionalProperties": {"type": "string", "pattern": "^(/[^/]+)+$"},
            "default": SAME,
        },
    },
    "if": _sharing_options.OPTIONS["if"],
    "then": {"required": ["secret", "rid"]},
}  # fmt: skip


def preset(options: Mapping[str, Any]) -> dict[str, Any]:
    """The REST settings that the gateway's kind means, for the one service that is asked."""
    service = {name: options[name] for name in ("call", "rid") if name in options}
    return _sharing_options.preset({**options, "services": {"verify_marriage": service}})


def asked(options: Mapping[str, Any]) -> str:
    """The mapping of the question.

    >>> asked({"names": True}), asked({"mapping": "own"})
    ('birth_named_marriage_question', 'own')
    """
    return str(options.get("mapping") or ASKED[options.get("names", False)])
