"""The pieces of what a site writes about a system that no adapter knows (JSON Schema 2020-12)."""

from __future__ import annotations

from typing import Any

from adapters._records_options import LAYOUT

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
POINTER: Schema = {"type": "string", "pattern": "^(/[^/]+)+$"}
ANYWHERE: Schema = {"type": "string", "pattern": "^(/[^/]+)*$"}
"""A pointer, or empty: the whole."""
SCALAR: Schema = {"type": ["string", "integer", "boolean"]}
PATTERN: Schema = {"type": "string", "pattern": "^[^{}]+$"}
TRUE: Schema = {"const": True}


def closed(properties: Schema, required: tuple[str, ...] = (), **more: Any) -> Schema:
    """An object with these members and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
        **more,
    }


def listed(items: Schema, **more: Any) -> Schema:
    """A list with at least one member."""
    return {"type": "array", "minItems": 1, "items": items, **more}


def by_pointer(values: Schema, **more: Any) -> Schema:
    """Places in a message, each with its value."""
    names = {"propertyNames": {"pattern": POINTER["pattern"]}}
    return {"type": "object", **names, "additionalProperties": values, **more}


def rule(title: str, description: str = "", *, first: bool = False) -> Schema:
    """Tests that must all hold. An entry is a place and exactly one test.

    The reference shows the tests with the ``first`` rule only.
    """
    tests = {
        "at": ANYWHERE | {"title": "位置", "description": "JSON Pointer；空为整个应答。"},
        "equals": SCALAR | {"title": "等于", "description": '按文本比较：0 与 "0" 相同。'},
        "one_of": listed(SCALAR) | {"title": "其中之一"},
        "matches": {
            "title": "整体相符的正则表达式",
            "description": "至多 200 字；应答中超过 1000 字的值一律不相符。",
            "type": "string",
            "minLength": 1,
            "maxLength": 200,
        },
        "present": TRUE | {"title": "有值", "description": "非 null、非空文本。"},
        "absent": TRUE | {"title": "没有值", "description": "没有、null 或空文本。"},
        "empty": TRUE | {"title": "空列表", "description": "该处是一个列表，且没有成员。"},
    }
    one = closed(tests, ("at",), minProperties=2, maxProperties=2)
    found = listed(one) | {"title": title} | ({} if first else {"$comment": "as above"})
    return found | ({"description": description} if description else {})


_FORMATS = {
    "title": "格式",
    "description": "csv、fixed（定长）、xlsx 是整个文件：内容为一条记录或记录的列表，版式见 layout。",
    "enum": ["xml", "json", "csv-row", "csv", "fixed", "xlsx"],
}
_ENCODING = TEXT | {"title": "字符编码", "description": "文件内容的编码：utf-8、gbk、gb18030…"}

LAYOUT_AGAIN = LAYOUT | {"description": "各项同操作的 wrap。", "$comment": "as above"}
"""The reference shows a layout's members once: with the first place that has one."""


def _wrap(layout: Schema) -> Schema:
    return listed(
        closed(
            {
                "at": ANYWHERE
                | {"title": "位置", "description": "该处的内容写成文本；空为整个报文。"},
                "as": _FORMATS,
                "root": TEXT | {"title": "根元素", "description": "xml 必填。"},
                "order": listed(TEXT)
                | {"title": "成员的先后", "description": "依次排在最前的成员；没有列出的随后。"},
                "declares": TEXT | {"title": "XML 声明的编码", "description": "缺省不写声明。"},
                "encoding": _ENCODING
                | {"description": "写成此编码的字节；缺省为文本（文件为 utf-8）。"},
                "layout": layout,
            },
            ("at", "as"),
        ),
        title="写成文本",
        description="对方要求把 XML 或 JSON 放在一个文本里时用；依次进行。",
    )


