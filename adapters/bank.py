"""A bank's front-end machine: it opens the account of a social security card, by XML in GBK over HTTP.

Style and states are those of a public bank-enterprise link; the functions for opening an account are
not public, so their names are inferred (``plans/bank.yaml``). An account is opened once: our own
reference (``YURREF``) is unique there, the outcome is what the business section says, and whatever
does not say it is asked after, never sent again. The bank gets the card, the child's identity and the
parent who acts for it: nothing of the birth. Of the account only the last four digits are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters import (
    _coded_wire,
    _endpoint,
    _generic_needs,
    _short_key,
    _unit_changes,
    _unit_plan,
)
from adapters._bank_line import BankLine
from adapters._unit_plan import ByPlan
from exchange import pointer
from exchange.errors import Fatal, Problem
from exchange.ports import BookEntry, Connector, Endpoint, Inputs, Needed, Operation, Prepared

__all__ = [
    "OPEN_CARD_ACCOUNT",
    "OPTIONS",
    "Bank",
    "declared",
    "mistakes",
    "needed",
    "open_system",
    "wire",
]

PRESET: Mapping[str, Any] = {
    "body": "text",
    "charset": "gbk",
    "text_types": ["application/xml", "text/html", "text/plain", "text/xml"],
    "headers": {"Accept": "*/*"},
}
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
OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "银行前置机（社保卡金融账户）",
    "description": "连接的 login 为前置机的登录用户（LGNNAM）；前置机一般按来源地址放行。"
    "开户的功能名与字段未公开，为推定；与银行文档不同的写在 operations 中。",
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
        "settle_s": {
            "title": "失联后的等待秒数",
            "description": "应答丢失后，银行可能仍在处理；超过此时间才按业务参考号查询。",
            "type": "number",
            "minimum": 0,
            "default": 60,
        },
    },
}


def declared(options: Mapping[str, Any]) -> dict[str, Operation]:
    """``open_card_account``, with the bank's time to settle."""
    known = _endpoint.completed(OPTIONS, options)
    return _unit_plan.settled([OPEN_CARD_ACCOUNT], known["settle_s"])


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    return "rest", _coded_wire.settings(PRESET, options.get("settings", {}))


def mistakes(options: Mapping[str, Any], site: Path | None) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place."""
    known = _endpoint.completed(OPTIONS, options)
    found = _coded_wire.mistakes(PRESET, known["settings"])
    return found + _unit_changes.mistakes("bank", declared({}), known["operations"], site)


def needed(options: Mapping[str, Any], site: Path | None) -> Mapping[str, tuple[Needed, ...]]:
    """Operation → the fields that its request can't do without, if the options are right."""
    changes = options.get("operations", {})
    return _unit_changes.needed("bank", declared(options), changes, site)


def requests(options: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mappings that make its request and its probe."""
    plan = _unit_plan.told("bank", options.get("operations"))
    return _generic_needs.mappings_of({"operations": plan})


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Bank:
    """The front-end machine at ``endpoint.address``. Nothing is sent."""
    known = _endpoint.completed(OPTIONS, options)
    over = _coded_wire.opened(PRESET, known["settings"], endpoint)
    line = BankLine(over, known["path"], endpoint.login)
    try:
        return Bank(known, line, endpoint)
    except Fatal:
        over.close()
        raise


class Bank(ByPlan):
    """Adapter over one bank."""

    def __init__(self, known: Mapping[str, Any], connector: Connector, endpoint: Endpoint) -> None:
        plan = _unit_plan.told("bank", known["operations"])
        super().__init__(plan, declared(known), connector, endpoint)
        self._bank = known["bank"]

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The message with our key as the bank can hold it. ``Invalid`` with all that is wrong."""
        made = super().prepare(operation, inputs, _short_key.shortened(effect_key))
        return replace(made, effect_key=effect_key)

    def mistakes(self, operation: str, inputs: Inputs) -> Iterator[Problem]:
        """Another bank's card is none of this one's business."""
        yield from super().mistakes(operation, inputs)
        chosen = pointer.get(inputs, "/card/bank")
        if chosen is not None and chosen != self._bank:
            yield Problem("bank.another-bank", {"path": "/card/bank", "bank": self._bank})

    def books(self, operation: str, since: datetime, until: datetime) -> Iterator[BookEntry]:
        """What the bank opened or refused in the span. ``Retriable`` if its list is not whole."""
        for entry in super().books(operation, since, until):
            yield replace(entry, effect_key=_short_key.whole(entry.effect_key))
