"""An application is concluded: its decision is signed, its awards come about, the firm is told.

In this order, each once: the decision is filed in the case under the case's own key, and everything
after it is made of the decision as it is filed. So two that decide at once, or one that dies and is
followed by another, end in the same.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from exchange import canonical, times
from exchange.ports import Record
from exchange.store import application_rows, grant_rows
from exchange.store.engine import Connection
from exchange.store.grant_rows import RunRow
from matters.policy import Policy
from zhida import (
    application_case,
    application_decision,
    application_words,
    grant_awards,
    grant_questions,
    own_filing,
    paged,
)
from zhida.application_case import DECISION, MATTER, NOTICE, Application
from zhida.application_decision import Pending, Rules
from zhida.grant_awards import Match
from zhida.hub import Hub
from zhida.own_filing import Paper

LOCK = "grants/applications"
PATIENCE = 4.0
"""Seconds for which a decision waits for others to be made."""
_LOOK = 0.02
_KINDS = {DECISION: "grant-decision", NOTICE: "grant-notice"}
RUN, _BEGUN = "applied", "applying"
"""States of a run that is one application's: a night's run leaves it alone."""
ACCOUNT = "application"
"""Where the account of such an award comes from. The firm is not asked to confirm: in its application it
says that it qualifies, names its account, and promises to pay back what it was not due.
"""


def conclude(rules: Rules, case: str) -> Application | Pending:
    """Decide if it can be decided; the case as it stands then, or whom it waits for.

    One after the other, in all processes: two that are decided at once could both have the last of a
    budget, or of what a firm may have of a group.
    """
    application = application_case.read(rules.hub, case)
    if application.is_concluded:
        return application
    with _turn(rules.hub) as ours:
        return _conclude(rules, case) if ours else Pending(())


@contextmanager
def _turn(hub: Hub) -> Iterator[bool]:
    """True while it is our turn; False if it did not come in time: the next step goes on."""
    end = time.monotonic() + PATIENCE
    while True:
        with hub.locks.hold(LOCK) as ours:
            if ours or time.monotonic() > end:
                yield ours
                return
        time.sleep(_LOOK)


def _conclude(rules: Rules, case: str) -> Application | Pending:
    application = application_case.read(rules.hub, case)
    if DECISION not in application.names:
        found = application_decision.decide(rules, application)
        if isinstance(found, Pending):
            return _asked(rules.hub, application, found)
        _file(rules.hub, case, DECISION, found)
        application = application_case.read(rules.hub, case)
    decision = application_case.document(rules.hub, application, DECISION)
    if decision is not None:
        _bring_about(rules, application, decision.record, decision.id)
        _file(rules.hub, case, NOTICE, _notice(case, decision.record))
    return application_case.read(rules.hub, case)


def _asked(hub: Hub, application: Application, found: Pending) -> Pending:
    """Whoever may be asked for what is missing is asked; it stays pending all the same."""
    if found.ask is not None:
        ask = found.ask
        grant_questions.ask(hub, application, ask.policy, ask.facts, number=ask.number)
    return found


def waiting(rules: Rules, application: Application) -> list[dict[str, str]]:
    """Whose word an application that is not decided waits for; empty: only for the next step."""
    found = application_decision.decide(rules, application)
    return [dict(each) for each in found.waiting_for] if isinstance(found, Pending) else []


def conclude_all(rules: Rules) -> dict[str, int]:
    """Every application that is not concluded yet: how many are now, and how many still wait."""
    found = {"concluded": 0, "pending": 0}
    for case in paged.cases(rules.hub, _open):
        ended = conclude(rules, case)
        found["pending" if isinstance(ended, Pending) else "concluded"] += 1
    return found


def _open(connection: Connection, after: str) -> list[str]:
    return application_rows.without(connection, MATTER, NOTICE, after=after)


def _file(hub: Hub, case: str, name: str, record: Record) -> None:
    kind = _KINDS[name]
    own_filing.file(hub, [Paper(case, name, kind, f"{kind}/{case}", record)])


def _bring_about(rules: Rules, application: Application, decision: Record, identifier: str) -> None:
    """An award for each stage with an amount, on its way as those that a run has matched."""
    policy = rules.known.policies.get(str(decision["policy"]))
    if decision["outcome"] != "granted" or policy is None:
        return
    run = _run(rules.hub, application, policy, identifier, snapshot=decision.get("snapshot", ""))
    payee = application.record.get("payee", {})
    matches = [
        Match(
            policy=replace(policy, confirm="none"),
            version=str(decision["version"]),
            stage=str(stage.get("stage", "")),
            uscc=str(decision["firm"]["uscc"]),
            name=str(decision["firm"]["name"]),
            amount_fen=int(stage["amount_fen"]),
            account={**payee, "source": ACCOUNT},
        )
        for stage in decision["stages"]
        if stage["amount_fen"]
    ]
    grant_awards.keep(rules.hub, run, matches)
    with rules.hub.store.write() as connection:
        grant_rows.end_run(connection, run.id, RUN)


def _run(
    hub: Hub, application: Application, policy: Policy, decision: str, *, snapshot: str
) -> RunRow:
    """One application is a run of its own: its head decides on it alone, and at once."""
    now = times.stamp(hub.clock())
    policies = canonical.dumps({policy.name: policy.digest}).decode()
    day = application.day.isoformat()
    run = RunRow(
        f"spot-{application.case}", day, "matching", snapshot, decision, policies, "{}", now, now
    )
    with hub.store.write() as connection:
        known = grant_rows.get_run(connection, run.id)
        if known is None:
            grant_rows.add_run(connection, run)
    return known or run


def _notice(case: str, decision: Record) -> dict[str, Any]:
    deficient = decision["outcome"] == "deficient"
    amount = {"amount_fen": decision["amount_fen"]} if "amount_fen" in decision else {}
    return {
        "id": f"application-{case}",
        "about": "deficient" if deficient else "decided",
        "firm": dict(decision["firm"]),
        "policy": decision["policy"],
        "title": decision["title"],
        "text": application_words.short(decision),
        **amount,
    }
