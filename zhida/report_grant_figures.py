"""Everything that the report of grants reads: sums, out of one state of the store."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from exchange.store import flow_rows, grant_paid_rows, grant_report_rows
from exchange.store.engine import Connection
from exchange.store.grant_paid_rows import Paid
from exchange.store.grant_report_rows import Off, Scope, Sum
from exchange.store.grant_rows import RunRow
from matters.award_classes import CLASSES, ELIGIBLE, states
from matters.award_states import RESERVED, RETURNED
from matters.policy import Policy
from zhida.report_facts import span
from zhida.watch import Watch

MATCHED = "matched"
PUSH = ("grant-push", "push")
"""Matter and item of a notice to a firm that it qualifies for a policy."""
SHEETS = ("list", "batch")


@dataclass
class Figures:
    """By policy, if nothing else is said."""

    standing: dict[str, dict[str, Sum]]
    screened: dict[str, Counter[str]]
    steps: dict[str, Counter[int]]
    returned: dict[str, Sum]
    spent: dict[str, dict[str, int]]
    """Policy → version → fen that are given, or on their way, in ``year``."""
    firms: dict[str, dict[str, int]]
    """``paid``, ``eligible`` → policy → firms."""
    together: dict[str, dict[str, int]]
    """The same, each firm once: mode (empty: both) → firms."""
    year: int
    paid: dict[str, list[Paid]] = field(default_factory=dict)
    run: RunRow | None = None
    """The last run of matching (in the year)."""
    of_run: dict[str, int] | None = None
    """Awards of that run; None if a later one has let fall what it screened out."""
    off: dict[str, list[Off]] = field(default_factory=dict)
    """``list``, ``batch`` → those that don't add up."""
    pushes: dict[str, int] = field(default_factory=dict)
    """State of a notice → how many."""

    def counts(self, policy: str) -> Mapping[str, int]:
        """What the last run counted of a policy: ``passed``, ``failed``, ``unknown``, ``matched``."""
        told: dict[str, dict[str, int]] = json.loads(self.run.counts) if self.run else {}
        return told.get(policy, {})


def read(watch: Watch, scope: Scope, policies: Mapping[str, Policy], today: date) -> Figures:
    """All of it, in one transaction."""
    with flow_rows.snapshot(watch.store) as connection:
        found = _sums(connection, scope, scope.year or today.year)
        for each in grant_paid_rows.paid(connection, scope):
            found.paid.setdefault(each.policy, []).append(each)
        _together(found, connection, scope, policies)
        _runs(found, connection, scope)
        found.off = {kind: grant_report_rows.sheets_off(connection, kind) for kind in SHEETS}
        if not scope.policy:
            found.pushes = _pushes(connection, scope.year)
    return found


def _sums(connection: Connection, scope: Scope, year: int) -> Figures:
    rows, paid = grant_report_rows, CLASSES["paid"]
    return Figures(
        standing=rows.standing(connection, scope),
        screened=rows.codes(connection, scope, "screened-out"),
        steps=grant_paid_rows.steps(connection, scope, paid),
        returned=grant_paid_rows.returned(connection, scope, RETURNED),
        spent=rows.spent(connection, Scope(year, scope.policy), RESERVED),
        firms={
            "paid": rows.firms(connection, scope, paid),
            "eligible": rows.firms(connection, scope, states(ELIGIBLE)),
        },
        together={"paid": {}, "eligible": {}},
        year=year,
    )


def _together(
    found: Figures, connection: Connection, scope: Scope, policies: Mapping[str, Policy]
) -> None:
    for mode in ("no-application", "on-application", ""):
        names = names_of(found.standing, policies, mode)
        for word, wanted in (("paid", CLASSES["paid"]), ("eligible", states(ELIGIBLE))):
            number = grant_report_rows.firms_of_any(connection, scope, wanted, names)
            found.together[word][mode] = number


def names_of(
    standing: Mapping[str, object], policies: Mapping[str, Policy], mode: str
) -> Sequence[str]:
    """Policies with awards, of one mode; empty: of both, and of those that are gone."""
    return [n for n in standing if not mode or (n in policies and policies[n].mode == mode)]


def _runs(found: Figures, connection: Connection, scope: Scope) -> None:
    newest = grant_report_rows.newest_run(connection, MATCHED)
    found.run = grant_report_rows.newest_run(connection, MATCHED, scope.year)
    if newest is not None and newest == found.run:
        found.of_run = grant_report_rows.of_run(connection, newest.id)


def _pushes(connection: Connection, year: int) -> dict[str, int]:
    days = (date(year, 1, 1), date(year, 12, 31)) if year else (None, None)
    opened = span(PUSH[0], *days)
    return grant_report_rows.items(connection, *PUSH, (opened.first, opened.before))
