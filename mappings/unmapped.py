"""What becomes of a value that a table does not have: a problem, unless the file gives a reason.

``unmapped: error`` is the default. ``{as: keep, reason: …}`` lets the source's own text through,
``{as: fixed, value: …, reason: …}`` writes one value for all of them. A code that the list has, but
that was not in force on the day, is no such value: it stays a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exchange.errors import Fact
from exchange.ports import Scalar
from mappings.faults import Fault

STEPS = ("code", "crosswalk", "values")
_CODES = frozenset({"mapping.unknown-code", "mapping.no-counterpart", "mapping.unlisted-value"})
_TYPES: Mapping[type, str] = {str: "string", int: "integer", bool: "boolean"}


@dataclass(frozen=True, slots=True)
class Unmapped:
    """What is done instead. ``value``: None keeps the text as it is."""

    value: Scalar | None
    reason: str


def of(rule: Mapping[str, Any]) -> Unmapped | None:
    """As the rule of the file says it; None: it is a problem.

    >>> of({"unmapped": {"as": "fixed", "value": "9", "reason": "so agreed"}})
    Unmapped(value='9', reason='so agreed')
    """
    said = rule.get("unmapped", "error")
    return None if said == "error" else Unmapped(said.get("value"), said["reason"])


def instead(convert: Callable[..., Any], unmapped: Unmapped) -> Callable[..., Any]:
    """``convert``, but for values that its table does not have."""

    def converted(value: Any, *more: Any) -> Any:
        try:
            return convert(value, *more)
        except Fault as fault:
            if fault.code not in _CODES:
                raise
            return str(value) if unmapped.value is None else unmapped.value

    return converted


Flaw = tuple[str, dict[str, Fact]]


def flaws(rule: Mapping[str, Any], target_type: str) -> Iterator[Flaw]:
    """What is wrong with how a rule says it: code and facts. ``target_type``: empty if unknown."""
    said = rule.get("unmapped", "error")
    if "unmapped" in rule and not any(step in rule for step in STEPS):
        yield "mapping.bad-key-value", {"key": "unmapped", "rule": " | ".join(STEPS)}
    if said == "error":
        return
    if (said["as"] == "fixed") != ("value" in said):
        yield "mapping.bad-key-value", {"key": "value", "rule": "as: fixed"}
        return
    type_of = "string" if said["as"] == "keep" else _TYPES[type(said["value"])]
    made = {_TYPES[type(value)] for value in rule.get("values", {}).values()}
    if any(want not in ("", type_of) for want in (target_type, *made)):
        want = target_type or " | ".join(sorted(made))
        yield "mapping.unmapped-type", {"found": type_of, "want": want}
