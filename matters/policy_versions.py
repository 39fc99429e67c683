"""One version of a policy file to data, with what in it hangs on nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mappings.yaml_file import escape
from matters import award_file, criteria_file
from matters.criteria_file import MOST_TESTS
from matters.mistakes import Mistake
from matters.policy import Budget, Parameter, Version
from matters.policy_reading import Known, Reading

_KINDS = ("count", "money", "ratio", "date", "code")


def version(
    known: Known, name: str, told: Mapping[str, Any], *, elsewhere: frozenset[str]
) -> tuple[Version, list[Mistake]]:
    """The version and its mistakes. ``elsewhere``: clauses that the rest of the policy names."""
    at = f"/versions/{escape(name)}"
    reading = Reading(known, clauses=told["clauses"], used=set(elsewhere))
    reading.parameters = _parameters(reading, told.get("parameters", {}), f"{at}/parameters")
    since, until = _days(reading, told, at)
    found = Version(
        name=name,
        since=since,
        until=until,
        by=_by(reading, told.get("by", ""), f"{at}/by"),
        clauses=told["clauses"],
        parameters=reading.parameters,
        criteria=criteria_file.node(reading, told["criteria"], f"{at}/criteria"),
        award=award_file.award(reading, told["award"], f"{at}/award"),
        budget=_budget(reading, told.get("budget"), f"{at}/budget"),
        tests=tuple(reading.tests),
    )
    reading.each_clause(told.get("other_clauses", ()), f"{at}/other_clauses")
    if len(reading.tests) > MOST_TESTS:
        reading.wrong("policy.too-many-tests", at, found=len(reading.tests), most=MOST_TESTS)
    return found, [*reading.mistakes, *_unused(reading, at)]


def _days(reading: Reading, told: Mapping[str, Any], at: str) -> tuple[date, date | None]:
    since = reading.day(told["since"], f"{at}/since")
    until = reading.day(told["until"], f"{at}/until") if "until" in told else None
    if until and until < since:
        reading.wrong("policy.period", f"{at}/until")
    return since, until


def _by(reading: Reading, name: str, at: str) -> str:
    fact = reading.fact(name, at) if name else None
    if fact and fact.kind != "date":
        reading.wrong("policy.kind", at, name=name, kind=fact.kind, word="by")
    return name


def _parameters(reading: Reading, told: Mapping[str, Any], at: str) -> dict[str, Parameter]:
    found = {}
    for name, entry in told.items():
        kinds = [kind for kind in _KINDS if kind in entry]
        if len(kinds) != 1 or "title" not in entry:
            continue
        [kind] = kinds
        value = reading.value(entry[kind], kind, f"{at}/{escape(name)}/{kind}")
        found[name] = Parameter(name, entry["title"], value, text=str(entry[kind]), kind=kind)
    return found


def _budget(reading: Reading, told: Mapping[str, Any] | None, at: str) -> Budget | None:
    if told is None:
        return None
    reading.each_clause(told.get("clause", ()), f"{at}/clause")
    return Budget(reading.money(told["amount"], f"{at}/amount"), told["rule"])


def _unused(reading: Reading, at: str) -> Iterator[Mistake]:
    """A clause without a criterion is a criterion forgotten; a parameter, a number that is not it."""
    for name in reading.parameters:
        if f"${name}" not in reading.used:
            yield Mistake(
                "policy.unused-parameter", f"{at}/parameters/{escape(name)}", {"name": name}
            )
    for name in reading.clauses:
        if name not in reading.used:
            yield Mistake("policy.unused-clause", f"{at}/clauses/{escape(name)}", {"name": name})
