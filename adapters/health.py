"""The regional health platform (区域全民健康信息平台): a birth's four services, by signed JSON over HTTP.

No such platform's interface is published, so paths, names, codes and the signature are inferred
(``plans/health.yaml``). It does not recognise a repetition: each request is done, and a signed
certificate uses up a numbered form. So each is probed by our serial number before it is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters import _coded_wire, _endpoint, _generic_needs, _unit_changes, _unit_plan
from adapters._unit_plan import ByPlan
from exchange.errors import Fatal, Problem
from exchange.ports import Endpoint, Needed, Operation

__all__ = [
    "ISSUE_VOUCHER", "OPEN_VACCINATION", "OPTIONS", "REGISTER_PARENTING", "SIGN_CERTIFICATE",
    "declared", "mistakes", "needed", "open_system", "wire",
]  # fmt: skip

SIGNED = {
    "kind": "signature",
    "content": "{app}{timestamp}{nonce}{body_sm3}",
    "digest": "hmac-sm3",
    "encoding": "hex",
    "place": "header",
    "names": {"app": "X-App", "timestamp": "X-Time", "nonce": "X-Nonce", "sign": "X-Sign"},
}
PRESET: Mapping[str, Any] = {"auth": SIGNED}
QUESTIONS = ("POST /business/query", "POST /business/list")

_BIRTH = {"birth": "birth-record"}
_CERTIFICATE = ("birth/certificate/number",)
ISSUE_VOUCHER = Operation(
    "issue_voucher",
    "生育登记",
    needs=_BIRTH,
    gives="registration-voucher",
    identity=_CERTIFICATE,
    idempotence="probe",
)
SIGN_CERTIFICATE = Operation(
    "sign_certificate",
    "出生医学证明首次签发",
    needs={"birth": "birth-record", "declaration": "birth-declaration"},
    gives="birth-certificate",
    identity=_CERTIFICATE,
    idempotence="probe",
    irreversible=True,
)
OPEN_VACCINATION = Operation(
    "open_vaccination",
    "预防接种建档",
    needs=_BIRTH,
    gives="immunisation-record",
    identity=_CERTIFICATE,
    idempotence="probe",
)
REGISTER_PARENTING = Operation(
    "register_parenting",
    "科学育儿指导服务登记",
    needs=_BIRTH,
    gives="parenting-registration",
    identity=_CERTIFICATE,
    idempotence="probe",
)
SERVICES = (ISSUE_VOUCHER, SIGN_CERTIFICATE, OPEN_VACCINATION, REGISTER_PARENTING)

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "全民健康信息平台（出生服务）",
    "description": "生育登记、出生医学证明签发、预防接种建档、科学育儿登记。连接的 login 为应用标识，password 为密钥。"
    "接口未公开，路径、字段、代码和签名规则均为推定；与平台不同的写在 operations 和 settings 中。",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "settings": _coded_wire.SETTINGS,
        "operations": _unit_changes.schema(SERVICES),
        "settle_s": {
            "title": "失联后的等待秒数",
            "description": "应答丢失后，平台可能仍在处理；超过此时间才按业务流水号查询。",
            "type": "number",
            "minimum": 0,
            "default": 30,
        },
    },
}


def declared(options: Mapping[str, Any]) -> dict[str, Operation]:
    """The four services, with the platform's time to settle."""
    known = _endpoint.completed(OPTIONS, options)
    return _unit_plan.settled(SERVICES, known["settle_s"])


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    return "rest", _coded_wire.settings(PRESET, options.get("settings", {}))


def mistakes(options: Mapping[str, Any], site: Path | None) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place."""
    known = _endpoint.completed(OPTIONS, options)
    found = _coded_wire.mistakes(PRESET, known["settings"])
    return found + _unit_changes.mistakes("health", declared({}), known["operations"], site)


def needed(options: Mapping[str, Any], site: Path | None) -> Mapping[str, tuple[Needed, ...]]:
    """Operation → the fields that its request can't do without, if the options are right."""
    changes = options.get("operations", {})
    return _unit_changes.needed("health", declared(options), changes, site)


def requests(options: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mappings that make its request and its probe."""
    plan = _unit_plan.told("health", options.get("operations"))
    return _generic_needs.mappings_of({"operations": plan})


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> ByPlan:
    """The platform at ``endpoint.address``. Nothing is sent. ``Fatal`` without login and key."""
    known = _endpoint.completed(OPTIONS, options)
    line = _coded_wire.opened(PRESET, known["settings"], endpoint, QUESTIONS)
    try:
        plan = _unit_plan.told("health", known["operations"])
        return ByPlan(plan, declared(options), line, endpoint)
    except Fatal:
        line.close()
        raise
