"""Human resources' card system (金保): a social security card is ordered, over SOAP with one string.

The string is XML in GBK with fields after LB 101 (dossier C7); names of operations and codes are
inferred (``plans/social_security.yaml``). The bank of the card's account is what the parents chose:
where they did not say, nobody else can. The system does not recognise a repetition, so an order is
probed by our serial number before it is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters import _endpoint, _generic_needs, _unit_changes, _unit_plan
from adapters._unit_plan import ByPlan
from connectors.reading import Reading
from exchange.errors import Fatal, Problem, Unknown
from exchange.ports import Endpoint, Needed, Operation

__all__ = ["OPTIONS", "ORDER_CARD", "declared", "mistakes", "needed", "open_system"]

ORDER_CARD = Operation(
    "order_card",
    "社会保障卡申领",
    needs={"citizen": "citizen-id", "declaration": "birth-declaration"},
    gives="social-security-card",
    identity=("citizen/citizen_id",),
    idempotence="probe",
)
OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "人社社会保障卡申领（金保）",
    "description": "一个文本参数的 SOAP 服务，文本是 GBK 的 XML。操作名与代码为推定；"
    "与本地系统不同的写在 operations 中。",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "wsdl": {
            "title": "WSDL 文件",
            "description": "相对于站点目录的路径；只从文件读取，运行时不从网络下载。",
            "type": "string",
            "default": "wsdl/SocialSecurityService.wsdl",
        },
        "path": {
            "title": "服务路径",
            "type": "string",
            "pattern": "^/",
            "default": "/services/SocialSecurity",
        },
        "operations": _unit_changes.schema([ORDER_CARD]),
        "timeout_s": {
            "title": "等待应答的秒数",
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 30,
        },
        "settle_s": {
            "title": "失联后的等待秒数",
            "description": "应答丢失后，对方可能仍在处理；超过此时间才查询是否已申领。",
            "type": "number",
            "minimum": 0,
            "default": 30,
        },
    },
}
READING = Reading(
    faults={"Server": Unknown, "Receiver": Unknown}, reads=frozenset({"queryCard", "listCards"})
)
"""A fault of the server may come after its commit (SOAP 1.1, 4.4.1); asking changes nothing."""


def declared(options: Mapping[str, Any]) -> dict[str, Operation]:
    """``order_card``, with the system's time to settle."""
    known = _endpoint.completed(OPTIONS, options)
    return _unit_plan.settled([ORDER_CARD], known["settle_s"])


def mistakes(options: Mapping[str, Any], site: Path | None) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place."""
    changes = options.get("operations", {})
    return _unit_changes.mistakes("social_security", declared({}), changes, site)


def needed(options: Mapping[str, Any], site: Path | None) -> Mapping[str, tuple[Needed, ...]]:
    """Operation → the fields that its request can't do without, if the options are right."""
    changes = options.get("operations", {})
    return _unit_changes.needed("social_security", declared(options), changes, site)


def requests(options: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mappings that make its request and its probe."""
    plan = _unit_plan.told("social_security", options.get("operations"))
    return _generic_needs.mappings_of({"operations": plan})


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> ByPlan:
    """The card system at ``endpoint.address``. ``options`` have passed ``OPTIONS``."""
    known = _endpoint.completed(OPTIONS, options)
    line = _endpoint.soap(known, endpoint, READING)
    try:
        plan = _unit_plan.told("social_security", known["operations"])
        return ByPlan(plan, declared(options), line, endpoint)
    except Fatal:
        line.close()
        raise
