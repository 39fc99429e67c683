"""One step of all joint acceptances: what was registered gets on its way, what is said is answered, periods call.

Every part takes up what it finds, so a process may die at any line; one process at a time does it.
"""

from __future__ import annotations

from collections import Counter

from exchange.errors import Retriable
from matters.acceptance_papers import Papers
from zhida import (
    acceptance,
    acceptance_answers,
    acceptance_handing,
    acceptance_intake,
    acceptance_papers,
    acceptance_periods,
    acceptance_records,
    acceptance_rules,
)
from zhida.acceptance import Acceptance
from zhida.acceptance_rules import MATTER, Rules
from zhida.hub import Hub

LOCK = "acceptance/advance"


def advance(hub: Hub) -> dict[str, int]:
    """Part of the step → how many it concerned; empty if the site has no such matter, or another
    process is at it.
    """
    if MATTER not in hub.site.matters:
        return {}
    rules = acceptance_rules.of_site(hub.site)
    with hub.locks.hold(LOCK) as owned:
        return _parts(hub, rules) if owned else {}


def _parts(hub: Hub, rules: Rules) -> dict[str, int]:
    found = Counter({"registered": acceptance_intake.register(hub, rules)})
    found.update(acceptance_answers.answer(hub, rules))
    papers = acceptance_papers.of_site(hub.site.folder, rules)
    for each in acceptance.still_open(hub, rules):
        try:
            found.update(_one(hub, rules, papers, each))
        except Retriable as error:
            if error.code != "store.conflict":
                raise
    return dict(found) | acceptance_periods.settle(hub, rules, acceptance.still_open(hub, rules))


def _one(hub: Hub, rules: Rules, papers: Papers, found: Acceptance) -> Counter[str]:
    """One building, as far as the hub can bring it now."""
    words: Counter[str] = Counter()
    found = acceptance_intake.hand_in(hub, rules, found)
    found = acceptance_papers.hand_in(hub, rules, papers, found)
    found = acceptance_periods.fall_silent(hub, rules, found)
    found = acceptance_periods.lapse(hub, rules, found)
    found, words["handed"] = acceptance_handing.hand_out(hub, rules, found)
    acceptance_intake.open_stages(hub, found)
    words["records"] = acceptance_records.give(hub, found)
    words["asked_lead"] = acceptance_handing.ask_lead(hub, rules, found)
    words["papers"] = acceptance_papers.ask(hub, papers, found)
    found = acceptance_papers.end(hub, rules, papers, found)
    words["ended"] = acceptance_records.end(hub, found)
    return words
