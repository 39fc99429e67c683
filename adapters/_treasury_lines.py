"""Which money an award is paid from: the line of the system's file that its fund and policy choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters import _unit_plan
from exchange.errors import Problem

Told = Mapping[str, Any]


def chosen(lines: Sequence[Told], award: Told) -> int | None:
    """The place of the line; a line of the policy's own counts before that of its fund.

    >>> lines = [{"fund": "f"}, {"fund": "f", "policy": "p"}]
    >>> [chosen(lines, {"fund": "f", "policy": each}) for each in ("p", "q")]
    [1, 0]
    >>> chosen(lines, {"fund": "g", "policy": "p"}) is None
    True
    """
    fund, policy = award.get("fund"), award.get("policy")
    fits = [n for n, each in enumerate(lines) if each["fund"] == fund]
    own = [n for n in fits if lines[n].get("policy") == policy]
    general = [n for n in fits if "policy" not in lines[n]]
    return next(iter(own + general), None)


def twice(lines: Sequence[Told]) -> Iterator[tuple[str, Problem]]:
    """Lines for the same money: which of them counts would be anybody's guess."""
    seen: set[tuple[str, str]] = set()
    for number, each in enumerate(lines):
        key = (each["fund"], each.get("policy", ""))
        if key in seen:
            yield f"/lines/{number}", Problem("treasury.line-twice", {"number": number + 1})
        seen.add(key)


def written(plan: Mapping[str, Told], line: Told) -> dict[str, Told]:
    """The plan with the line's values as fixed fields, where the plan's ``line`` wants them."""
    return {
        each: _unit_plan.merged(own, {"constants": _constants(own.get("line", {}), line)})
        for each, own in plan.items()
    }


def _constants(places: Told, line: Told) -> dict[str, str]:
    account = line["account"]
    values = {name: line[name] for name in ("budget", "function", "economic")}
    values |= {"account": account["number"], "name": account["name"]}
    values |= {"bank": account["bank_cnaps"]}
    return {place: values[name] for name, place in places.items()}
