"""What a site writes about a treasury's interface: which way orders go, and out of which money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters import _short_key, _unit_changes
from exchange.ports import Operation

PAY_AWARD = Operation(
    "pay_award",
    "奖补资金国库集中支付",
    needs={"award": "grant-award", "payee": "grant-payee"},
    gives="grant-payment",
    identity=("award/id",),
    occurrence=("payee/attempt",),
    idempotence="probe",
    irreversible=True,
    undone_by=("treasury.returned",),
)
RECOVER_AWARD = Operation(
    "recover_award",
    "奖补资金收回",
    needs={"award": "grant-award"},
    gives="grant-recovery",
    identity=("award/id",),
    idempotence="probe",
    irreversible=True,
    revokes="pay_award",
)
OPERATIONS: Mapping[str, tuple[Operation, ...]] = {
    "tables": (PAY_AWARD, RECOVER_AWARD),
    "iso20022": (PAY_AWARD, RECOVER_AWARD),
}
"""Channel → what can be done by it. ISO 20022 has no message by which a treasury takes back what was paid
rightly: the firm is asked (pain.013), and its own transfer is known by its reference."""
PAYEE_REASONS = ("AC01", "AC03", "AC04", "AC06", "BE01", "RC01")
"""Why a payment came back that another account may cure (code list ``iso20022_reason``)."""

_TEXT = {"type": "string", "minLength": 1, "maxLength": 100}
_CODE = {"type": "string", "pattern": "^[0-9]{3,9}$"}
_ACCOUNT: dict[str, Any] = {
    "title": "付款账户",
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "number", "bank_cnaps"],
    "properties": {
        "name": _TEXT | {"title": "户名"},
        "number": {"title": "账号", "type": "string", "pattern": "^[0-9A-Za-z-]{5,34}$"},
        "bank_cnaps": {"title": "开户行联行号", "type": "string", "pattern": "^[0-9]{12}$"},
    },
}
_LINE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["fund", "budget", "function", "economic", "account"],
    "properties": {
        "fund": _TEXT | {"title": "资金来源", "description": "与政策文件的 fund 一字不差。"},
        "policy": _TEXT
        | {"title": "政策标识", "description": "只用于这一政策；不写则用于该资金来源的其余政策。"},
        "budget": {"title": "指标号", "type": "string", "pattern": "^[0-9A-Za-z-]{1,40}$"},
        "function": _CODE | {"title": "支出功能分类科目", "description": "政府收支分类科目编码。"},
        "economic": _CODE | {"title": "支出经济分类科目", "description": "政府收支分类科目编码。"},
        "account": _ACCOUNT,
    },
}

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "国库集中支付",
    "description": "奖补资金的支付申请、退汇和收回。tables：写入国库前置库表，由国库程序改写状态；iso20022：放入"
    " pain.001 文件，读取 pain.002、camt.054 和日终 camt.053，收回的放入 pain.013，凭企业自己转回的一笔所写的编号认定。接口均未公开，库表、列名为推定；与国库文档不同的写在 operations 中。",
    "type": "object",
    "additionalProperties": False,
    "required": ["channel", "lines"],
    "properties": {
        "channel": {"title": "通道", "enum": list(OPERATIONS)},
        "wire": {
            "title": "文件的线路",
            "description": "只用于 iso20022。",
            "enum": ["files", "sftp", "ftps"],
            "default": "files",
        },
        "settings": {
            "title": "线路的设置",
            "description": "tables：至少写 driver、database（或 url），表名不同的写在 tables 中；"
            "iso20022：目录不同的写在 folders 中（orders 放入、taken 已取走、answers 回执）。",
            "type": "object",
            "default": {},
        },
        "lines": {
            "title": "资金安排",
            "description": "每项资金来源的指标、科目和付款账户；没有写的资金来源不会付款。",
            "type": "array",
            "minItems": 1,
            "items": _LINE,
        },
        "order_length": {
            "title": "支付申请编号的长度",
            "description": "国库的编号列有多长；不足 32 位的，编号改写为 26 位字母数字。",
            "type": "integer",
            "minimum": _short_key.SHORT,
            "maximum": _short_key.LONG,
            "default": _short_key.LONG,
        },
        "payee_reasons": {
            "title": "换一个收款账户即可再付的退回代码",
            "description": "退回代码在其中的为退汇（treasury.returned），等企业更正账户后再付；"
            "其余为不予支付（treasury.refused），由人查明。",
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,16}$"},
            "default": list(PAYEE_REASONS),
        },
        "operations": _unit_changes.schema([PAY_AWARD, RECOVER_AWARD]),
        "settle_s": {
            "title": "失联后的等待秒数",
            "description": "应答丢失后，写入可能仍在进行；超过此时间才按编号查询。",
            "type": "number",
            "minimum": 0,
            "default": 60,
        },
    },
}
