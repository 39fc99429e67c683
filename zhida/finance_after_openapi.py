"""The part of the bank's interface that follows a loan, for the whole description: paths, parameters, schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mappings import shapes
from mappings.shapes import Shapes
from zhida import (
    finance_feed,
    finance_loan_telling,
    finance_loans,
    finance_noticing,
    openapi_components,
)
from zhida.finance_after_bodies import SCHEMAS
from zhida.finance_after_served import BOOKS, EVENTS, LOANS
from zhida.finance_openapi_parts import body, errors, operation, response

Told = dict[str, Any]
_TEXT: Told = {"type": "string"}
_COUNT: Told = {"type": "integer", "minimum": 0}
_DAY: Told = {"type": "string", "format": "date"}
_THERE = {"Location": "Location"}


def paths() -> Told:
    """Path → its operations."""
    return {
        LOANS: {"post": _lend()},
        f"{LOANS}/{{number}}": {"get": _look()},
        f"{LOANS}/{{number}}/events": {"post": _tell()},
        EVENTS: {"get": _read()},
        f"{BOOKS}/{{day}}": {"get": _reconcile()},
    }


def schemas(known: Shapes = shapes.SHIPPED) -> Told:
    """Name → schema, out of the very shapes by which messages are checked."""
    at = {**known.find(finance_noticing.KIND).schema}
    at["properties"] = {**at["properties"], "at": {**at["properties"]["at"], "format": "date-time"}}
    return {
        **_sent("NewLoan", known.find(finance_loans.KIND).schema, {"/account": "LoanAccount"}),
        **_sent("LoanMessage", known.find(finance_loan_telling.KIND).schema, _OF_MESSAGE),
        **openapi_components.of_shape("Event", at, _OF_EVENT),
        **SCHEMAS,
    }


_OF_MESSAGE = {"/event": "LoanWord", "/payer": "Payer"}
_OF_EVENT = {"/facts/*": "Change", "/evidence/*": "Evidence"}


def _lend() -> Told:
    summary = "告知放款；同一编号、同一内容再告知，答复一样"
    return {
        **operation("lend", summary, "Signature"),
        "requestBody": body("NewLoan"),
        "responses": {
            "201": response("放款现在怎样", "Loan", headers=_THERE),
            **errors("404", "409"),
        },
    }


def _look() -> Told:
    return {
        **operation("lookAtLoan", "放款现在怎样", "LoanNumber"),
        "responses": {"200": response("放款现在怎样", "Loan"), **errors("404")},
    }


def _tell() -> Told:
    answers = {
        "200": response("以前告知过，没有变", "Loan"),
        "201": response("收下了", "Loan"),
    }
    return {
        **operation("tellOfLoan", "告知贷后情况", "LoanNumber", "Signature"),
        "requestBody": body("LoanMessage"),
        "responses": {**answers, **errors("404", "409")},
    }


def _read() -> Told:
    return {
        **operation("readEvents", "贷后事件，从某个编号之后起", "After", "Limit"),
        "responses": {"200": response("按编号从小到大", "Events"), **errors()},
    }


def _reconcile() -> Told:
    return {
        **operation("reconcile", "一天的对账", "Day", "Rows"),
        "responses": {"200": response("中枢账上的这一天", "Day"), **errors("404")},
    }


def _sent(name: str, schema: Mapping[str, Any], names: dict[str, str]) -> Told:
    """What a bank sends: without what the hub writes itself."""
    ours = finance_loans.OURS
    told = {
        **schema,
        "required": [each for each in schema["required"] if each not in ours],
        "properties": {n: each for n, each in schema["properties"].items() if n not in ours},
    }
    return openapi_components.of_shape(name, told, names)


def _asked(name: str, schema: Told, text: str) -> Told:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


def _place(name: str, schema: Told, text: str) -> Told:
    return {"name": name, "in": "path", "required": True, "description": text, "schema": schema}


PARAMETERS: Told = {
    "LoanNumber": _place(
        "number", _TEXT | {"pattern": "^[0-9A-Za-z_-]{1,64}$"}, "银行自己的放款编号"
    ),
    "Day": _place("day", _DAY, "中国日历日，过完已有十分钟的"),
    "After": _asked(
        "after", _COUNT | {"maximum": finance_feed.LAST, "default": 0}, "从这个编号之后起"
    ),
    "Limit": _asked(
        "limit",
        {
            "type": "integer",
            "minimum": 1,
            "maximum": finance_feed.MOST,
            "default": finance_feed.USUAL,
        },
        "最多几件",
    ),
    "Rows": _asked("rows", _TEXT | {"enum": ["0", "1"], "default": "0"}, "1：另有逐行"),
}
