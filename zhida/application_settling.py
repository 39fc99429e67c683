"""What an applicant gets in the end: what it has had, groups and budgets count as in a run."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.store import application_rows
from exchange.store.award_rows import Had
from matters.award_claims import REASONS, Claim, Cut, Paid, Settled, Terms
from matters.award_settling import settle
from matters.award_states import RESERVED
from matters.grants import Grants
from matters.policy_decision import Decision
from zhida.grant_awards import firm_of
from zhida.hub import Hub


def settled(hub: Hub, known: Grants, decision: Decision, uscc: str) -> list[Settled]:
    """Each stage that the decision gives, with what is due of it and why it is less."""
    firm, version = firm_of(hub, uscc), decision.version
    claims = [
        Claim(firm, decision.policy, fen, decision.on, stage, version.name if version else "")
        for stage, fen in decision.due.items()
    ]
    with hub.store.read() as connection:
        had = application_rows.had_by(connection, firm, RESERVED)
        year = decision.on.year
        spent = application_rows.spent(connection, decision.policy, year, RESERVED)
    terms = Terms(known.policies, known.groups)
    paid = [_paid(each) for each in had if each.policy in known.policies]
    return settle(claims, paid, terms, {(decision.policy, year): spent})


def _paid(had: Had) -> Paid:
    return Paid(had.firm, had.policy, int(had.day[:4]), had.amount_fen, had.stage)


def reason(cuts: Sequence[Cut], known: Grants) -> str:
    """Why it is less, for people."""
    return "；".join(REASONS[cut.reason].format(by=_title(cut.by, known)) for cut in cuts)


def _title(name: str, known: Grants) -> str:
    found = known.policies.get(name) or known.groups.get(name)
    return found.title if found else name
