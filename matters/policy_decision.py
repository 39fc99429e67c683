"""Does one firm get a grant, how much, and why: exact, in whole numbers and fractions.

For one application (即申即办), for explanations, and as the measure of what ``policy_columns`` works
out for all firms at once. What is not known is never no: tests have three values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from matters import award_decision, award_tests, criteria_decision, kleene
from matters.criteria import Test
from matters.criteria_decision import Finding
from matters.facts import Facts
from matters.kleene import Truth
from matters.policy import Policy, Verdict, Version

Reason = Literal["criteria", "award", "no-version", "which-version"]
"""What the verdict hangs on. ``no-version``: none is in force on that day; ``which-version``: the day
that chooses the version is unknown; a firm that every version refuses fails all the same."""
_VERDICTS: Mapping[Truth, Verdict] = {True: "pass", False: "fail", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a policy says of a firm on a day, before what the firm has had already counts."""

    policy: str
    on: date
    version: Version | None
    verdict: Verdict
    reason: Reason
    findings: tuple[Finding, ...] = ()
    """Of every test of the version, by number."""
    amounts: Mapping[str, int | None] = field(default_factory=dict)
    """Stage → fen that the award's rule gives (None: unknown), whatever the criteria say."""

    @property
    def due(self) -> dict[str, int]:
        """Stage → fen that the firm gets: nothing unless it passes."""
        if self.verdict != "pass":
            return {}
        return {stage: fen for stage, fen in self.amounts.items() if fen}

    @property
    def total(self) -> int:
        """Fen of all stages together."""
        return sum(self.due.values())

    @property
    def failed(self) -> int:
        """The mask of the tests that fail: a bit each, by number."""
        return sum(1 << each.test.number for each in self.findings if each.verdict is False)

    @property
    def unknown(self) -> int:
        """The mask of the tests that nobody knows."""
        return sum(1 << each.test.number for each in self.findings if each.verdict is None)

    @property
    def hinges(self) -> tuple[Test, ...]:
        """The tests for which the firm does not pass (or for which that is unknown)."""
        if self.version is None or self.verdict == "pass":
            return ()
        truths = [each.verdict for each in self.findings]
        if self.reason == "criteria":
            return tuple(criteria_decision.hinges(self.version.criteria, truths))
        return tuple(award_tests.hinges(self.version.award, truths))


def decide(policy: Policy, facts: Facts, on: date) -> Decision:
    """The decision on one firm. ``facts``: those that are known, each of its catalogue's kind."""
    if policy.versions[0].by and policy.versions[0].by not in facts:
        refused = all(_fulfilled(each, facts, on) is False for each in policy.versions)
        verdict: Verdict = "fail" if refused else "unknown"
        return Decision(policy.name, on, None, verdict, "which-version")
    version = version_on(policy, facts, on)
    if version is None:
        return Decision(policy.name, on, None, "fail", "no-version")
    findings = tuple(criteria_decision.finding(test, facts, on) for test in version.tests)
    truths = [each.verdict for each in findings]
    amounts = award_decision.amounts(version.award, facts, truths)
    fulfilled = criteria_decision.truth(version.criteria, truths)
    pays = kleene.some(None if fen is None else fen > 0 for fen in amounts.values())
    return Decision(
        policy=policy.name,
        on=on,
        version=version,
        verdict=_VERDICTS[kleene.every((fulfilled, pays))],
        reason=_reason(fulfilled, pays),
        findings=findings,
        amounts=amounts,
    )


def _fulfilled(version: Version, facts: Facts, on: date) -> Truth:
    truths = [criteria_decision.finding(test, facts, on).verdict for test in version.tests]
    return criteria_decision.truth(version.criteria, truths)


def version_on(policy: Policy, facts: Facts, on: date) -> Version | None:
    """The version that holds for the firm: by its date where the policy says so, else by the day."""
    for version in policy.versions:
        day = facts.get(version.by) if version.by else on
        if isinstance(day, date) and version.since <= day <= (version.until or date.max):
            return version
    return None


def _reason(fulfilled: Truth, pays: Truth) -> Reason:
    if fulfilled is False or pays is True:
        return "criteria"
    return "award" if fulfilled or pays is False else "criteria"
