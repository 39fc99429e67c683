"""The tables of disputes (五位一体): which case has which number, and what units have said of it.

Where a dispute stands is not kept: it is the fold of its events (``matters.ladder``). No personal data:
what was said beside lies in the signed documents. Times are ``times.stamp`` text.
"""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import text as literal_sql

from exchange.store.tables import count, table, text

dispute = table(
    "dispute",
    text("case", key=True),
    text("number"),
    text("opened_at"),
    text("closed_at"),
    text("parties"),
    UniqueConstraint("number", name="uq_dispute_number"),
    Index("ix_dispute_parties", "parties"),
)
"""A dispute's case, and the number by which every unit knows it. ``closed_at``: empty as long as any of
its tracks has not ended. ``parties``: keyed digest of worker and employer, empty where the worker can't
be told from others of the name.
"""

_open = literal_sql("closed_at = ''")
Index("ix_dispute_open", dispute.c.case, sqlite_where=_open, postgresql_where=_open)

dispute_event = table(
    "dispute_event",
    text("case", key=True),
    count("seq", key=True),
    text("name"),
    text("at"),
    text("role"),
    text("unit"),
    text("to"),
    text("desk"),
    text("document"),
    text("told_at"),
    Index("ix_dispute_event_document", "document"),
    Index("ix_dispute_event_told", "told_at"),
)
"""What has happened, in the order in which it was told: ``at`` is when it happened, ``told_at`` when the
hub took it. ``to`` names the unit that it was handed to and ``desk`` the person there, ``document`` the
signed document that says so; empty where there is none.
"""
