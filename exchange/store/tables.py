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
from sqlalchemy import text as literal_sql

metadata = MetaData()


def table(name: str, *columns: Column[object] | Index | UniqueConstraint) -> Table:
    """A table of the store."""
    return Table(name, metadata, *columns)


def text(name: str, *, null: bool = False, key: bool = False) -> Column[object]:
    """A column of text; empty rather than null."""
    return Column(name, Text, nullable=null, primary_key=key)


def count(name: str, *, key: bool = False) -> Column[object]:
    """A column of whole numbers, 64 bits."""
    return Column(name, BigInteger, nullable=False, primary_key=key, autoincrement=False)


def blob(name: str, *, null: bool = False) -> Column[object]:
    """A column of bytes."""
    return Column(name, LargeBinary, nullable=null)


document = table(
    "document",
    text("id", key=True),
    text("kind"),
    text("provider"),
    text("custody"),
    text("source"),
    text("as_of"),
    text("created_at"),
    text("supersedes"),
    text("digest"),
    blob("sealed"),
    blob("raw"),
    Index("ix_document_supersedes", "supersedes"),
)
"""Signed documents: ``sealed`` holds the SD-JWT with all disclosures, ``raw`` what was read."""

inbox = table(
    "inbox",
    text("source", key=True),
    text("key", key=True),
    text("content"),
    text("document"),
    text("first_at"),
    Index("ix_inbox_document", "document"),
)
"""What has been taken in from each source, once; ``document`` is empty if it was invalid."""

invalid = table(
    "invalid",
    text("id", key=True),
    text("source"),
    text("key"),
    text("at"),
    text("problems"),
    blob("raw"),
)
"""Messages that cannot be understood, kept with every problem as JSON."""

cursor = table(
    "cursor",
    text("source", key=True),
    text("stream", key=True),
    text("value"),
    text("next_at"),
    count("failures"),
)
"""How far each stream of a source has been read, and when to ask again."""

matter_case = table(
    "matter_case",
    text("id", key=True),
    text("matter"),
    text("identity"),
    text("opened_at"),
    text("closed_at"),
    text("state"),
    text("definition"),
    UniqueConstraint("matter", "identity", name="uq_matter_case_identity"),
    Index("ix_matter_case_state", "state", "opened_at", "id"),
    Index("ix_matter_case_matter", "matter", "state", "opened_at", "id"),
)
"""Cases. ``identity`` is keyed (HMAC): the same person or thing opens one case."""

case_alias = table(
    "case_alias",
    text("matter", key=True),
    text("identity", key=True),
    text("case"),
)
"""Further identities of a case's thing: a certificate was issued anew, under another number."""

matter_definition = table(
    "matter_definition",
    text("digest", key=True),
    text("content"),
)
"""The matters' definitions as canonical JSON; each case names the one that it began with."""

case_document = table(
    "case_document",
    text("case", key=True),
    text("name", key=True),
    text("document"),
)
"""Which document a case knows under which name (``birth``, ``declaration``)."""

case_item = table(
    "case_item",
    text("case", key=True),
    text("item", key=True),
    text("matter"),
    text("state"),
    text("code"),
    text("facts"),
    text("effect"),
    text("due_at"),
    text("next_at"),
    text("updated_at"),
)
"""The items of each case; ``effect`` is the delivery's key once there is one."""

_workable = literal_sql("state IN ('ready', 'sent', 'stored', 'unknown')")
Index(
    "ix_case_item_workable",
    case_item.c.matter,
    case_item.c.next_at,
    sqlite_where=_workable,
    postgresql_where=_workable,
)
"""Open work only (``case_rows.WORKABLE``): looked for every two seconds, however many are over."""

TO_LOOK_AT = ("ready", "sent", "stored", "unknown", "parked", "invalid", "refused")
"""States of an item that an operator looks for: under way, or come to nothing."""
_to_look_at = literal_sql(" OR ".join(f"state = '{state}'" for state in TO_LOOK_AT))
"""As alternatives: SQLite sees that ``state = 'parked'`` implies this, and not that it implies a list."""
Index(
    "ix_case_item_state",
    case_item.c.state,
    case_item.c.updated_at,
    case_item.c.case,
    case_item.c.item,
    case_item.c.code,
    case_item.c.matter,
    sqlite_where=_to_look_at,
    postgresql_where=_to_look_at,
)
"""All that lists and counts need stands in it, so they read no row that they do not show.
"""

