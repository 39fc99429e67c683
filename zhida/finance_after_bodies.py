"""Bodies of what follows a loan that are no shapes: what the endpoint tells of loans, events and days."""

from __future__ import annotations

from typing import Any

from zhida import finance_books
from zhida.openapi_components import REF

Told = dict[str, Any]
_TEXT: Told = {"type": "string"}
_COUNT: Told = {"type": "integer", "minimum": 0}
_DAY: Told = {"type": "string", "format": "date"}
_MOMENT: Told = {"type": "string", "format": "date-time"}


def _object(required: tuple[str, ...], properties: Told) -> Told:
    return {"type": "object", "required": list(required), "properties": properties}


_WORD: Told = {"$ref": f"{REF}LoanWord"}
SCHEMAS: Told = {
    "LoanState": {"type": "string", "enum": ["open", "repaid", "called-off"]},
    "TakenMessage": _object(
        ("number", "event", "on", "amount_fen", "told_at"),
        {"number": _TEXT, "event": _WORD, "on": _DAY, "amount_fen": _COUNT, "told_at": _MOMENT},
    ),
    "Loan": _object(
        (
            *("number", "state", "paid_out_on", "due_on", "amount_fen", "repaid_fen"),
            *("credited_fen", "messages"),
        ),
        {
            "number": _TEXT,
            "state": {"$ref": f"{REF}LoanState"},
            "paid_out_on": _DAY,
            "due_on": _DAY,
            "ended_on": _DAY,
            "account_checked_until": _DAY,
            "amount_fen": _COUNT,
            "repaid_fen": _COUNT,
            "credited_fen": _COUNT,
            "release": _TEXT,
            "messages": {"type": "array", "items": {"$ref": f"{REF}TakenMessage"}},
        },
    ),
    "NumberedEvent": _object(
        ("seq", "event", "signed"),
        {
            "seq": {"type": "integer", "minimum": 1},
            "event": {"$ref": f"{REF}Event"},
            "signed": _TEXT,
        },
    ),
    "Events": _object(
        ("events", "next", "last"),
        {
            "events": {"type": "array", "items": {"$ref": f"{REF}NumberedEvent"}},
            "next": _COUNT,
            "last": _COUNT,
        },
    ),
    "DayCounts": _object(finance_books.KINDS, dict.fromkeys(finance_books.KINDS, _COUNT)),
    "DaySums": _object(
        ("paid_out", "repaid", "credited"),
        dict.fromkeys(("paid_out", "repaid", "credited"), _COUNT),
    ),
    "DayDigests": _object(
        ("all", *finance_books.KINDS), dict.fromkeys(("all", *finance_books.KINDS), _TEXT)
    ),
    "EventCounts": {"type": "object", "additionalProperties": _COUNT},
    "Day": _object(
        ("bank", "day", "counts", "watched", "sums_fen", "events", "digests"),
        {
            "bank": _TEXT,
            "day": _DAY,
            "counts": {"$ref": f"{REF}DayCounts"},
            "watched": _COUNT,
            "sums_fen": {"$ref": f"{REF}DaySums"},
            "events": {"$ref": f"{REF}EventCounts"},
            "first": _COUNT,
            "last": _COUNT,
            "digests": {"$ref": f"{REF}DayDigests"},
            "rows": {"type": "array", "items": _TEXT},
        },
    ),
}
"""Their fields are explained in ``finance_fields.csv``."""
