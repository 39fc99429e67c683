"""What the operations of the bank's interface share: headers, parameters, refusals, and bodies that are no shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhida.finance_token import LARGEST
from zhida.openapi_components import REF
from zhida.serve_problem import CONTENT_TYPE

Told = dict[str, Any]
TAG = "order-finance"
_COMPACT = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"
_TEXT: Told = {"type": "string"}
_ERRORS: Mapping[str, str] = {
    "400": "不是规定的 JSON（整数写成 1.0 也不是），或有不认识的查询参数（not the JSON that is asked for: 1.0 is no integer; "
    "or an unknown query parameter）",
    "401": "没有令牌（no token; only without TLS）",
    "403": "没有授权：授权书、协议或调用权不允许（not allowed by letter, agreement or right）",
    "404": "没有，或是别家银行的（there is none, or it is another bank's）",
    "408": "请求没有在时限内发完（the request did not come whole in time）",
    "409": "编号已用于别的内容（the number stands for something else）",
    "413": "请求太大（the request is too big）",
    "422": "内容有错，逐条写明（wrong content, told item by item）",
    "429": "太频繁，或当天的次数已用完（too often, or the day's quota is used up）",
    "500": "中枢自身有故障，请求没有完成（the hub is out of order; the request was not completed）",
    "503": "暂时不能办，稍后再来（not now; come back later）",
}
_OF_EVERY = ("400", "401", "403", "408", "413", "422", "429", "500", "503")
_MORE: Mapping[str, Mapping[str, str]] = {
    "401": {"WWW-Authenticate": "Authenticate"},
    "429": {"Retry-After": "RetryAfter"},
    "503": {"Retry-After": "RetryAfter"},
}


def operation(name: str, summary: str, *parameters: str) -> Told:
    """The head of an operation; ``parameters`` by the names of their components."""
    refs = [{"$ref": f"#/components/parameters/{each}"} for each in parameters]
    return {"operationId": name, "summary": summary, "tags": [TAG], "parameters": refs}


def errors(*more: str) -> Told:
    """The refusals that every operation may give, and ``more`` of them, by status."""
    wanted = sorted({*_OF_EVERY, *more})
    return {code: {"$ref": f"#/components/responses/{code}"} for code in wanted}


def response(text: str, schema: str, *, headers: Mapping[str, str] = {}) -> Told:
    """An answer of a named schema. ``headers``: name → component, besides the call's number."""
    content = {"application/json": {"schema": {"$ref": REF + schema}}}
    return {"description": text, "headers": _headers(headers), "content": content}


def body(schema: str, example: Mapping[str, Any] | None = None) -> Told:
    """A body that has to be there."""
    told: Told = {"schema": {"$ref": REF + schema}}
    told |= {"example": dict(example)} if example else {}
    return {"required": True, "content": {"application/json": told}}


def responses() -> Told:
    """The refusals: problem details (RFC 9457), each with its headers."""
    content = {CONTENT_TYPE: {"schema": {"$ref": f"{REF}Problem"}}}
    return {
        code: {"description": text, "headers": _headers(_MORE.get(code, {})), "content": content}
        for code, text in _ERRORS.items()
    }


def _headers(more: Mapping[str, str]) -> Told:
    named = {"X-Request-Id": "Request", **more}
    return {name: {"$ref": f"#/components/headers/{each}"} for name, each in named.items()}


HEADERS: Told = {
    "Request": {"description": "本次调用的编号", "required": True, "schema": _TEXT},
    "RetryAfter": {
        "description": "多少秒以后再来",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "Location": {"description": "再读结果的地址", "required": True, "schema": _TEXT},
    "Authenticate": {"description": "须用令牌", "required": True, "schema": _TEXT},
}
PARAMETERS: Told = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "重发同一次申请或读取时写同样的值：十五分钟内不再计数",
        "schema": {"type": "string", "pattern": "^[0-9A-Za-z_.:-]{1,80}$"},
    },
    "Signature": {
        "name": "Zhida-Signature",
        "in": "header",
        "required": False,
        "description": "站点要求签名（signs）时必填：正文空着的紧凑 JWS（RFC 7515 附录 F），写法见接入说明",
        "schema": {"type": "string", "pattern": r"^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+$"},
    },
    "Number": {
        "name": "number",
        "in": "path",
        "required": True,
        "description": "银行自己的申请编号",
        "schema": {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$"},
    },
}


def _signed(name: str) -> Told:
    token = {"type": "string", "pattern": _COMPACT, "maxLength": LARGEST}
    closed = {"additionalProperties": False, "required": [name], "properties": {name: token}}
    return {"type": "object", **closed}


_NAMES = ("code", "title", "detail", "title_en", "detail_en")
_WORDS = dict.fromkeys(_NAMES, _TEXT)
SCHEMAS: Told = {
    "SignedLetter": _signed("letter"),
    "SignedRevocation": _signed("revocation"),
    "LetterState": {
        "type": "string",
        "enum": ["valid", "not-yet", "expired", "revoked", "used-up"],
    },
    "Letter": {
        "type": "object",
        "required": ["id", "state"],
        "properties": {
            "id": _TEXT,
            "state": {"$ref": f"{REF}LetterState"},
            "valid_until": _TEXT | {"format": "date"},
            "uses_left": {"type": "integer", "minimum": 0},
        },
    },
    "Result": {
        "type": "object",
        "required": ["answer", "signed"],
        "properties": {"answer": {"$ref": f"{REF}Answer"}, "signed": _TEXT},
    },
    "ClaimState": {"type": "string", "enum": ["reserved", "financed", "released"]},
    "Claim": {
        "type": "object",
        "required": ["request", "state"],
        "properties": {"request": _TEXT, "state": {"$ref": f"{REF}ClaimState"}},
    },
    "ProblemItem": {
        "type": "object",
        "required": [*_NAMES],
        "properties": {**_WORDS, "path": _TEXT},
    },
    "Problem": {
        "type": "object",
        "required": ["type", "status", "request", *_NAMES, "problems"],
        "properties": {
            "type": _TEXT,
            "status": {"type": "integer"},
            "request": _TEXT,
            **_WORDS,
            "problems": {"type": "array", "minItems": 1, "items": {"$ref": f"{REF}ProblemItem"}},
        },
    },
}
"""Their fields are explained in ``finance_fields.csv``."""
