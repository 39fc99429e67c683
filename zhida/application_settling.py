"""What an applicant gets in the end: what it has had, groups and budgets count as in a run."""

from __future__ import annotations

from exchange.store import application_rows
from exchange.store.engine import Connection
from matters import exclusion_words
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
    year, terms = decision.on.year, Terms(known.policies, known.groups)
    with hub.store.read() as connection:
        spent = application_rows.spent(connection, decision.policy, year, RESERVED)
        paid = had(connection, firm, known)
    return settle(claims, paid, terms, {(decision.policy, year): spent})


def had(connection: Connection, firm: str, known: Grants) -> list[Paid]:
    """What a firm (by its digest) has had, or is about to have."""
    rows = application_rows.had_by(connection, firm, RESERVED)
    return [
        Paid(each.firm, each.policy, int(each.day[:4]), each.amount_fen, each.stage)
        for each in rows
        if each.policy in known.policies
    ]


def reason(settled: Settled, terms: Terms) -> str:
    """Why it is less, for people; of an exclusion or a group with the clause that says so."""
    return "；".join(_cut(cut, settled, terms) for cut in settled.cuts)


def _cut(cut: Cut, settled: Settled, terms: Terms) -> str:
    text = REASONS[cut.reason].format(by=exclusion_words.title(cut.by, terms))
    clause = exclusion_words.clause(settled, cut, terms)
    return text + (f"（《{clause.title}》条款{clause.name}）" if clause else "")
