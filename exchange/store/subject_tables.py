"""Whom documents are about, by keyed digest: the look-up of what was exchanged about one person.

``tag`` is ``HMAC(look-up key, scheme and number)``; without that key, which lies outside the database,
it says nothing. It outlives the bodies: what was exchanged can be told after they were erased.
"""

from __future__ import annotations

from sqlalchemy import Index

from exchange.store.tables import table, text

document_subject = table(
    "document_subject",
    text("document", key=True),
    text("tag", key=True),
    text("path", key=True),
    Index("ix_document_subject_tag", "tag"),
)
"""``path``: where in the document the number stands (JSON Pointer), so in which part the person is there."""
