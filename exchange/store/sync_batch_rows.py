"""Rows of the batches of syncs, and what they add up to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update

from exchange.store.engine import Connection
from exchange.store.sync_tables import batch

SENT, AWAY, DONE = "sent", "away", "done"


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of rows: each that was read is in one column; ``gone`` are keys, not rows read."""

    read: int = 0
    applied: int = 0
    unchanged: int = 0
    invalid: int = 0
    quarantined: int = 0
    refused: int = 0
    in_flight: int = 0
    gone: int = 0
    deleted: int = 0
    kept: int = 0

    @property
    def is_exact(self) -> bool:
        """Is each row that was read in one column?

        >>> Counts(read=3, applied=2, refused=1).is_exact, Counts(read=3, applied=2).is_exact
        (True, False)
        """
        ends = self.applied + self.unchanged + self.invalid + self.quarantined + self.refused
        return self.read == ends + self.in_flight

    @property
    def wrong(self) -> int:
        """Rows that did not go on."""
        return self.invalid + self.quarantined + self.refused

    def plus(self, other: Counts) -> Counts:
        """Both together.

        >>> Counts(read=1).plus(Counts(read=2, applied=2)).read
        3
        """
        added = {name: value + getattr(other, name) for name, value in asdict(self).items()}
        return replace(self, **added)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch. ``dataset`` is empty where nothing had to be done in the target."""

    id: str
    run: str
    sync: str
    target: str
    state: str
    dataset: str
    at: str
    counts: Counts
    place: bytes = b""


_NAMES = tuple(field.name for field in fields(Counts))
_SUMS = [func.coalesce(func.sum(batch.c[name]), 0) for name in _NAMES]


def put(connection: Connection, row: BatchRow) -> None:
    """Insert a batch."""
    told = {field.name: getattr(row, field.name) for field in fields(row) if field.name != "counts"}
    connection.execute(insert(batch).values(**told, **asdict(row.counts)))


def finish(
    connection: Connection, identifier: str, counts: Counts, *, was: str = SENT, now: str = DONE
) -> bool:
    """The target has it (``now``: or it is on its way there); False if that was known."""
    which = (batch.c.id == identifier, batch.c.state == was)
    done = connection.execute(update(batch).where(*which).values(state=now, **asdict(counts)))
    return done.rowcount == 1


def sent(connection: Connection, sync: str, target: str) -> BatchRow | None:
    """The batch of a line of which nobody knows whether the target has it: one at most."""
    return next(iter(_in_state(connection, sync, target, SENT)), None)


def away(connection: Connection, sync: str, target: str) -> list[BatchRow]:
    """The batches of a line that are on their way to the target, unanswered; the oldest first."""
    return _in_state(connection, sync, target, AWAY)


def get(connection: Connection, identifier: str) -> BatchRow | None:
    """The batch of this id."""
    found = connection.execute(select(batch).where(batch.c.id == identifier)).first()
    return None if found is None else _of(found)


def _in_state(connection: Connection, sync: str, target: str, state: str) -> list[BatchRow]:
    query = select(batch).where(batch.c.state == state)
    query = query.where(batch.c.sync == sync, batch.c.target == target)
    return [_of(row) for row in connection.execute(query.order_by(batch.c.at, batch.c.id))]


def _of(found: Row[Any]) -> BatchRow:
    told = found._asdict()
    counts = Counts(**{name: told.pop(name) for name in _NAMES})
    return BatchRow(**told, counts=counts)


def given(connection: Connection, sync: str, target: str, since: str) -> tuple[list[str], str]:
    """Ids of a line's batches that carried rows since a stamp, and when the last one did; empty if none."""
    query = select(batch.c.id, batch.c.at).where(batch.c.sync == sync, batch.c.target == target)
    query = query.where(batch.c.dataset != "", batch.c.at >= since).order_by(batch.c.at)
    rows = connection.execute(query).all()
    return [row.id for row in rows], rows[-1].at if rows else ""


def of_run(connection: Connection, run: str) -> Counts:
    """What a run came to so far."""
    return _sum(connection, select(*_SUMS).where(batch.c.run == run))


def of_line(connection: Connection, sync: str, target: str) -> Counts:
    """What all runs of a line came to so far."""
    return _sum(connection, select(*_SUMS).where(batch.c.sync == sync, batch.c.target == target))


def _sum(connection: Connection, query: Select[tuple[int, ...]]) -> Counts:
    return Counts(*(int(value) for value in connection.execute(query).one()))
