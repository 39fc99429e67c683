"""What is known while a policy file is read, and every mistake that was found so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from exchange.errors import Fact as Told
from exchange.errors import Invalid
from exchange.names import nearest
from matters.criteria import Ratio, Test
from matters.facts import Fact, Value
from matters.mistakes import Mistake
from matters.policy import Parameter, PolicyGroup
from matters.policy_values import plain


@dataclass(frozen=True, slots=True)
class Known:
    """What a policy may name."""

    facts: Mapping[str, Fact]
    groups: Mapping[str, PolicyGroup] = field(default_factory=dict)
    policies: Collection[str] = ()
    """Every policy there is, for ``not_with``."""


@dataclass(slots=True)
class Reading:
    """One version of a policy (or its clawback) on the way from text to data.

    A mistake is noted and reading goes on with some value of the right type: nothing that was read
    so is ever given back, for whoever asked gets the mistakes.
    """

    known: Known
    clauses: Collection[str] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    """Parameters, as ``$name``, and clauses that something hangs on."""

    def wrong(self, code: str, at: str, /, **facts: Told) -> None:
        """Note a mistake at a place of the file (JSON Pointer)."""
        self.mistakes.append(Mistake(code, at, facts))

    def fact(self, name: str, at: str) -> Fact | None:
        """The fact of that name."""
        if (found := self.known.facts.get(name)) is None:
            near = nearest(name, self.known.facts)
            self.wrong("policy.unknown-fact", at, name=name, nearest=near)
        return found

    def clause(self, name: str, at: str) -> str:
        """The clause of that name; it is used."""
        self.used.add(name)
        if name not in self.clauses:
            near = nearest(name, self.clauses)
            self.wrong("policy.unknown-clause", at, name=name or "-", nearest=near)
        return name

    def each_clause(self, named: str | Iterable[str], at: str) -> tuple[str, ...]:
        """The same for one or several."""
        names = [named] if isinstance(named, str) else named
        return tuple(self.clause(name, at) for name in names)

    def value(self, given: Any, kind: str, at: str) -> Value | Ratio:
        """A value of that kind, or that of the parameter which is named (``$name``)."""
        if isinstance(given, str) and given.startswith("$"):
            return self._parameter(given, kind, at)
        try:
            return plain(given, kind)
        except Invalid as error:
            self.wrong(error.code, at, **error.facts)
            return 0

    def fact_value(self, given: Any, fact: Fact, at: str) -> Value | None:
        """A value as an example gives it; a code must be one of the fact's."""
        before = len(self.mistakes)
        found = self.value(given, fact.kind, at)
        if len(self.mistakes) > before or isinstance(found, Ratio):
            return None
        self.code(fact, found, at)
        return found

    def code(self, fact: Fact, code: object, at: str) -> None:
        """A code that the fact can have."""
        if fact.codes and isinstance(code, str) and code not in fact.codes:
            near = nearest(code, fact.codes)
            facts: dict[str, Told] = {"name": fact.name, "code": code[:30], "nearest": near}
            self.wrong("policy.unknown-code", at, **facts)

    def day(self, given: Any, at: str) -> date:
        """A civil day."""
        found = self.value(given, "date", at)
        return found if isinstance(found, date) else date.min

    def money(self, given: Any, at: str) -> int:
        """An amount that is not negative."""
        found = self.value(given, "money", at)
        amount = found if isinstance(found, int) else 0
        if amount < 0:
            self.wrong("policy.negative", at, text=str(given)[:30])
        return amount

    def ratio(self, given: Any, at: str) -> Ratio:
        """A ratio."""
        found = self.value(given, "ratio", at)
        return found if isinstance(found, Ratio) else Ratio(0, 1)

    def _parameter(self, given: str, kind: str, at: str) -> Value | Ratio:
        name = given[1:]
        found = self.parameters.get(name)
        if found is None:
            near = nearest(name, self.parameters)
            self.wrong("policy.unknown-parameter", at, name=name, nearest=near)
            return 0
        self.used.add(given)
        if found.kind != kind:
            self.wrong("policy.parameter-kind", at, name=name, kind=found.kind, wanted=kind)
        return found.value
