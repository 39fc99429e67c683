"""One step of all disputes: what was taken down gets on its way, what units say is answered, periods call.

Every part takes up what it finds, so a process may die at any line; one process at a time does it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from zhida import (
    dispute,
    dispute_periods,
    mediation_answers,
    mediation_intake,
    mediation_papers,
    mediation_rules,
    mediation_view,
)
from zhida.dispute import Dispute
from zhida.hub import Hub
from zhida.mediation_rules import MATTER, Rules

LOCK = "mediation/advance"


def advance(hub: Hub) -> dict[str, int]:
    """Part of the step → how many it concerned; empty if the site has no such matter, or another
    process is at it.
    """
    if MATTER not in hub.site.matters:
        return {}
    rules = mediation_rules.of_site(hub.site)
    with hub.locks.hold(LOCK) as owned:
        return _parts(hub, rules) if owned else {}


def _parts(hub: Hub, rules: Rules) -> dict[str, int]:
    found = {"registered": mediation_intake.register(hub, rules)}
    known = list(dispute.still_open(hub))
    loads = loads_of(rules, known)
    led = mediation_intake.lead(hub, rules, known, loads)
    found["led"] = sum(error is None for error in led.values())
    found |= mediation_answers.answer(hub, rules, loads)
    papers = mediation_papers.of_site(hub.site, rules.ladder)
    found |= {
        f"papers_{word}": n for word, n in mediation_papers.ask(hub, rules.ladder, papers).items()
    }
    stopped = {case: error for case, error in led.items() if error is not None}
    return found | dispute_periods.settle(hub, rules, dispute.still_open(hub), stopped)


def loads_of(rules: Rules, known: Iterable[Dispute]) -> Counter[str]:
    """Desk → open disputes that it has now."""
    desks = (mediation_view.desk(rules, each) for each in known)
    return Counter(desk for desk in desks if desk)
