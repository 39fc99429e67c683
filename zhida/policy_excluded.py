"""What groups and exclusions would leave one firm of a policy whose criteria it fulfils, on a day.

As a night would settle it, before budgets: beside what the firm has had, and (of what comes without
application) beside all that is due to it on the same day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matters import award_settling, exclusion_words, policy_decision
from matters.award_claims import Claim, Terms
from matters.facts import Facts
from matters.grants import Grants
from matters.policy import Policy
from matters.policy_decision import Decision
from zhida import application_settling
from zhida.firm_facts import Firm
from zhida.grant_awards import firm_of
from zhida.hub import Hub

UNASKED = "no-application"


def told(
    hub: Hub, known: Grants, policy: Policy, decision: Decision, *, uscc: str, firm: Firm
) -> dict[str, list[dict[str, str]]]:
    """``exclusions``: what they are, with their clauses; empty if none takes anything.

    ``policy`` may be a draft: it takes the place of the one of its name.
    """
    if decision.verdict != "pass":
        return {}
    terms = Terms({**known.policies, policy.name: policy}, known.groups)
    beside = _beside(terms, policy, decision, firm.facts) if policy.mode == UNASKED else ()
    name = firm_of(hub, uscc)
    with hub.store.read() as connection:
        had = application_settling.had(connection, name, known)
    settled = award_settling.of_firm(_claims(name, [decision, *beside]), had, terms)
    mine = [each for each in settled if each.claim.policy == policy.name]
    found = exclusion_words.told(mine, terms)
    return {"exclusions": found} if found else {}


def _beside(terms: Terms, policy: Policy, decision: Decision, facts: Facts) -> Iterator[Decision]:
    """What else the same night would give."""
    for other in terms.policies.values():
        if other.mode == UNASKED and other.name != policy.name:
            yield policy_decision.decide(other, facts, decision.on)


def _claims(firm: str, decisions: Iterable[Decision]) -> Iterator[Claim]:
    for each in decisions:
        if each.verdict == "pass" and each.version is not None:
            for stage, fen in each.due.items():
                yield Claim(firm, each.policy, fen, each.on, stage, each.version.name)
