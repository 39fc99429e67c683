"""What a bureau configures for its birth register (JSON Schema 2020-12)."""

from __future__ import annotations

from typing import Any

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "公安出生登记",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "wsdl": {
            "title": "WSDL 文件",
            "description": "相对于站点目录的路径；只从文件读取，运行时不从网络下载。",
            "type": "string",
            "default": "wsdl/BirthRegisterService.wsdl",
        },
        "path": {
            "title": "服务路径",
            "type": "string",
            "pattern": "^/",
            "default": "/services/BirthRegister",
        },
        "identity_cards": {
            "title": "受理首次申领居民身份证",
            "description": "登记系统没有身份证受理接口（sfzsl、sfzslcx、sfzsldz，推定）的填 false：不申领，也不对账。",
            "type": "boolean",
            "default": True,
        },
        "timeout_s": {
            "title": "等待应答的秒数",
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 30,
        },
        "settle_s": {
            "title": "失联后的等待秒数",
            "description": "应答丢失后，对方可能仍在处理；超过此时间才查询是否已登记。",
            "type": "number",
            "minimum": 0,
            "default": 30,
        },
    },
}
