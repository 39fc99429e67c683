"""The ledger's entries behind the figures of the report of joint acceptance: the events of its buildings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from exchange.store import trace_rows
from zhida import acceptance_rules, report_acceptance, report_trace
from zhida.hub import Hub

_KINDS = ("case-opened", "acceptance-event")
_SAVED = ("needed", "by_owner", "by_hub", "uses", "copies_saved")
FIGURES = ("buildings", "delivered", "days", "working_days", "rounds", *_SAVED)
"""What may be followed, besides the number of a building (its days)."""


def trace(hub: Hub, figure: str, days: tuple[date | None, date | None]) -> list[dict[str, Any]]:
    """What each building counts for, and its entries. ``Rejected`` names the nearest figure."""
    rules = acceptance_rules.of_site(hub.site)
    told = report_acceptance.told_of(hub, rules, days)
    numbers = [each["acceptance"] for each in told]
    report_trace.chosen(figure, [*FIGURES, *numbers])
    values = {each["case"]: _value(each, figure) for each in told if _counts(each, figure)}
    with hub.store.read() as connection:
        entries = list(trace_rows.of_cases(connection, list(values), _KINDS))
    return [report_trace.row(figure, values[each.case], each) for each in entries]


def _counts(each: Mapping[str, Any], figure: str) -> bool:
    return (figure in FIGURES and _value(each, figure) > 0) or each["acceptance"] == figure


def _value(each: Mapping[str, Any], figure: str) -> int:
    if figure in _SAVED:
        return int(each["materials"][figure])
    counts = {"buildings": 1, "delivered": int(each["ending"] == "delivered")}
    return counts[figure] if figure in counts else int(each.get(figure, each["days"]))
