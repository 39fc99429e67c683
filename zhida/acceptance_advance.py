"""One step of all joint acceptances: what was registered gets on its way, what is said is answered, periods call.

Every part takes up what it finds, so a process may die at any line; one process at a time does it.
"""

from __future__ import annotations

from collections import Counter

from exchange.errors import Fatal, Forbidden, Invalid, Rejected, Retriable, ZhidaError
from exchange.store import application_rows
from exchange.store.acceptance_rows import LOG
from exchange.store.engine import Connection
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
    paged,
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
    stopped: dict[str, ZhidaError] = {}
    for each in acceptance.still_open(hub, rules):
        try:
            found.update(_one(hub, rules, papers, each))
        except (
            Rejected,
            Forbidden,
            Invalid,
            Fatal,
        ) as error:  # one that can't go on holds up no other
            stopped[each.row.case] = error
        except Retriable as error:
            if error.code != "store.conflict":  # somebody has told something of it: the next step
                raise
    found["ended"] += sum(_end(hub, rules, case) for case in list(paged.cases(hub, _unarchived)))
    known = acceptance.still_open(hub, rules)
    return dict(found) | acceptance_periods.settle(hub, rules, known, stopped)


def _unarchived(connection: Connection, after: str) -> list[str]:
    return application_rows.without(connection, MATTER, acceptance_records.ENDING, after=after)


def _end(hub: Hub, rules: Rules, case: str) -> int:
    """Of one that has ended, and that is not on file."""
    with hub.store.read() as connection:
        row = LOG.get(connection, case)
    if row is None or not row.closed_at:
        return 0
    return acceptance_records.end(hub, acceptance.find(hub, rules, case))


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
    acceptance_papers.end(hub, rules, papers, found)
    return words
