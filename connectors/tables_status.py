"""Take rows by a status column: new → claimed, committed before anybody acts → done on settle.

What a dead process had claimed is taken again under the same claimant's name, or by another one
after a time. What changed between claim and settlement goes back to new and is another parcel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true, update

from connectors.tables_database import Chosen
from connectors.tables_row import parcel
from exchange import times
from exchange.errors import Fatal
from exchange.ports import Parcel

Held = dict[str, Mapping[str, Any]]
"""Key of a parcel → the values of the row's key columns."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The rows of one table and who takes them."""

    chosen: Chosen
    about: Mapping[str, Any]
    claimant: str

    def claim(
        self, connection: Connection, limit: int, now: datetime, *, skip_locked: bool
    ) -> tuple[Sequence[Parcel], Held]:
        """Claim at most ``limit`` rows in this transaction: ours first come again."""
        columns = {column.name: column for column in (*self.chosen.columns, *self.chosen.key)}
        free = or_(self._status == self._value("new"), self._left_behind(now))
        query = select(*columns.values()).where(free).order_by(*self.chosen.key).limit(limit)
        rows = connection.execute(query.with_for_update(skip_locked=skip_locked)).mappings().all()
        found: list[Parcel] = []
        held: Held = {}
        for row in rows:
            one, names = self._parcel(row)
            self._set(connection, names, self._claimed(now))
            found.append(one)
            held[one.key] = names
        return found, held

    def settle(self, connection: Connection, held: Held) -> None:
        """Mark rows as done; what changed meanwhile, as new. Others' claims are left alone."""
        columns = {column.name: column for column in (*self.chosen.columns, *self.chosen.key)}
        for key, names in held.items():
            query = select(*columns.values()).where(self._is(names), self._ours())
            row = connection.execute(query.with_for_update()).mappings().first()
            if row is not None:
                same = self._parcel(row)[0].key == key
                value = self._value("done" if same else "new")
                self._set(connection, names, {self.about["status"]: value})

    @property
    def _status(self) -> Any:
        return self.chosen.column(self.about["status"])

    def _value(self, name: str) -> Any:
        """A state as the column holds it: text, or a whole number. ``Fatal`` for another one."""
        told = self.about[name]
        if self._status.type.python_type is not int:
            return told
        try:
            return int(told)
        except ValueError:
            facts = {"table": self.chosen.table.name, "column": self.about["status"]}
            raise Fatal("tables.status-value", state=name, **facts) from None

    def _claimed(self, now: datetime) -> dict[str, Any]:
        values: dict[str, Any] = {self.about["status"]: self._value("claimed")}
        if "claimed_by" in self.about:
            values[self.about["claimed_by"]] = self.claimant
        if "claimed_at" in self.about:
            values[self.about["claimed_at"]] = self._local(now)
        return values

    def _ours(self) -> ColumnElement[bool]:
        """Without a column for the claimant every claim is ours."""
        claimed: ColumnElement[bool] = self._status == self._value("claimed")
        if "claimed_by" not in self.about:
            return claimed
        return and_(claimed, self.chosen.column(self.about["claimed_by"]) == self.claimant)

    def _left_behind(self, now: datetime) -> ColumnElement[bool]:
        if "claimed_at" not in self.about:
            return self._ours()
        old = self._local(now - timedelta(seconds=self.about["release_s"]))
        stale = self.chosen.column(self.about["claimed_at"]) < old
        return or_(self._ours(), and_(self._status == self._value("claimed"), stale))

    def _local(self, instant: datetime) -> datetime:
        """A column without a zone holds China's time, which its people read."""
        column = self.chosen.column(self.about["claimed_at"])
        zoned = getattr(column.type, "timezone", False)
        return instant if zoned else instant.astimezone(times.CHINA).replace(tzinfo=None)

    def _parcel(self, row: Mapping[Any, Any]) -> tuple[Parcel, dict[str, Any]]:
        names = {column.name: row[column.name] for column in self.chosen.key}
        return parcel(self.chosen.content(row), names, None), names

    def _set(
        self, connection: Connection, names: Mapping[str, Any], values: Mapping[str, Any]
    ) -> None:
        changed = {self.chosen.column(name): value for name, value in values.items()}
        connection.execute(update(self.chosen.table).where(self._is(names)).values(changed))

    def _is(self, names: Mapping[str, Any]) -> ColumnElement[bool]:
        return and_(true(), *(column == names[column.name] for column in self.chosen.key))
