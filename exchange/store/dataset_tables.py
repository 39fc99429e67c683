"""The tables of what comes in bulk: datasets, snapshots, and the sealed parts of both."""

from __future__ import annotations

from sqlalchemy import Index

from exchange.store.tables import blob, count, table, text

dataset = table(
    "dataset",
    text("id", key=True),
    text("kind"),
    text("provider"),
    text("source"),
    text("as_of"),
    text("created_at"),
    text("schema"),
    text("root"),
    count("count"),
    Index("ix_dataset_source", "kind", "source", "as_of"),
)
"""Datasets, for looking up; the signed head is the ``document`` of the same id."""

snapshot = table(
    "snapshot",
    text("id", key=True),
    text("name"),
    text("as_of"),
    text("created_at"),
    text("digest"),
    count("count"),
    text("sources"),
    Index("ix_snapshot_name", "name", "as_of"),
)
"""What was known at one moment, frozen. ``sources``: canonical JSON, which datasets it was made of
and which were too old; ``digest`` is over the digests of its parts and all that stands here."""

sealed_part = table(
    "sealed_part",
    text("owner", key=True),
    text("role", key=True),
    count("number", key=True),
    count("rows"),
    text("digest"),
    text("at"),
    blob("sealed"),
    Index("ix_sealed_part_at", "at"),
)
"""Parts of a dataset or a snapshot. ``role``: ``rows``, ``index``, ``raw``, ``frame``. ``digest``: of
rows, the root over their salted hashes; of the others SHA-256 of what is sealed. Insert-only: parts
whose owner was never finished are dropped by whoever comes a day later."""
