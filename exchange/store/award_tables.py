"""The tables of grants: runs of matching, sheets (a list, a batch), and the awards.

A firm stands here only as a keyed digest (``Vault.tag("enterprise", uscc)``); its number and name lie
sealed beside it. Money is int64 fen. Times are ``times.stamp`` text, empty for "not yet".
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy import text as literal_sql

from exchange.store.tables import blob, count, table, text

FREE = ("screened-out", "released")
"""States of an award that claim nothing: the firm may be matched for the same thing once more."""

grant_run = table(
    "grant_run",
    text("id", key=True),
    text("day"),
    text("state"),
    text("snapshot"),
    text("decisions"),
    text("policies"),
    text("counts"),
    text("began_at"),
    text("ended_at"),
    Index("ix_grant_run_began", "began_at"),
)
"""One matching of all firms against all policies. ``day`` is the day of decision, ``snapshot`` and
``decisions`` name what was read and the signed dataset of what was decided; ``policies`` (name →
digest) and ``counts`` are JSON.
"""

award_sheet = table(
    "award_sheet",
    text("id", key=True),
    text("kind"),
    text("run"),
    text("policy"),
    text("version"),
    count("number"),
    count("total_fen"),
    text("digest"),
    text("state"),
    text("case"),
    text("at"),
    Index("ix_award_sheet_state", "kind", "state"),
)
"""Awards that somebody decides on together: a ``list`` for the head of a department, a ``batch`` for
finance. ``digest`` is over its rows; ``state`` is ``open`` or ``done``.
"""

award = table(
    "award",
    text("id", key=True),
    text("run"),
    text("list"),
    text("batch"),
    text("policy"),
    text("version"),
    text("stage"),
    text("firm"),
    text("occurrence"),
    count("amount_fen"),
    text("state"),
    text("code"),
    text("case"),
    count("row"),
    blob("sealed"),
    text("updated_at"),
    Index("ix_award_run", "run", "policy"),
    Index("ix_award_list", "list"),
    Index("ix_award_batch", "batch"),
    Index("ix_award_case", "case"),
    Index("ix_award_state", "state", "policy"),
    Index("ix_award_firm", "firm"),
)
"""One firm's part of a list. ``row`` is its place in the run's dataset of decisions, ``occurrence``
the year in which (or the day on which) the same thing can be had again, empty for once and for all.
"""

_claims = literal_sql(f"state NOT IN {FREE!r}")
Index(
    "uq_award_claim",
    award.c.policy,
    award.c.stage,
    award.c.firm,
    award.c.occurrence,
    unique=True,
    sqlite_where=_claims,
    postgresql_where=_claims,
)
"""The database itself lets no firm have the same thing twice, whatever two runs think."""
