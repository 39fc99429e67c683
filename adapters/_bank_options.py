"""What a site writes about a bank's front-end machine, and what can be done with one."""

from __future__ import annotations

from typing import Any

from adapters import _bank_statement, _coded_wire, _unit_changes
from exchange.ports import Operation

OPEN_CARD_ACCOUNT = Operation(
    "open_card_account",
    "社保卡金融账户开立",
    needs={
        "card": "social-security-card",
        "citizen": "citizen-id",
        "declaration": "birth-declaration",
    },
    gives="card-account",
    identity=("card/card_number",),
    idempotence="probe",
    irreversible=True,
)
ACCOUNT_CREDITS = Operation(
    "account_credits",
    "账户收款查询",
    needs={"query": "account-query"},
    gives="account-credits",
    effect=False,
    identity=("query/account", "query/since", "query/until"),
    idempotence="natural",
)
OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "银行前置机（社保卡金融账户、账户收款查询）",
    "description": "连接的 login 为前置机的登录用户（LGNNAM）；前置机一般按来源地址放行。"
    "开户的功能名与字段未公开，为推定；与银行文档不同的写在 operations 中。"
    "账户收款查询（GetTransInfoEX）的名称据公开的企业程序，银行文档为准。",
    "type": "object",
    "additionalProperties": False,
    "required": ["bank"],
    "properties": {
        "bank": {
            "title": "本行的行别代码",
            "description": "联行号前三位，如 102；父母选择其他银行的，不会发给本行。",
            "type": "string",
            "pattern": "^[0-9]{3}$",
        },
        "path": {"title": "路径", "type": "string", "pattern": "^/[!-~]*$", "default": "/"},
        "settings": _coded_wire.SETTINGS,
        "operations": _unit_changes.schema([OPEN_CARD_ACCOUNT]),
        "statement": _bank_statement.OPTIONS,
        "settle_s": {
            "title": "失联后的等待秒数",
            "description": "应答丢失后，银行可能仍在处理；超过此时间才按业务参考号查询。",
            "type": "number",
            "minimum": 0,
            "default": 60,
        },
    },
}
