"""The tables of how the hub is run: pace, legs, incidents, proposals, restores, reconciliations.

None of them holds a fact of a case. Times are ``times.stamp`` text, empty for "not yet".
"""

from __future__ import annotations

from sqlalchemy import Index

from exchange.store.tables import count, table, text

pace = table(
    "pace",
    text("system", key=True),
    text("next_at"),
)
"""From when on a system may be called again, shared by all workers (limits of its file)."""

leg = table(
    "leg",
    text("system", key=True),
    text("mode"),
    text("since"),
    text("operator"),
    text("reason"),
)
"""The mode (live, stopped, shadow) into which an operator has put a system.

One of which nobody has said anything has no row.
"""

incident = table(
    "incident",
    text("id", key=True),
    text("system"),
    text("kind"),
    text("code"),
    text("facts"),
    text("opened_at"),
    text("told_at"),
    text("acknowledged_by"),
    text("silenced_until"),
    text("closed_at"),
    text("about"),
    text("silenced_as"),
    Index("ix_incident_open", "system", "closed_at"),
)
"""What somebody has to be told of, once: a system down, items parked, a queue of dead letters.

``silenced_as``: how bad it was when somebody wanted quiet (JSON), empty if nobody did.
"""

duty = table(
    "duty",
    text("at", key=True),
    text("person", key=True),
    text("giver"),
    text("until"),
)
"""Hand-overs of the duty: from ``at`` until ``until`` it is ``person``'s, whatever the roster says."""

sweep = table(
    "sweep",
    text("matter", key=True),
    text("begun_at"),
    text("ended_at"),
    count("took_ms"),
)
"""The last sweep of each matter. ``took_ms``: of the last that took anything up; 0: none has ended."""

proposal = table(
    "proposal",
    text("id", key=True),
    text("action"),
    text("target"),
    text("reason"),
    text("proposed_by"),
    text("proposed_at"),
    text("proposed_token"),
    text("state"),
    text("decided_by"),
    text("decided_at"),
    text("decided_token"),
)
"""What takes two people: proposed and signed by one operator, decided by another."""

objection = table(
    "objection",
    text("id", key=True),
    text("document"),
    text("case"),
    text("provider"),
    text("receiver"),
    text("field"),
    text("opened_at"),
    text("due_at"),
    text("state"),
    text("answer"),
    text("closed_at"),
    Index("ix_objection_state", "state", "due_at"),
)
"""A receiver's doubt about a field (校核), on its way back to the source, with its clock."""

doubt = table(
    "doubt",
    text("system", key=True),
    text("epoch"),
    text("since"),
)
"""Systems in which effects may exist that a restored store does not know: probed before sent."""

reconciliation = table(
    "reconciliation",
    text("id", key=True),
    text("system"),
    text("at"),
    text("since"),
    text("until"),
    count("ours"),
    count("theirs"),
    count("settled"),
    count("missing"),
    count("foreign"),
    Index("ix_reconciliation_system", "system", "at"),
)
"""What came of comparing our deliveries with a peer's own books (对账)."""
