"""The part of the bank's interface that follows a loan, as OpenAPI 3.1: paths and schemas for the whole description.

References are to ``#/components/responses/<status>`` of the description that takes these in.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from mappings.shapes import Shapes
from zhida import finance_books, finance_feed, finance_loan_telling, finance_loans, finance_noticing
from zhida.finance_after_served import BOOKS, EVENTS, LOANS

Told = dict[str, Any]
_JSON = "application/json"
_NUMBER = "^[0-9A-Za-z_-]{1,64}$"
_TEXT: Told = {"type": "string"}
_COUNT: Told = {"type": "integer", "minimum": 0}
_DAY: Told = {"type": "string", "format": "date"}


def paths() -> Told:
    """Path → its operations."""
    loan = _named("number", _TEXT | {"pattern": _NUMBER}, "银行自己的放款编号")
    day = _named("day", _DAY, "中国日历日，已经过完的")
    return {
        LOANS: {"post": _operation("lend", "告知放款", {"201": "Loan"}, body="NewLoan")},
        f"{LOANS}/{{number}}": {
            "parameters": [loan],
            "get": _operation("lookAtLoan", "放款现在怎样", {"200": "Loan"}),
        },
        f"{LOANS}/{{number}}/events": {
            "parameters": [loan],
            "post": _operation(
                "tellOfLoan", "告知贷后情况", {"200": "Loan", "201": "Loan"}, body="LoanMessage"
            ),
        },
        EVENTS: {"get": _operation("readEvents", "贷后事件", {"200": "Events"}) | _page()},
        f"{BOOKS}/{{day}}": {
            "parameters": [day],
            "get": _operation("reconcile", "一天的对账", {"200": "Day"}) | _rows(),
        },
    }


def schemas(known: Shapes) -> Told:
    """Name → schema, out of the very shapes by which messages are checked."""
    return {
        "NewLoan": _sent(known.find(finance_loans.KIND).schema),
        "LoanMessage": _sent(known.find(finance_loan_telling.KIND).schema),
        "Event": _plain(known.find(finance_noticing.KIND).schema),
        "Loan": _LOAN,
        "Events": _EVENTS,
        "Day": _BOOK,
    }


def _operation(name: str, summary: str, answers: Mapping[str, str], *, body: str = "") -> Told:
    told: Told = {"operationId": name, "summary": summary}
    if body:
        told["requestBody"] = {"required": True, "content": _content(body)}
    wrong = ["400", "401", "403", "404", "422", "429", "503", *(["409"] if body else [])]
    errors = {code: {"$ref": f"#/components/responses/{code}"} for code in sorted(wrong)}
    right = {code: _answer(schema) for code, schema in answers.items()}
    return told | {"responses": {**right, **errors}}


def _answer(schema: str) -> Told:
    headers = {"X-Request-Id": {"$ref": "#/components/headers/Request"}}
    return {"description": "办妥", "headers": headers, "content": _content(schema)}


def _content(schema: str) -> Told:
    return {_JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _named(name: str, schema: Told, text: str) -> Told:
    return {"name": name, "in": "path", "required": True, "description": text, "schema": schema}


def _asked(name: str, schema: Told, text: str) -> Told:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


def _page() -> Told:
    most = {"type": "integer", "minimum": 1, "maximum": finance_feed.MOST}
    after = _asked("after", _COUNT | {"default": 0}, "从这个编号之后起")
    return {"parameters": [after, _asked("limit", most, "最多几件")]}


def _rows() -> Told:
    return {"parameters": [_asked("rows", {"type": "string", "enum": ["0", "1"]}, "1：另有逐行")]}


def _plain(schema: Mapping[str, Any]) -> Told:
    """Without the words that are only ours."""
    left = copy.deepcopy(dict(schema))
    for name in ("$schema", "$id", "sensitive", "replaces"):
        left.pop(name, None)
    return left


def _sent(schema: Mapping[str, Any]) -> Told:
    """What a bank sends: without what the hub writes itself."""
    told, ours = _plain(schema), finance_loans.OURS
    told["required"] = [name for name in told["required"] if name not in ours]
    told["properties"] = {n: each for n, each in told["properties"].items() if n not in ours}
    return told


def _object(required: tuple[str, ...], properties: Told) -> Told:
    return {"type": "object", "required": list(required), "properties": properties}


_MESSAGE = _object(
    ("number", "event", "on", "amount_fen", "told_at"),
    {"number": _TEXT, "event": _TEXT, "on": _DAY, "amount_fen": _COUNT, "told_at": _TEXT},
)
_LOAN = _object(
    ("number", "state", "paid_out_on", "due_on", "amount_fen", "repaid_fen", "messages"),
    {
        "number": _TEXT,
        "state": {"type": "string", "enum": ["open", "repaid", "called-off"]},
        "paid_out_on": _DAY,
        "due_on": _DAY,
        "ended_on": _DAY,
        "account_checked_until": _DAY,
        "amount_fen": _COUNT,
        "repaid_fen": _COUNT,
        "credited_fen": _COUNT,
        "release": _TEXT | {"description": "了结以后还要银行做什么"},
        "messages": {"type": "array", "items": _MESSAGE},
    },
)
_NUMBERED = _object(
    ("seq", "event", "signed"),
    {
        "seq": {"type": "integer", "minimum": 1, "description": "每家银行从 1 起，没有空号"},
        "event": {"$ref": "#/components/schemas/Event"},
        "signed": _TEXT | {"description": "同一事件，中枢签名（SD-JWT，RFC 9901）"},
    },
)
_EVENTS = _object(
    ("events", "next", "last"),
    {"events": {"type": "array", "items": _NUMBERED}, "next": _COUNT, "last": _COUNT},
)
_COUNTS: Told = {"type": "object", "additionalProperties": _COUNT}
_BOOK = _object(
    ("bank", "day", "counts", "sums_fen", "events", "digests"),
    {
        "bank": _TEXT,
        "day": _DAY,
        "counts": _object(finance_books.KINDS, dict.fromkeys(finance_books.KINDS, _COUNT)),
        "watched": _COUNT,
        "sums_fen": _COUNTS,
        "events": _COUNTS,
        "first": _COUNT,
        "last": _COUNT,
        "digests": {"type": "object", "additionalProperties": _TEXT},
        "rows": {"type": "array", "items": _TEXT},
    },
)
