"""The units' people at the OA: they work off their to-do lists by the rules of their units.

No process and no books of their own: what they have done stands in the OA. An ``Officers`` numbers
from 1, so one must live as long as its district.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox import (
    officer_finance,
    officer_grants,
    officer_licences,
    officer_papers,
    officer_rules,
    officer_talents,
)
from sandbox.clerk import Person
from sandbox.oa_forms import USERS
from sandbox.oa_workflow import HUB
from sandbox.office import Filled, Form, Office, Refused

RULES: Mapping[int, Callable[[Office, Form], Filled | None]] = {
    **officer_rules.RULES,
    **officer_licences.RULES,
    **officer_talents.RULES,
    **officer_grants.RULES,
    **officer_papers.RULES,
    **officer_finance.RULES,
}
"""Workflow → who decides about it."""


class Officers:
    """Everybody who does the hub's requests. ``address`` = the OA's base URL."""

    def __init__(self, address: str, office: Office) -> None:
        self.office = office
        self._people = [Person(address, user) for user in USERS if user != HUB]
        self._refusals: dict[int, str] = {}
        self._slips: dict[int, Filled] = {}
        self._done: dict[int, Filled] = {}
        """Request → what was decided: what comes back is written again, not decided again."""

    def refuse(self, workflow: int, reason: str) -> None:
        """The next request of this kind is refused."""
        self._refusals[workflow] = reason

    def slip(self, workflow: int, **columns: str) -> None:
        """The next request of this kind is filled in with a mistake, the first time."""
        self._slips[workflow] = columns

    def work(self) -> int:
        """Do everything that waits and can be done; how many requests were passed on."""
        return sum(self._work(person) for person in self._people)

    def _work(self, person: Person) -> int:
        waiting = person.tasks().items()
        mine = [(request, flow) for request, flow in waiting if flow in RULES]
        return sum(self._pass_on(person, request, flow) for request, flow in mine)

    def _pass_on(self, person: Person, request: int, workflow: int) -> bool:
        if request not in self._done:
            decided = self._decide(workflow, person.read(request))
            if decided is None:
                return False
            self._done[request] = decided
        filled = self._done[request] | self._slips.pop(workflow, {})
        return person.submit(request, filled, remark=filled["blyj"])

    def _decide(self, workflow: int, form: Filled) -> Filled | None:
        try:
            if workflow in self._refusals:
                raise Refused(self._refusals.pop(workflow))
            filled = RULES[workflow](self.office, form)
        except Refused as no:
            return {"bljg": "0", "blyj": str(no)}
        return None if filled is None else filled | {"bljg": "1", "blyj": "同意"}
