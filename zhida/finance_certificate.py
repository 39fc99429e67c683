"""Does the certificate that a firm has signed its letter with still count? Asked at each reading, not only at the first.

What was signed lies beside the letter, so its chain is looked at as on the day on which the letter was handed in: with
the CAs and the revocation lists that the site has now. What can't be decided (a list that is out of date) allows nothing.
"""

from __future__ import annotations

from exchange.errors import Forbidden, Problem
from zhida import finance_letters, finance_token
from zhida.finance_letters import Letter
from zhida.finance_rules import FinanceRules
from zhida.hub import Hub

REVOKED, TIME = "finance.certificate-revoked", "finance.certificate-time"


def refusal(hub: Hub, rules: FinanceRules, bank: str, letter: str) -> Problem | None:
    """Why the certificate of this letter (its id) does not count any more. ``Fatal``: a list can't be read.

    None: it counts; or there is no such letter of this bank, of which nothing is looked at.
    """
    with hub.store.read() as connection:
        found = finance_letters.read(connection, letter)
    return _of(hub, rules, found) if found is not None and found.row.bank == bank else None


def _of(hub: Hub, rules: FinanceRules, letter: Letter) -> Problem | None:
    token = finance_letters.signed_token(hub, letter)
    try:
        finance_token.require_trust(rules, token, now=hub.clock())
    except Forbidden as error:
        return Problem(error.code, error.facts)
    return None
