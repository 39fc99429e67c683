"""What firms may be paid, what they have had, and what becomes of it: the words of settling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from matters.policy import Policy, PolicyGroup, Version

Reason = Literal[
    "claimed-twice",
    "had-once",
    "had-this-year",
    "policy-cap",
    "not-with",
    "group-highest",
    "group-cap",
    "budget-shared",
    "budget-spent",
]
REASONS: Mapping[Reason, str] = {
    "claimed-twice": "同一批中重复申报，只计一次",
    "had-once": "该项只奖励一次，已经兑现过",
    "had-this-year": "该项本年度已经兑现过",
    "policy-cap": "超过该项政策每户上限的部分",
    "not-with": "与 {by} 不可同时享受",
    "group-highest": "同类政策同年就高不重复，以 {by} 为准或已从中扣除",
    "group-cap": "超过 {by} 每年合计上限的部分",
    "budget-shared": "预算不足，按比例兑付",
    "budget-spent": "预算已用完，按先后顺序兑付",
}
"""Why somebody gets less, for people; the key is what is stored. ``by`` is a title."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An award that a firm would get if there were nothing else (``Decision.due``)."""

    firm: str
    policy: str
    gross: int
    """Fen, more than zero."""
    day: date
    """On which the firm was matched, or applied: its year is the year that everything counts in."""
    stage: str = ""
    version: str = ""
    """Name of the policy's version: its cap, its order of stages and its budget hold."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What a firm has had. Money that came back is a row of less than zero."""

    firm: str
    policy: str
    year: int
    fen: int
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """So much less, and why."""

    reason: Reason
    fen: int
    by: str = ""
    """The policy or group on whose account it is."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A claim and what is due: ``gross`` is always ``due`` and all cuts together."""

    claim: Claim
    due: int
    cuts: tuple[Cut, ...] = ()

    def down_to(self, fen: int, reason: Reason, by: str = "") -> Settled:
        """No more than so much."""
        left = max(fen, 0)
        if left >= self.due:
            return self
        return replace(self, due=left, cuts=(*self.cuts, Cut(reason, self.due - left, by)))


@dataclass(frozen=True, slots=True)
class Terms:
    """The policies and groups under which claims are settled."""

    policies: Mapping[str, Policy]
    groups: Mapping[str, PolicyGroup] = field(default_factory=dict)

    def version(self, claim: Claim) -> Version:
        """The version that a claim was made under."""
        versions = self.policies[claim.policy].versions
        return next((each for each in versions if each.name == claim.version), versions[-1])

    def in_order(self, claims: Iterable[Settled]) -> list[Settled]:
        """By policy, and its stages in their order, whatever order they came in."""
        return sorted(claims, key=lambda each: (each.claim.policy, self._place(each.claim)))

    def _place(self, claim: Claim) -> tuple[int, str]:
        names = [stage.name for stage in self.version(claim).award.stages]
        return (names.index(claim.stage) if claim.stage in names else len(names), claim.stage)


def shared_out(claims: Sequence[Settled], fen: int, reason: Reason, by: str = "") -> list[Settled]:
    """No more than so much for all together: the first ones first."""
    found = []
    for each in claims:
        found.append(each.down_to(fen, reason, by))
        fen -= found[-1].due
    return found
