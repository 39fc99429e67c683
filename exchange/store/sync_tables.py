"""The tables of scheduled syncs: how far each line is, its runs and batches, rows held and rows given."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy import text as literal_sql

from exchange.store.tables import blob, count, table, text

line = table(
    "sync_line",
    text("sync", key=True),
    text("target", key=True),
    text("paused_at"),
    text("contract"),
    count("rows"),
    blob("place"),
    text("given"),
    count("given_number"),
)
"""One sync into one target. ``place``: how far its source has been read, sealed, for it holds keys.
``contract``: the source's columns as they were accepted. ``rows``: of the source at the last run. ``given``:
of a target that can't be asked, the batch that it was given last, and which number that was."""

run = table(
    "sync_run",
    text("id", key=True),
    text("sync"),
    text("target"),
    text("kind"),
    text("state"),
    text("begun_at"),
    text("ended_at"),
    text("code"),
    text("facts"),
    Index("ix_sync_run_line", "sync", "target", "begun_at"),
)

_SENT = literal_sql("state = 'sent'")
_AWAY = literal_sql("state = 'away'")
batch = table(
    "sync_batch",
    text("id", key=True),
    text("run"),
    text("sync"),
    text("target"),
    text("state"),
    text("dataset"),
    text("at"),
    count("read"),
    count("applied"),
    count("unchanged"),
    count("invalid"),
    count("quarantined"),
    count("refused"),
    count("in_flight"),
    count("gone"),
    count("deleted"),
    count("kept"),
    blob("place"),
    Index("ix_sync_batch_run", "run"),
    Index("ix_sync_batch_sent", "sync", "target", sqlite_where=_SENT, postgresql_where=_SENT),
    Index("ix_sync_batch_away", "sync", "target", sqlite_where=_AWAY, postgresql_where=_AWAY),
)
"""``read = applied + unchanged + invalid + quarantined + refused + in_flight``, of each at every
moment; of deletions ``gone = deleted + kept`` once the batch is ``done``. ``state``: ``sent`` (signed; the
target may have it), ``away`` (on its way to a target that answers later) or ``done``. ``place``: where the
line stands once it is done."""

held = table(
    "sync_held",
    text("id", key=True),
    text("sync"),
    text("target"),
    text("run"),
    text("kind"),
    text("code"),
    text("problems"),
    text("at"),
    blob("sealed"),
    Index("ix_sync_held_line", "sync", "target", "code"),
)
"""Rows that did not go on: ``kind`` is ``invalid``, ``quarantined`` or ``refused``; the same row for the same
reason once, however often it is read."""

given = table(
    "sync_given",
    text("sync", key=True),
    text("target", key=True),
    text("tag", key=True),
    text("digest"),
    blob("sealed"),
)
"""What a target that can't be asked (a queue, a folder) was given: of each row a keyed digest of its key
(``tag``) and of its content, and its key, sealed, for the day on which it is gone."""
