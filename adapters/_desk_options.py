"""What a bureau configures for work that people do in their OA (JSON Schema 2020-12)."""

from __future__ import annotations

from typing import Any

from adapters._oa_options import OPTIONS as OA

_TEXT = {"type": "string", "minLength": 1}
_PATHS = {"type": "array", "items": _TEXT, "uniqueItems": True, "default": []}
_OPERATION: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "workflow", "assignee", "needs", "identity", "mapping"],
    "properties": {
        "title": _TEXT | {"title": "名称", "description": "中文，待办标题的开头。"},
        "workflow": {"title": "流程编号", "type": "string", "pattern": "^[0-9]+$"},
        "assignee": {
            "title": "办理人的用户编号",
            "description": "写入主表的 blr 字段，由流程的下一节点取用。每件由谁办写在数据里的，写 {from: 名称/字段}，如 {from: list/head}。",
            "oneOf": [
                {"type": "string", "pattern": "^[0-9]+$"},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["from"],
                    "properties": {"from": {"type": "string", "pattern": "^[^/]+(/[^/]+)+$"}},
                },
            ],
        },
        "needs": {
            "title": "需要的数据",
            "description": "名称 → 数据种类。oa-task 是中枢写的办理说明。",
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
            "additionalProperties": _TEXT,
        },
        "gives": _TEXT | {"title": "产出的数据种类"},
        "identity": _PATHS | {"title": "同一性", "minItems": 1},
        "occurrence": _PATHS | {"title": "再次发生"},
        "irreversible": {"title": "不可撤销", "type": "boolean", "default": False},
        "amends": _TEXT | {"title": "更正哪个操作的结果"},
        "revokes": _TEXT | {"title": "撤销哪个操作的结果"},
        "mapping": _TEXT | {"title": "填写表单的映射文件", "description": "数据 → 主表字段。"},
        "record": _TEXT
        | {"title": "读取结果的映射文件", "description": "主表字段 → 产出的数据；有产出时必填。"},
    },
}
_SAME = ("hub_user", "api", "plain_login", "wsdl", "path", "page_size", "timeout_s", "done_nodes")

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "OA 待办（由人办理的事项）",
    "description": "单位没有接口的，或须由人办理的：每个操作是其 OA 中的一种流程。中枢填好材料建立待办，"
    "经办人办结后读回结果。主表须有 ywlsh、sxmc、sxnr、blr、bljg（1 同意、0 不同意）、blyj 字段。",
    "type": "object",
    "additionalProperties": False,
    "required": ["hub_user", "operations"],
    "properties": {
        **{name: OA["properties"][name] for name in _SAME},
        "check_node": {
            "title": "中枢核收的节点名称",
            "description": "经办人之后、办结之前，由直达账号接收的节点。填写后，结果填写有误的会退回经办人并写明原因；"
            "不填写的，只能作为未办成处理。",
            "type": "string",
            "default": "",
        },
        "operations": {
            "title": "操作",
            "description": "键为操作名称（小写字母和下划线），事项文件的 do 用它。",
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
            "additionalProperties": _OPERATION,
        },
    },
}
