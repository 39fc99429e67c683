"""The treasury's front-end tables: others write orders there, its program writes what came of them.

``ZF_SQ`` payments, ``ZF_SH`` recoveries, ``ZF_DZ`` the statement, a line for each thing that happened. The
numbers of orders are not unique there: a row that is written twice lies there twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CHAR,
    Column,
    Engine,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    insert,
    select,
    update,
)

from sandbox.treasury_desk import ACCEPTED, Order, Outcome

_META = MetaData()


def _answers() -> list[Column[Any]]:
    return [
        Column("STATUS", String(2), nullable=False, server_default="0", index=True),
        Column("BACKCODE", String(8)),
        Column("BACKMSG", String(200)),
        Column("PZH", String(30)),
        Column("ZFRQ", CHAR(8)),
    ]


def _head() -> list[Column[Any]]:
    return [
        Column("ID", Integer, primary_key=True, autoincrement=True),
        Column("ORDERNO", String(32), nullable=False, index=True),
        Column("BUSINO", String(64), nullable=False),
    ]


ORDERS = Table(
    "ZF_SQ",
    _META,
    *_head(),
    Column("ZBH", String(40), nullable=False),
    Column("JE", Numeric(16, 2), nullable=False),
    Column("YT", String(265)),
    Column("GNFL", String(9), nullable=False),
    Column("JJFL", String(9), nullable=False),
    Column("FKZH", String(34), nullable=False),
    Column("SKRMC", String(200), nullable=False),
    Column("SKRZH", String(34), nullable=False),
    Column("SKHHH", CHAR(12), nullable=False),
    *_answers(),
)
RECOVERIES = Table(
    "ZF_SH",
    _META,
    *_head(),
    Column("YSQH", String(32), nullable=False),
    Column("YPZH", String(30)),
    Column("JE", Numeric(16, 2)),
    *_answers(),
)
STATEMENT = Table(
    "ZF_DZ",
    _META,
    Column("ID", Integer, primary_key=True, autoincrement=True),
    Column("RQ", CHAR(8), nullable=False, index=True),
    Column("LX", CHAR(2), nullable=False),
    Column("ORDERNO", String(32), nullable=False),
    Column("PZH", String(30)),
    Column("STATUS", String(2), nullable=False),
    Column("SJ", String(19), nullable=False),
)
_KINDS = {"ZF": ORDERS, "SH": RECOVERIES}
Decided = Sequence[tuple[Order, Outcome]]


class FrontEnd:
    """The database. ``address`` is SQLAlchemy's."""

    def __init__(self, address: str) -> None:
        self._engine: Engine = create_engine(address)
        _META.create_all(self._engine)
        if (
            self._engine.dialect.name == "sqlite"
        ):  # readers and the writer don't wait for each other
            with self._engine.connect() as db:
                db.exec_driver_sql("PRAGMA journal_mode=WAL")

    def accept(self) -> int:
        """What is new is taken in; how many."""
        with self._engine.begin() as db:
            rows = [
                db.execute(
                    update(table).where(table.c.STATUS == "0").values(STATUS=ACCEPTED)
                ).rowcount
                for table in _KINDS.values()
            ]
        return sum(rows)

    def waiting(self, kind: str, limit: int) -> list[Order]:
        """What is taken in and not decided, the oldest first."""
        table = _KINDS[kind]
        wanted = select(table).where(table.c.STATUS == ACCEPTED).order_by(table.c.ID).limit(limit)
        with self._engine.connect() as db:
            return [_order(table.name, row) for row in db.execute(wanted).mappings()]

    def answer(self, kind: str, decided: Decided) -> None:
        """Write what came of them, and the statement's lines."""
        with self._engine.begin() as db:
            for order, told in decided:
                table, number = _KINDS[kind], int(order.source.rpartition("/")[2])
                row = update(table).where(table.c.ID.in_([number]))
                db.execute(row.values(_written(told)))
            lines = [_line(kind, order.orderno, told) for order, told in decided]
            if lines:
                db.execute(insert(STATEMENT), lines)

    def came_back(self, orderno: str, told: Outcome) -> None:
        """A payment that was done is returned."""
        with self._engine.begin() as db:
            paid = update(ORDERS).where(ORDERS.c.ORDERNO.in_([orderno]), ORDERS.c.STATUS == "2")
            values = {"STATUS": told.status, "BACKCODE": told.code, "BACKMSG": told.reason}
            db.execute(paid.values(values))
            db.execute(insert(STATEMENT), [_line("ZF", orderno, told)])

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


def _order(table: str, row: Mapping[Any, Any]) -> Order:
    told = {str(name): value for name, value in row.items()}
    return Order(
        source=f"{table}/{told['ID']}",
        orderno=told["ORDERNO"],
        busino=told["BUSINO"],
        zbh=told.get("ZBH", ""),
        skrmc=told.get("SKRMC", ""),
        skrzh=told.get("SKRZH", ""),
        fen=int(Decimal(told["JE"] or 0) * 100),
        ysqh=told.get("YSQH", ""),
    )


def _written(told: Outcome) -> dict[str, Any]:
    values: dict[str, Any] = {"STATUS": told.status, "ZFRQ": told.day, "PZH": told.pzh or None}
    values |= {"JE": Decimal(told.fen) / 100} if told.fen else {}
    return values | {"BACKCODE": told.code or None, "BACKMSG": told.reason or None}


def _line(kind: str, orderno: str, told: Outcome) -> dict[str, Any]:
    line = {"RQ": told.day, "LX": kind, "ORDERNO": orderno, "PZH": told.pzh or None}
    return line | {"STATUS": told.status, "SJ": told.time}
