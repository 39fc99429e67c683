"""Rows of ledger entries whose bodies may go or are gone, and why the others stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from exchange.case import ENDED
from exchange.store.engine import Connection
from exchange.store.objection_rows import PENDING
from exchange.store.operating_tables import objection
from exchange.store.prune_tables import ledger_prune
from exchange.store.tables import case_item, delivery, item_clock, ledger_entry, matter_case

RIPE, GONE = "ripe", "gone"
_OVER = ("applied", "refused", "superseded", "given-up")
"""States of a delivery in which nobody waits for anything of it any more."""

Run = tuple[int, int]
"""Places in the ledger, both ends included."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What may go: entries of these kinds, of cases that are over for long enough and that nobody holds."""

    kinds: tuple[str, ...]
    until: Mapping[tuple[str, str], str]
    """Matter and definition → cases of it that were closed before this (stamp) are old enough."""
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shell:
    """What stays of an entry: its columns and its leaf hash. ``full``: its body is still there."""

    seq: int
    kind: str
    case: str
    ref: str
    hash: bytes
    full: bool


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries, of how many cases, stay for the same reason (or may go: ``RIPE``)."""

    why: str
    entries: int
    cases: int


_of = ledger_entry.c
_SHELL = (_of.seq, _of.kind, _of.case, _of.ref, _of.hash, (_of.body != b"").label("full"))
_JOINED = ledger_entry.outerjoin(matter_case, matter_case.c.id == _of.case)


def counts(connection: Connection, rule: Rule) -> list[Count]:
    """Of the whole ledger, by reason."""
    query = select(_why(rule).label("why"), func.count(), func.count(_of.case.distinct()))
    found = connection.execute(query.select_from(_JOINED).group_by("why").order_by("why"))
    return [Count(*row) for row in found]


def ripe(connection: Connection, run: Run, rule: Rule) -> list[Shell]:
    """What may go of these places, in order."""
    query = select(*_SHELL).select_from(_JOINED).where(_within(run), _why(rule) == RIPE)
    return [_shell(row) for row in connection.execute(query.order_by(_of.seq))]


def shells(connection: Connection, run: Run) -> list[Shell]:
    """Every entry of these places, in order, without its body."""
    query = select(*_SHELL).where(_within(run)).order_by(_of.seq)
    return [_shell(row) for row in connection.execute(query)]


def _shell(row: Sequence[Any]) -> Shell:
    seq, kind, of_case, ref, leaf, full = row  # SQLite tells 1 and 0
    return Shell(seq, kind, of_case, ref, leaf, bool(full))


def _within(run: Run) -> ColumnElement[bool]:
    return _of.seq.between(*run)


def _why(rule: Rule) -> ColumnElement[str]:
    """The first reason for which an entry stays; else ``RIPE``. What is not known to be old enough stays."""
    mine = matter_case.c.id
    unsettled = exists().where(delivery.c.case == mine, delivery.c.state.not_in(_OVER))
    at_work = exists().where(case_item.c.case == mine, case_item.c.state.not_in(sorted(ENDED)))
    ticking = or_(item_clock.c.next_on != "", item_clock.c.told != "")
    doubted = exists().where(objection.c.case == mine, objection.c.state.in_(PENDING))
    return case(
        (_of.body == b"", GONE),
        (_of.kind.not_in(rule.kinds), "kind"),
        (mine.is_(None), "no-case"),
        (mine.in_(sorted(rule.held)), "held"),
        (or_(matter_case.c.closed_at == "", at_work), "open"),
        (unsettled, "undelivered"),
        (exists().where(item_clock.c.case == mine, ticking), "clock"),
        (doubted, "objection"),
        (_is_old(rule), RIPE),
        else_=literal("young"),
    )


def _is_old(rule: Rule) -> ColumnElement[bool]:
    of = matter_case.c
    ways = [
        and_(of.matter == matter, of.definition == definition, of.closed_at < until)
        for (matter, definition), until in rule.until.items()
    ]
    return or_(false(), *ways)


def definitions(connection: Connection) -> list[tuple[str, str]]:
    """Matter and definition of every case that is over."""
    of = matter_case.c
    query = select(of.matter, of.definition).where(of.closed_at != "").distinct()
    return [(row.matter, row.definition) for row in connection.execute(query)]


_ADD, _EMPTY = insert(ledger_prune), update(ledger_entry).values(body=b"")


def allow(connection: Connection, entry: int, runs: Iterable[Run]) -> None:
    """From now on the wall lets the bodies in these runs go, by the word of the entry at ``entry``."""
    rows = [{"first": first, "last": last, "entry": entry} for first, last in runs]
    connection.execute(_ADD, rows)


def empty(connection: Connection, seqs: Sequence[int]) -> None:
    """The bodies go, the rest of the rows stays."""
    if seqs:
        query = _EMPTY.where(_of.seq == bindparam("place"))
        connection.execute(query, [{"place": seq} for seq in seqs])


def allowed(connection: Connection, entry: int | None = None) -> list[tuple[int, int, int]]:
    """First, last and entry of every run (of one entry, if named)."""
    query = select(ledger_prune.c.first, ledger_prune.c.last, ledger_prune.c.entry)
    if entry is not None:
        query = query.where(ledger_prune.c.entry == entry)
    return [(row[0], row[1], row[2]) for row in connection.execute(query.order_by("first"))]
