"""The tables of our store. Times are ``times.stamp`` text; personal data only in sealed blobs.

Migrations (``exchange/store/migrations``) make them; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()


def _table(name: str, *columns: Column[object] | Index | UniqueConstraint) -> Table:
    return Table(name, metadata, *columns)


def _text(name: str, *, null: bool = False, key: bool = False) -> Column[object]:
    return Column(name, Text, nullable=null, primary_key=key)


def _count(name: str, *, key: bool = False) -> Column[object]:
    return Column(name, BigInteger, nullable=False, primary_key=key, autoincrement=False)


def _bytes(name: str, *, null: bool = False) -> Column[object]:
    return Column(name, LargeBinary, nullable=null)


document = _table(
    "document",
    _text("id", key=True),
    _text("kind"),
    _text("provider"),
    _text("custody"),
    _text("source"),
    _text("as_of"),
    _text("created_at"),
    _text("supersedes"),
    _text("digest"),
    _bytes("sealed"),
    _bytes("raw"),
)
"""Signed documents: ``sealed`` holds the SD-JWT with all disclosures, ``raw`` what was read."""

inbox = _table(
    "inbox",
    _text("source", key=True),
    _text("key", key=True),
    _text("content"),
    _text("document"),
    _text("first_at"),
    Index("ix_inbox_document", "document"),
)
"""What has been taken in from each source, once; ``document`` is empty if it was invalid."""

invalid = _table(
    "invalid",
    _text("id", key=True),
    _text("source"),
    _text("key"),
    _text("at"),
    _text("problems"),
    _bytes("raw"),
)
"""Messages that cannot be understood, kept with every problem as JSON."""

cursor = _table(
    "cursor",
    _text("source", key=True),
    _text("stream", key=True),
    _text("value"),
    _text("next_at"),
    _count("failures"),
)
"""How far each stream of a source has been read, and when to ask again."""

matter_case = _table(
    "matter_case",
    _text("id", key=True),
    _text("matter"),
    _text("identity"),
    _text("opened_at"),
    _text("closed_at"),
    _text("state"),
    _text("definition"),
    UniqueConstraint("matter", "identity", name="uq_matter_case_identity"),
)
"""Cases. ``identity`` is keyed (HMAC): the same person or thing opens one case."""

matter_definition = _table(
    "matter_definition",
    _text("digest", key=True),
    _text("content"),
)
"""The matters' definitions as canonical JSON; each case names the one that it began with."""

case_document = _table(
    "case_document",
    _text("case", key=True),
    _text("name", key=True),
    _text("document"),
)
"""Which document a case knows under which name (``birth``, ``declaration``)."""

case_item = _table(
    "case_item",
    _text("case", key=True),
    _text("item", key=True),
    _text("matter"),
    _text("state"),
    _text("code"),
    _text("facts"),
    _text("effect"),
    _text("due_at"),
    _text("next_at"),
    _text("updated_at"),
    Index("ix_case_item_due", "matter", "item", "state", "next_at"),
)
"""The items of each case; ``effect`` is the delivery's key once there is one."""

transfer = _table(
    "transfer",
    _text("id", key=True),
    _text("case"),
    _text("item"),
    _text("document"),
    _text("agreement"),
    _text("provider"),
    _text("receiver"),
    _text("purpose"),
    _text("disclosed"),
    _text("withheld"),
    _text("effect"),
    _text("at"),
    Index("ix_transfer_case", "case", "item"),
)
"""One movement of one document under one agreement."""

delivery = _table(
    "delivery",
    _text("effect", key=True),
    _text("case"),
    _text("item"),
    _text("system"),
    _text("operation"),
    _text("content"),
    _text("state"),
    _count("attempts"),
    _text("sent_at"),
    _text("settled_at"),
    _text("receipt"),
    Index("ix_delivery_case", "case", "item"),
)
"""One effect in a target system: the truth about whether it was asked for and came about."""

receipt = _table(
    "receipt",
    _text("id", key=True),
    _text("effect"),
    _text("what"),
    _text("at"),
    _text("digest"),
    _bytes("sealed"),
    Index("ix_receipt_effect", "effect"),
)
"""What came of a delivery: stored, applied or refused, with the answer sealed."""

circuit = _table(
    "circuit",
    _text("system", key=True),
    _count("failures"),
    _text("open_until"),
    _text("since"),
    _text("code"),
)
"""Systems that do not answer, and until when nobody asks them."""

ledger_entry = _table(
    "ledger_entry",
    _count("seq", key=True),
    _text("kind"),
    _text("case"),
    _text("ref"),
    _bytes("body"),
    _bytes("hash"),
    Index("ix_ledger_entry_case", "case"),
    Index("ix_ledger_entry_ref", "ref"),
)
"""The leaves of the ledger tree, in order. ``body`` is canonical JSON without personal data."""

ledger_tile = _table(
    "ledger_tile",
    Column("level", Integer, primary_key=True, autoincrement=False),
    _count("n", key=True),
    _bytes("hashes"),
    _bytes("root"),
)
"""Complete tiles of 256 hashes and their roots; insert-only."""

ledger_head = _table(
    "ledger_head",
    _count("size", key=True),
    _text("at"),
    _text("token"),
)
"""Every signed tree head; insert-only."""

ledger_tip = _table(
    "ledger_tip",
    Column("id", Integer, primary_key=True, autoincrement=False),
    _count("size"),
    _bytes("frontier"),
)
"""One row: the size of the tree and its frontier. A commit group takes it last."""
