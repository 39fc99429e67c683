"""The tables of what happens after a loan (贷后): loans, what banks tell of them, the daily watch, numbered events.

Where a loan stands is not kept: it is the fold of what was told (``matters.finance_loan``). No person stands in
any of these tables. Days are civil days in China, ``…_at`` is ``times.stamp`` text, amounts are fen.
"""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import text as literal_sql

from exchange.store.tables import count, table, text

finance_loan = table(
    "finance_loan",
    text("case", key=True),
    text("bank"),
    text("number"),
    text("request"),
    text("letter"),
    text("paid_out_on"),
    count("amount_fen"),
    text("due_on"),
    text("content"),
    text("opened_at"),
    text("closed_at"),
    UniqueConstraint("bank", "number", name="uq_finance_loan_number"),
    UniqueConstraint("request", name="uq_finance_loan_request"),
)
"""A loan that was paid out. ``number`` is its bank's; ``request`` the case by which it was asked about, of which
there is one loan; ``letter`` the hub's id of the letter. ``content``: keyed digest of what the bank told;
``closed_at``: empty as long as it has not ended.
"""

_open = literal_sql("closed_at = ''")
Index("ix_finance_loan_open", finance_loan.c.case, sqlite_where=_open, postgresql_where=_open)

finance_loan_told = table(
    "finance_loan_told",
    text("case", key=True),
    count("seq", key=True),
    text("number"),
    text("name"),
    text("day"),
    count("amount_fen"),
    text("payer"),
    text("content"),
    text("document"),
    text("told_at"),
    UniqueConstraint("case", "number", name="uq_finance_loan_told_number"),
    Index("ix_finance_loan_told_at", "told_at"),
)
"""What a bank has told of its loan, in the order in which it was told: ``number`` is the bank's, ``day`` when it
happened, ``payer`` the code of the firm that a credit came from.
"""

finance_watch = table(
    "finance_watch",
    text("case", key=True),
    text("day", key=True),
    text("watch"),
    text("code"),
    text("closed_at"),
)
"""One day's asking for one loan: the case in which it is done (empty: it was not allowed), why not (``code``), and
when all that came of it was looked at (empty: not yet).
"""

_pending = literal_sql("closed_at = ''")
Index(
    "ix_finance_watch_open",
    finance_watch.c.case,
    sqlite_where=_pending,
    postgresql_where=_pending,
)

finance_watched = table(
    "finance_watched",
    text("case", key=True),
    text("name", key=True),
    text("document"),
    text("day"),
)
"""The last paper of each name that a loan's watch has looked at, and of which day's watch it was."""

finance_event = table(
    "finance_event",
    text("bank", key=True),
    count("seq", key=True),
    text("case"),
    text("name"),
    text("key"),
    text("document"),
    text("at"),
    UniqueConstraint("case", "name", "key", name="uq_finance_event_key"),
    Index("ix_finance_event_at", "at"),
)
"""Events to lenders: 1, 2, 3 … of each bank, without a gap. ``key``: what makes it one event and not another of the
same loan and name; ``document`` the signed event.
"""

finance_event_last = table(
    "finance_event_last",
    text("bank", key=True),
    count("seq"),
)
"""The last number of each bank: whoever gives the next one holds its row."""

finance_push = table(
    "finance_push",
    text("bank", key=True),
    count("seq"),
    count("until"),
    text("books"),
    text("taken_at"),
    text("tried_at"),
    text("code"),
)
"""How far a bank has got that events are sent to. ``seq``: the last number that it has taken; ``until``: the last one
that may have left, so that the same ones leave again after a crash; ``books``: the last day whose file of the books
it has; ``code``: why the last try came to nothing, empty if it was taken.
"""