WRAP, WRAP_AGAIN = _wrap(LAYOUT), _wrap(LAYOUT_AGAIN)
UNWRAP: Schema = listed(
    closed(
        {
            "at": ANYWHERE | {"title": "位置", "description": "该处的文本读成内容；空为整个应答。"},
            "as": _FORMATS,
            "lists": listed(TEXT) | {"title": "总是列表的元素", "description": "XML 元素名称。"},
            "encoding": _ENCODING | {"default": "utf-8"},
            "layout": LAYOUT_AGAIN,
        },
        ("at", "as"),
    ),
    title="读出文本中的内容",
    description="应答把 XML 或 JSON 放在文本里时用；依次进行。XML 自称的编码不作准，含 DOCTYPE 的不读。",
)

MESSAGE: Schema = {
    "call": TEXT
    | {
        "title": "调用",
        "description": "rest：POST /路径；soap：操作名；库表：insert 表、select 表；目录：put 目录、get 目录；网闸：send 通道、receipt 通道。"
        "{/字段} 代入报文中的值，{effect_key} 代入效力键。",
    },
    "mapping": TEXT
    | {"title": "映射文件", "description": "站点 mappings 目录中的或随软件提供的。"},
    "constants": by_pointer(SCALAR, title="固定的字段"),
    "credentials": by_pointer(
        {"type": "string", "pattern": r"^(login|password|extra\.[A-Za-z0-9_-]+)$"},
        title="连接中的账号口令",
        description="对方要求写在报文里的：位置 → login、password 或 extra.名称；值只在连接中，不写在这里。",
    ),
    "effect_key": POINTER
    | {
        "title": "效力键的位置",
        "description": "同一笔业务永远相同的 32 位编号，供对方查重、供查询。",
    },
    "effect_key_as": {
        "title": "效力键的写法",
        "description": "{key} 为效力键，如 {key}.json。",
        "type": "string",
        "pattern": r"\{key\}",
        "default": "{key}",
    },
    "wrap": WRAP,
}

REFUSED: Schema = closed(
    {
        "when": rule("何时算拒绝"),
        "text": ANYWHERE | {"title": "理由的位置", "description": "告知申请人；不进日志。"},
        "code": POINTER | {"title": "代码的位置", "description": "进日志；不像代码的写作 ?。"},
    },
    ("when",),
    title="对方不予办理",
    description="只列确实没有办理、照原样重发也没有用的情形。",
)
VERDICTS: Schema = {
    "refused": REFUSED,
    "busy": rule("对方繁忙", "肯定没有办理，稍后可照原样重发的情形。"),
    "login": rule("登录或权限有误", "肯定没有办理，须由管理员处理的情形。"),
    "ours": rule(
        "我方的报文或设置有误",
        "肯定没有办理，改好映射或设置以前发什么都不行的情形（无法解析、缺必填项、交易码不存在）："
        "事项保持待办，改好后自动再办。",
    ),
    "unknown": rule("对方自己说不清", "如处理中、超时；与其他规则同时成立时以此为准。"),
}
CONTENT: Schema = {
    "unwrap": UNWRAP,
    "reference": ANYWHERE | {"title": "对方编号的位置"},
    "record": closed(
        {
            "mapping": TEXT | {"title": "映射文件", "description": "从应答得出 gives 的数据。"},
            "at": ANYWHERE | {"title": "位置", "description": "缺省为整个应答。", "default": ""},
        },
        ("mapping",),
        title="产出的数据",
    ),
    "as_of": closed(
        {"at": POINTER | {"title": "位置"}, "format": PATTERN | {"title": "写法", "default": "yyyy-MM-dd HH:mm:ss"}},
        ("at",),
        title="事实在来源处的时间",
        description="北京时间。",
    ),
    "same": by_pointer(
        POINTER,
        title="须与所发一致的字段",
        description="应答中的位置 → 所发报文中的位置；不一致的不采信（对方串号）。",
    ),
}  # fmt: skip
