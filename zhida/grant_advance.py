"""One step of all grants: whatever lists, batches and cases have come to, the awards move on.

Every part takes up what it finds and writes whole states, so a process may die at any line, and two
may come at once: one of them does it, the other comes again later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from matters.policy import Policy
from zhida import (
    grant_batches,
    grant_cases,
    grant_clawback_alert,
    grant_lists,
    grant_payees,
    news,
)
from zhida.grant_people import People
from zhida.hub import Hub

LOCK = "grants/advance"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a step goes by."""

    policies: Mapping[str, Policy]
    people: People


def advance(hub: Hub, rules: Rules) -> dict[str, int]:
    """Part of the step → how many it concerned; empty if another process is at it."""
    with hub.locks.hold(LOCK) as owned:
        return dict(_parts(hub, rules)) if owned else {}


def _parts(hub: Hub, rules: Rules) -> Iterator[tuple[str, int]]:
    people, policies = rules.people, rules.policies
    parts: dict[str, Callable[[], int]] = {
        "heard": lambda: news.hear(hub),
        "lists": lambda: grant_lists.form(hub),
        "lists_opened": lambda: grant_lists.open_cases(hub, policies, people),
        "lists_concluded": lambda: grant_lists.conclude(hub),
        "awards_opened": lambda: grant_cases.open_cleared(hub),
        "followed": lambda: grant_cases.follow(hub),
        "payees": lambda: grant_payees.first(hub),
        "batches": lambda: grant_batches.form(hub),
        "batches_opened": lambda: grant_batches.open_cases(hub, people),
        "batches_concluded": lambda: grant_batches.conclude(hub),
        "accounts_asked": lambda: grant_payees.ask(hub),
        "accounts_corrected": lambda: grant_payees.correct(hub),
        "clawbacks": lambda: grant_clawback_alert.tell(hub, policies),
    }
    for name, do in parts.items():
        yield name, do()
