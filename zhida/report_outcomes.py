"""What became of the items of many cases, and why some of them left the fast lane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from exchange import canonical
from exchange.case import BY_HAND, MARK, root_of
from exchange.store.report_rows import Item as Row
from zhida.lane import CODES
from zhida.report_facts import Case

_BY_RULE = (BY_HAND, "halted")
_BY_CODE = ("refused", "invalid", "parked", "given-up", "cancelled")
LEFT = (*_BY_RULE, *_BY_CODE)
"""States in which an item is not in the fast lane, by a rule of the matter or by what happened.

What is ``blocked`` by another item, not needed or overtaken has no reason of its own.
"""


def outcomes(cases: Iterable[Case]) -> dict[str, dict[str, dict[str, int]]]:
    """Item → how many in which state; ``by_hand``: what came of those that people do;
    ``corrections``: rows that correct or undo it.
    """
    found: dict[str, dict[str, Counter[str]]] = {}
    for case in cases:
        for item in case.steps:
            kept = found.setdefault(
                item.name, {"states": Counter(), "by_hand": Counter(), "corrections": Counter()}
            )
            row = case.items[item.name]
            kept["states"][row.state] += 1
            if row.state == BY_HAND:
                kept["by_hand"][case.came_to(item.name).state] += 1
        for name in case.items:
            if MARK in name and root_of(name) in found:
                found[root_of(name)]["corrections"][case.items[name].state] += 1
    return {item: {k: dict(v) for k, v in kept.items()} for item, kept in found.items()}


def reasons(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """One row for each item, way and reason, with the number of cases; no values of records.

    By a rule of the matter: its words and its article, as the ledger has them (kind ``lane``). By
    what happened: the code, for the words of a unit's refusal may name a person.
    """
    found: Counter[tuple[str, str, str, str, str]] = Counter()
    places: dict[str, int] = {}
    for case in cases:
        places |= {name: n for n, name in enumerate(case.matter.items) if name not in places}
        found.update(_why(row) for row in _own(case) if row.state in LEFT)
    names = ("item", "state", "reason", "article", "code")
    order = sorted(found, key=lambda each: (places[each[0]], LEFT.index(each[1]), -found[each]))
    return [dict(zip(names, each, strict=True)) | {"cases": found[each]} for each in order]


def _own(case: Case) -> Iterator[Row]:
    return (row for name, row in case.items.items() if name in case.matter.items)


def _why(row: Row) -> tuple[str, str, str, str, str]:
    if row.state in _BY_RULE and row.code == CODES[row.state]:
        return (row.name, row.state, *_rule(row.facts), "")
    return row.name, row.state, "", "", row.code


@lru_cache(maxsize=4096)
def _rule(facts: str) -> tuple[str, str]:
    told = canonical.loads(facts.encode())
    found = (str(told.get(name, "-")) for name in ("reason", "article"))
    reason, article = ("" if each == "-" else each for each in found)
    return reason, article