_limited = literal_sql("due_at <> ''")
Index(
    "ix_case_item_due",
    case_item.c.case,
    case_item.c.due_at,
    sqlite_where=_limited,
    postgresql_where=_limited,
)
"""The legal days of a case, without its other items: asked for each case that waits (``waiting_rows``)."""

item_clock = table(
    "item_clock",
    text("case", key=True),
    text("item", key=True),
    text("matter"),
    text("from_opening"),
    text("next_on"),
    text("told"),
)
"""The legal periods that run. ``from_opening``: days from the opening of the case to the first day
(which may be a birthday), empty if not known; ``next_on``: the civil day on which it is next to be
looked at, empty if never; ``told``: which incident of it is open (``near``, ``overdue``,
``unknown``), else empty.
"""

_ticking, _telling = literal_sql("next_on <> ''"), literal_sql("told <> ''")
Index(
    "ix_item_clock_next",
    item_clock.c.next_on,
    sqlite_where=_ticking,
    postgresql_where=_ticking,
)
"""What runs only: asked with every sweep, however many periods are over."""
Index("ix_item_clock_told", item_clock.c.told, sqlite_where=_telling, postgresql_where=_telling)

transfer = table(
    "transfer",
    text("id", key=True),
    text("case"),
    text("item"),
    text("document"),
    text("agreement"),
    text("provider"),
    text("receiver"),
    text("purpose"),
    text("disclosed"),
    text("withheld"),
    text("effect"),
    text("at"),
    Index("ix_transfer_case", "case", "item"),
    Index("ix_transfer_document", "document"),
    Index("ix_transfer_receiver", "receiver", "at", "id"),
    Index("ix_transfer_provider", "provider", "at", "id"),
)
"""One movement of one document under one agreement."""

delivery = table(
    "delivery",
    text("effect", key=True),
    text("case"),
    text("item"),
    text("system"),
    text("operation"),
    text("content"),
    text("state"),
    count("attempts"),
    text("sent_at"),
    text("settled_at"),
    text("receipt"),
    text("owner"),
    text("chain"),
    text("version"),
    Index("ix_delivery_case", "case", "item"),
    Index("ix_delivery_chain", "chain"),
    Index("ix_delivery_sent", "system", "operation", "sent_at"),
)
"""One effect in a target system: the truth about whether it was asked for and came about.

``owner`` names the process that sent it, ``chain`` (keyed) the thing of which this is a version,
``version`` when that version became true.
"""

receipt = table(
    "receipt",
    text("id", key=True),
    text("effect"),
    text("what"),
    text("at"),
    text("digest"),
    blob("sealed"),
    Index("ix_receipt_effect", "effect"),
)
"""What came of a delivery: stored, applied or refused, with the answer sealed."""

circuit = table(
    "circuit",
    text("system", key=True),
    count("failures"),
    text("open_until"),
    text("since"),
    text("code"),
    count("slow"),
)
"""Systems that do not answer, and until when nobody asks them; and those that are slow."""

ledger_entry = table(
    "ledger_entry",
    count("seq", key=True),
    text("kind"),
    text("case"),
    text("ref"),
    blob("body"),
    blob("hash"),
    Index("ix_ledger_entry_case", "case"),
    Index("ix_ledger_entry_ref", "ref"),
)
"""The leaves of the ledger tree, in order. ``body`` is canonical JSON without personal data."""

ledger_tile = table(
    "ledger_tile",
    Column("level", Integer, primary_key=True, autoincrement=False),
    count("n", key=True),
    blob("hashes"),
    blob("root"),
)
"""Complete tiles of 256 hashes and their roots; insert-only."""

ledger_head = table(
    "ledger_head",
    count("size", key=True),
    text("at"),
    text("token"),
)
"""Every signed tree head; insert-only."""

ledger_tip = table(
    "ledger_tip",
    Column("id", Integer, primary_key=True, autoincrement=False),
    count("size"),
    blob("frontier"),
)
"""One row: the size of the tree and its frontier. A commit group takes it last."""

ledger_outside = table(
    "ledger_outside",
    text("holder", key=True),
    count("size", key=True),
    text("kind"),
    text("head"),
    text("seal"),
    text("at"),
    text("since"),
)
"""What others say of our heads: a witness's co-signature, an authority's time stamp. Insert-only.

``since`` is when the oldest head that it is the first to cover was signed.
"""

ledger_heard = table(
    "ledger_heard",
    text("holder", key=True),
    text("at"),
    text("code"),
    text("since"),
)
"""When each holder was last heard of, what is wrong with it (empty: nothing), and since when."""
