"""A grant policy (惠企政策) as data: who decides, who gets it, how much, in which version.

One YAML file a policy: docs/policy-format.md. ``policy_file`` reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from matters.award import Award
from matters.criteria import Node, Ratio, Test
from matters.facts import Facts, Value

Mode = Literal["no-application", "on-application"]
"""免申即享 or 即申即办."""
Verdict = Literal["pass", "fail", "unknown"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a department changes from year to year."""

    name: str
    title: str
    value: Value | Ratio
    text: str
    """As its file writes it: 20 万元."""
    kind: str = "money"
    """``count``, ``ratio``, ``money``, ``date`` or ``code``."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What there is to give away in a calendar year, and what happens if it is not enough."""

    amount: int
    rule: Literal["pro-rata", "first-come"]
    """First come: in the order of the day on which a firm was matched or applied, then by code."""


@dataclass(frozen=True, slots=True)
class Version:
    """The policy as it holds for a time."""

    name: str
    since: date
    until: date | None
    """The last day; None: until further notice."""
    by: str
    """The date fact whose day decides which version holds; empty: the day of decision."""
    clauses: Mapping[str, str]
    """Clause → its text in Chinese: what the criteria were written from."""
    parameters: Mapping[str, Parameter]
    criteria: Node
    award: Award
    budget: Budget | None
    tests: tuple[Test, ...]
    """All tests, of the criteria and then of the award, by number."""


@dataclass(frozen=True, slots=True)
class Clawback:
    """When what was paid is asked back."""

    months: int
    """So many months after payment at the latest."""
    when: Node
    """Over the facts as they are then."""
    clause: str


@dataclass(frozen=True, slots=True)
class Example:
    """A firm that somebody has thought through by hand."""

    title: str
    on: date
    facts: Facts
    verdict: Verdict
    amount: int | None
    """All stages together, in fen; None where the verdict is no pass."""
    stages: Mapping[str, int] = field(default_factory=dict)
    """Stage → fen, where the example tells them one by one."""
    because: tuple[str, ...] = ()
    """Clauses of the tests that it hangs on that a firm fails (or is unknown)."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What it took before (改革前), of a dated source: for the report."""

    on: date
    steps: int
    working_days: int
    materials: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Material:
    """A paper that the policy is decided on, and whose facts stand for it now."""

    title: str
    facts: tuple[str, ...]
    """Facts that replace it; empty: the applicant still hands it in."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A grant policy."""

    name: str
    title: str
    mode: Mode
    tier: Literal["普惠", "进阶", "专项"]
    scenes: tuple[str, ...]
    provenance: Literal["公开依据", "虚构"]
    basis: tuple[str, ...]
    department: str
    fund: str
    route: str
    confirm: Literal["none", "account", "full"]
    """``account``: the firm tells its account; ``full``: that it qualifies, the account, and that it
    accepts to pay back what it was not due. Silence is never a yes."""
    publicity: int
    """Working days for which the list is public; 0: it is not."""
    unknown_means: Literal["wait", "ask"]
    """What to do about a firm of which too little is known: look again, or ask the firm."""
    times: Literal["once", "yearly", "unlimited"]
    """How often a firm (or each of its stages) is paid."""
    group: str
    """The exclusive group that it belongs to (``groups.yaml``), else empty."""
    not_with: tuple[str, ...]
    """Policies of which a firm that has had one in the same year gets nothing here; of what is due on
    one day, the larger stays."""
    exclusion_clause: str
    """The clause, of every version, that says what ``group`` or ``not_with`` mean; else empty."""
    versions: tuple[Version, ...]
    examples: tuple[Example, ...]
    materials: tuple[Material, ...]
    baseline: Baseline | None
    clawback: Clawback | None
    definition: str = field(repr=False)
    """The content of its file as canonical JSON, without examples."""

    @property
    def digest(self) -> str:
        """SHA-256 of the definition: what a decision is signed with."""
        return hashlib.sha256(self.definition.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """Policies that are not paid side by side, or share a cap."""

    name: str
    title: str
    rule: Literal["highest", "cap"]
    """``highest`` 就高: over a calendar year the group comes to its single highest award; who has had a
    lower one gets the difference. ``cap``: all of them, up to ``cap`` together in a year."""
    cap: int | None
    basis: str
