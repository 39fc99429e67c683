"""The tables of joint acceptances (竣工即验收): which case has which number, and what was said of it.

Where one stands is not kept: it is the fold of its events (``matters.acceptance``). No personal data.
"""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import text as literal_sql

from exchange.store.tables import count, table, text

acceptance = table(
    "acceptance",
    text("case", key=True),
    text("number"),
    text("opened_at"),
    text("closed_at"),
    UniqueConstraint("number", name="uq_acceptance_number"),
)
"""A building's case, and the number by which everybody knows it. ``closed_at``: empty until it has ended."""

_open = literal_sql("closed_at = ''")
Index("ix_acceptance_open", acceptance.c.case, sqlite_where=_open, postgresql_where=_open)

acceptance_event = table(
    "acceptance_event",
    text("case", key=True),
    count("seq", key=True),
    text("name"),
    text("at"),
    text("role"),
    text("unit"),
    text("told"),
    text("document"),
    text("told_at"),
    Index("ix_acceptance_event_document", "document"),
    Index("ix_acceptance_event_told", "told_at"),
)
"""What has happened, in the order in which it was told: ``at`` is when it happened, ``told_at`` when the hub
took it. ``told``: what it names (items, digests of materials, clauses …) as canonical JSON. ``document`` is
the signed document that says so; empty where the hub says it itself.
"""
