"""Errors as a caller gets them: problem details (RFC 9457) with our code, in Chinese and English.

What is wrong inside the hub is told to the hub's people; a caller learns only that something is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.http_message import Response
from exchange import canonical
from exchange.errors import (
    Fatal,
    Forbidden,
    Problem,
    Rejected,
    Retriable,
    Unknown,
    ZhidaError,
)
from exchange.problems import describe

CONTENT_TYPE = "application/problem+json"
_STATUS: Mapping[str, int] = {
    "http.malformed": 400,
    "http.too-big": 413,
    "http.slow": 408,
    "http.defect": 500,
    "canonical.not-json": 400,
    "canonical.duplicate-key": 400,
    "canonical.not-exact": 400,
    "canonical.not-text": 400,
    "canonical.too-deep": 400,
    "serve.no-route": 404,
    "serve.no-enterprise": 404,
    "serve.no-policy": 404,
    "serve.no-application": 404,
    "file.unknown-claim": 404,
    "file.corrected": 410,
    "file.range": 416,
    "serve.method": 405,
    "finance.no-request": 404,
    "finance.request-conflict": 409,
    "finance.letter-conflict": 409,
    **dict.fromkeys(("finance.no-loan", "finance.reconciliation-day"), 404),
    **dict.fromkeys(
        (
            *("finance.loan-conflict", "finance.loan-of-request", "finance.loan-message-conflict"),
            *("finance.loan-settled", "finance.loan-sum", "finance.loan-order"),
            *("finance.claim-conflict", "finance.claim-released", "finance.no-claim"),
        ),
        409,
    ),
    "finance.loan-form": 400,
    "finance.request-form": 400,
    "finance.body-form": 400,
    "finance.quota": 429,
    "application.conflict": 409,
    "application.form": 400,
    "serve.query": 400,
    "serve.too-many": 429,
    "serve.no-token": 401,
}
_KINDS: tuple[tuple[type[ZhidaError], int], ...] = (
    (Rejected, 422),
    (Forbidden, 403),
    (Retriable, 503),
    (Unknown, 503),
)
_OURS = frozenset({"key.lapsed"})
"""Refusals of the hub by itself: no caller has done anything wrong, and none can mend it."""
_PAUSE = 2
"""Seconds after which a caller may come back, if nothing better is known."""


def response(error: ZhidaError, request: str) -> Response:
    """The answer to a request that went wrong."""
    status, shown = status_of(error), _shown(error)
    told = [_told(each) for each in shown]
    first = told[0]
    body = {
        "type": f"urn:zhida:problem:{first['code']}",
        "status": status,
        "request": request,
        **{name: first[name] for name in ("code", "title", "detail", "title_en", "detail_en")},
        "problems": told,
    }
    headers = {"X-Request-Id": request, **_headers(error, status)}
    return Response(status, canonical.dumps(body), CONTENT_TYPE, headers)


def status_of(error: ZhidaError) -> int:
    """HTTP status of an error, by its code, else by what the caller must do."""
    if error.code in _OURS:
        return 500
    if error.code in _STATUS:
        return _STATUS[error.code]
    return next((status for kind, status in _KINDS if isinstance(error, kind)), 500)


def _shown(error: ZhidaError) -> tuple[Problem, ...]:
    """A fault of ours may name our files: its kind is enough for others."""
    if isinstance(error, Fatal) or error.code in _OURS:
        return (Problem("serve.out-of-order"),)
    return error.problems


def _told(problem: Problem) -> dict[str, Any]:
    chinese, remedy = describe(problem.code, problem.facts, "zh")
    english, cure = describe(problem.code, problem.facts, "en")
    told = {"code": problem.code, "title": chinese, "detail": remedy}
    told |= {"title_en": english, "detail_en": cure}
    path = problem.facts.get("path")
    return told | ({"path": str(path)} if path else {})


def _headers(error: ZhidaError, status: int) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": "Bearer"}
    if status == 416:
        return {"Content-Range": f"bytes */{error.facts.get('bytes', 0)}", "Accept-Ranges": "bytes"}
    if status == 405:
        return {"Allow": str(error.facts.get("allowed", ""))}
    if status in (429, 503):
        return {"Retry-After": str(error.facts.get("retry_after", _PAUSE))}
    return {}
