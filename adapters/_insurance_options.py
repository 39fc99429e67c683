"""What a bureau configures for its medical-insurance platform (JSON Schema 2020-12)."""

from __future__ import annotations

from typing import Any


def _texts(title: str, description: str, default: list[str]) -> dict[str, Any]:
    return {
        "title": title,
        "description": description,
        "type": "array",
        "items": {"type": "string", "minLength": 2},
        "default": default,
    }


OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "医保信息平台",
    "description": "签名密钥不写在这里，放在连接的 extra.secret 中。",
    "type": "object",
    "additionalProperties": False,
    "required": ["institution", "institution_name", "region", "operator", "operator_name"],
    "properties": {
        "institution": {
            "title": "机构编号",
            "description": "fixmedins_code，12 位。",
            "type": "string",
            "pattern": "^[A-Z0-9]{12}$",
        },
        "institution_name": {"title": "机构名称", "type": "string", "minLength": 1},
        "region": {
            "title": "就医地医保区划",
            "description": "mdtrtarea_admvs，6 位，与行政区划代码不一定相同。",
            "type": "string",
            "pattern": "^[0-9]{6}$",
        },
        "system": {
            "title": "接收方系统代码",
            "description": "recer_sys_code，由医保部门分配。",
            "type": "string",
            "minLength": 1,
            "default": "ZHIDA",
        },
        "operator": {"title": "经办人编号", "type": "string", "minLength": 1},
        "operator_name": {"title": "经办人姓名", "type": "string", "minLength": 1},
        "busy_texts": _texts(
            "表示暂时不可用的提示",
            "err_msg 含有其中之一时视为未办理，稍后重试。",
            ["系统繁忙", "稍后再试", "服务不可用", "系统维护"],
        ),
        "login_texts": _texts(
            "表示签名或权限有误的提示",
            "err_msg 含有其中之一时需要管理员处理，不重试。",
            ["验签失败", "签名", "无权限", "未授权"],
        ),
        "uncertain_texts": _texts(
            "表示结果不明的提示",
            "err_msg 含有其中之一时先查询，不直接重发。",
            ["超时", "处理中"],
        ),
        "absent_texts": _texts(
            "表示查无此人的提示",
            "人员查询（1101）的 err_msg 与其中之一完全相同（不计首尾空白和句号）时视为尚未参保；"
            "其他提示一律视为没有回答，不会重新参保。",
            ["人员信息不存在", "未查询到人员信息", "未查询到参保信息", "查无此人"],
        ),
        "not_yet_texts": _texts(
            "表示待遇尚不能核定的提示",
            "生育医疗费用待遇核定的 err_msg 含有其中之一时视为还没有办理，一小时后再报，不算拒绝。",
            ["尚未出院结算", "出院结算后再"],
        ),
        "timeout_s": {
            "title": "等待应答的秒数",
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 30,
        },
    },
}
