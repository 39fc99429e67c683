"""The bank's interface as OpenAPI 3.1, made of the very shapes by which requests and answers are checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mappings import shapes
from zhida import (
    finance_after_openapi,
    finance_answers,
    finance_requests,
    finance_words,
    openapi_components,
)
from zhida.finance_openapi_parts import (
    HEADERS,
    PARAMETERS,
    SCHEMAS,
    TAG,
    body,
    errors,
    operation,
    response,
    responses,
)
from zhida.finance_served import LETTERS
from zhida.finance_telling import REQUESTS
from zhida.version import VERSION

Told = dict[str, Any]
_OURS = {path.split("/")[1] for path in finance_requests.OURS}
_PARTIAL = "结果，还不完整：有的事项还不知道"
_AGAIN: Told = {
    "operationId": "readResult",
    "description": "以后再读，用同一个编号",
    "parameters": {"number": "$request.body#/number"},
}
_EXAMPLE: Told = {
    "number": "SQ20260105001",
    "letter": "SQS-001",
    "order": "PO-2026-0001",
    "contract": "HT-2026-01",
    "buyer": {"uscc": "91320116MA0000015Y", "name": "示例重工集团有限公司"},
    "seller": {"uscc": "91320116MA0000023R", "name": "示例精密零件有限公司"},
    "amount_fen": 50_000_000,
    "account": {"tail": "0001", "is_locked": True},
}
"""Of firms that nobody is: their codes are of a district's test range."""
_PARTS: Mapping[str, str] = {
    "/buyer": "Firm",
    "/seller": "Firm",
    "/account": "Account",
    "/invoices/*": "Invoice",
    "/stage": "Stage",
    "/checks/*": "Check",
    "/checks/*/state": "CheckState",
}


def document() -> Told:
    """The whole description: the same at every site, since a site can't have shapes of these names."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "直达 · 订单融资（银行接口）",
            "version": VERSION,
            "summary": "企业授权书、核验申请、核验结果、放款、贷后事件、对账 (letters, requests, answers, loans, events, books for banks)",
            "description": "只给事实，不打分，不建议。每次读取都按授权书核对、计数、留痕。金额以分计，日期为中国日历日。",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": TAG, "description": "订单融资"}],
        "security": [{"certificate": []}, {"token": []}],
        "paths": {**_paths(), **finance_after_openapi.paths()},
        "components": {
            "securitySchemes": {
                "certificate": {"type": "mutualTLS", "description": "银行的客户端证书"},
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "仅本机回环，不用 TLS 时",
                },
            },
            "headers": HEADERS,
            "parameters": {**PARAMETERS, **finance_after_openapi.PARAMETERS},
            "responses": responses(),
            "schemas": _schemas(),
        },
    }


def _paths() -> Told:
    return {
        LETTERS: {"post": _hand_in()},
        f"{LETTERS}/revocations": {"post": _take_back()},
        REQUESTS: {"post": _ask()},
        f"{REQUESTS}/{{number}}": {"get": _look()},
        f"{REQUESTS}/{{number}}/withdrawal": {"post": _withdraw()},
    }


def _hand_in() -> Told:
    return {
        **operation("handInLetter", "提交企业授权书", "Signature"),
        "requestBody": body("SignedLetter"),
        "responses": {"201": response("授权书现在的状态", "Letter"), **errors("409")},
    }


def _take_back() -> Told:
    return {
        **operation("takeBackLetter", "提交企业的撤回", "Signature"),
        "requestBody": body("SignedRevocation"),
        "responses": {"200": response("授权书现在的状态", "Letter"), **errors()},
    }


def _ask() -> Told:
    summary = "提交核验申请；同一编号、同一内容再提交即再读一次结果"
    return {
        **operation("submitRequest", summary, "IdempotencyKey", "Signature"),
        "requestBody": body("Request", _EXAMPLE),
        "responses": {**_answers(links={"readResult": _AGAIN}), **errors("409")},
    }


def _look() -> Told:
    return {
        **operation("readResult", "读核验结果", "Number", "IdempotencyKey"),
        "responses": {**_answers(), **errors("404")},
    }


def _withdraw() -> Told:
    return {
        **operation("withdrawRequest", "不放款：订单空出来给别家", "Number", "Signature"),
        "responses": {"200": response("这份申请现在的占用", "Claim"), **errors("404", "409")},
    }


def _answers(**more: Told) -> Told:
    there = {"Location": "Location"}
    later = there | {"Retry-After": "RetryAfter"}
    return {
        "200": {**response("结果，完整", "Result", headers=there), **more},
        "202": {**response(_PARTIAL, "Result", headers=later), **more},
    }


def _schemas() -> Told:
    found = {**_of_shapes(), **SCHEMAS, **finance_after_openapi.schemas()}
    return {name: finance_words.in_chinese(name, each) for name, each in found.items()}


def _of_shapes() -> Told:
    """What is sent and told: the very shapes, the request without what the hub writes itself."""
    schema = shapes.shape(finance_requests.KIND)
    sent = {
        **schema,
        "required": [name for name in schema["required"] if name not in _OURS],
        "properties": {n: each for n, each in schema["properties"].items() if n not in _OURS},
    }
    told = shapes.shape(finance_answers.KIND)
    moment = {**told["properties"]["as_of"], "format": "date-time"}  # as it is always written
    answer = {**told, "properties": {**told["properties"], "as_of": moment}}
    return {
        **openapi_components.of_shape("Request", sent, _PARTS),
        **openapi_components.of_shape("Answer", answer, _PARTS),
    }
