"""The tables of order finance (订单融资): who may read what of whom, what was read, what is financed.

Letters and claims are kept for evidence: nothing is deleted here. Firms are told by their code; no
person stands in any of these tables. Orders and invoices are keyed fingerprints, never their numbers.
"""

from __future__ import annotations

from sqlalchemy import Index

from exchange.store.tables import count, table, text

finance_letter = table(
    "finance_letter",
    text("id", key=True),
    text("number"),
    text("bank"),
    text("grantor_uscc"),
    text("order_print"),
    text("purpose"),
    text("datasets"),
    text("data_from"),
    text("data_until"),
    text("valid_from"),
    text("valid_until"),
    count("max_uses"),
    count("uses"),
    text("content"),
    text("document"),
    text("taken_at"),
    Index("ix_finance_letter_bank", "bank", "valid_until"),
)
"""A firm's letter to one bank: what it allows, and how often that was used. ``id`` is a keyed digest of the
firm and its number of the letter; ``datasets`` their names, one space between them; ``data_…`` and
``valid_…`` civil days in China, ``data_…`` empty where the letter sets no bound. ``content``: keyed digest
of what was signed, ``document``: the record, beside which the signed letter itself is kept encrypted.
"""

finance_revocation = table(
    "finance_revocation",
    text("letter", key=True),
    text("at"),
    text("by"),
    text("document"),
)
"""Letters that were taken back, known to us or not yet. ``by``: ``firm`` or ``operator``; ``document`` is
what the firm signed, or the proposal of the two operators.
"""

finance_read = table(
    "finance_read",
    text("bank", key=True),
    text("id", key=True),
    text("act"),
    text("letter"),
    text("asked"),
    text("case"),
    text("at"),
    text("code"),
    text("facts"),
    text("counted_at"),
    Index("ix_finance_read_at", "at"),
    Index("ix_finance_read_letter", "letter", "at"),
)
"""The last decision on each reading. ``asked``: what for and which data; ``code``: empty if it was granted,
else why not, with its ``facts`` as canonical JSON; ``counted_at``: when it was counted against the letter, empty if never.
"""

finance_quota = table(
    "finance_quota",
    text("bank", key=True),
    text("act", key=True),
    text("day", key=True),
    count("used"),
)
"""How often a bank has asked on a day in China."""

finance_print = table(
    "finance_print",
    text("print", key=True),
)
"""Every fingerprint that was ever claimed: whoever decides on one holds its row."""

finance_claim = table(
    "finance_claim",
    text("case", key=True),
    text("bank"),
    text("order_print"),
    text("line"),
    count("amount_fen"),
    count("value_known"),
    text("state"),
    text("why"),
    text("since"),
    text("changed_at"),
    count("seq"),
    text("buyer_print"),
    Index("ix_finance_claim_order", "order_print", "state"),
    Index("ix_finance_claim_buyer", "buyer_print", "state"),
)
"""What a bank's case holds of an order: ``line`` a keyed digest, empty for the whole of it. ``value_known``: 1
if it was held against the order's value. ``state``: ``reserved``, ``financed``, ``released``; ``why`` it was
released. ``seq`` orders the claims of one order; ``buyer_print``: whose orders count against one limit.
"""

finance_claim_invoice = table(
    "finance_claim_invoice",
    text("print", key=True),
    text("case", key=True),
    Index("ix_finance_claim_invoice_case", "case"),
)
"""The invoices of a claim."""
