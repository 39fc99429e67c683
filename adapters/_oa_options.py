"""What a bureau configures for its OA: JSON Schema 2020-12 of the system file's ``options``."""

from __future__ import annotations

from typing import Any

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "OA（泛微流程服务）",
    "description": "soap：e-cology 8/9 的 WorkflowService，由 OA 按地址放行。rest：E9 的流程接口，连接的 login 为 appid，"
    "password 为 secret，extra 的 spk 为 OA 公钥（由管理员调用一次 /api/ec/dev/auth/regist 取得）。"
    "E9 接口没有公开文档，按其用户的程序推定。",
    "type": "object",
    "additionalProperties": False,
    "required": ["hub_user", "forms"],
    "properties": {
        "hub_user": {
            "title": "直达账号的用户编号",
            "description": "OA 中分配给本系统的人员编号（hrm id），表单由经办人提交到该账号待办。",
            "type": "integer",
            "minimum": 1,
        },
        "api": {
            "title": "接口",
            "description": "两种接口做同样的事，结果也相同。",
            "enum": ["soap", "rest"],
            "default": "soap",
        },
        "plain_login": {
            "title": "允许明文登录",
            "description": "用于 rest：地址为 http:// 且不在本机时，令牌以明文送出；网络可信才填 true。",
            "type": "boolean",
            "default": False,
        },
        "wsdl": {
            "title": "WSDL 文件",
            "description": "用于 soap：相对于站点目录的路径；只从文件读取，运行时不从网络下载。",
            "type": "string",
            "default": "wsdl/WorkflowService.wsdl",
        },
        "path": {
            "title": "服务路径",
            "description": "用于 soap。",
            "type": "string",
            "pattern": "^/",
            "default": "/services/WorkflowService",
        },
        "forms": {
            "title": "接收的表单",
            "description": "键为流程编号（workflowId），每个表单一项。",
            "type": "object",
            "propertyNames": {"pattern": "^[0-9]+$"},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["kind", "mapping"],
                "properties": {
                    "kind": {"title": "文档种类", "type": "string"},
                    "mapping": {"title": "读取表单的映射文件", "type": "string"},
                    "reply": {"title": "回写结果的映射文件", "type": "string"},
                    "reply_operation": {
                        "title": "回写操作的名称",
                        "description": "多个表单各有回写时，用不同的名称区分。",
                        "type": "string",
                        "default": "reply",
                    },
                    "reply_needs": {
                        "title": "回写还要用到的数据",
                        "description": "名称 → 数据种类，如 {decision: grant-decision}；办理结果总是名为 result。"
                        "写了的，映射以这些名称为输入。",
                        "type": "object",
                        "propertyNames": {"pattern": "^(?!result$)[a-z][a-z0-9_]*$"},
                        "additionalProperties": {"type": "string", "minLength": 1},
                        "default": {},
                    },
                },
            },
        },
        "todo_workflow": {
            "title": "部门协同待办的流程编号",
            "type": "string",
            "pattern": "^[0-9]+$",
            "default": "620",
        },
        "message_workflow": {
            "title": "OA 消息的流程编号",
            "description": "只供阅知的流程，主表须有 ywlsh、sxmc、sxnr、blr 字段；填写后可用 message 操作发消息。",
            "type": "string",
            "pattern": "^([0-9]+)?$",
            "default": "",
        },
        "message_templates": {
            "title": "OA 消息可用的模板",
            "description": "站点目录 notices 中的文件名（不含 .yaml）。",
            "type": "array",
            "items": {"type": "string", "pattern": r"^[^\s/\\.:]{1,64}$"},
            "uniqueItems": True,
            "default": [],
        },
        "done_nodes": {
            "title": "表示办结的节点名称",
            "type": "array",
            "items": {"type": "string"},
            "default": ["办结", "归档"],
        },
        "page_size": {"title": "每页条数", "type": "integer", "minimum": 1, "default": 50},
        "most_per_poll": {
            "title": "每次最多读取的表单数",
            "description": "其余的留到下一次，以免一次读取占用太久。",
            "type": "integer",
            "minimum": 1,
            "default": 200,
        },
        "timeout_s": {
            "title": "等待应答的秒数",
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 30,
        },
    },
}
