"""The district's treasury: orders in front-end tables or as ISO 20022 files, and its own books.

It looks for new orders all the time. At the control port: ``POST /pace {"accept", "pay"}``: what it does
at present (both, unless told); ``POST /account {"number", "name", "state"}``: an account that is closed, or
somebody else's; ``POST /closed {"every"}``: accounts whose number it divides are closed; ``POST /budget {"line",
"fen"}``: what is left; ``POST /repeats {"refuse"}``: whether a second order of one number is refused (unless
told it is paid!); ``POST /return {"orderno", "code"}``: what was paid comes back; ``POST /statement {"day"}``: camt.053; ``GET /sums``. Faults strike operation ``pay`` or ``recover``;
``reset`` decides and does not say so until the next look.
``python -m sandbox.treasury --dir DIR --control N``; the tables lie in ``treasury/frontend.sqlite``, or
where ``SANDBOX_TREASURY_DATABASE`` (an address of SQLAlchemy) says.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.program import System, run
from sandbox.treasury_desk import SCHEMA, Desk, Order, Outcome
from sandbox.treasury_files import Folders
from sandbox.treasury_tables import FrontEnd

_PAUSE, _LONGEST_PAUSE, _MANY = 0.05, 0.5, 200
_OPERATIONS = {"ZF": "pay", "SH": "recover"}
Given = dict[str, Any]


class Treasury:
    """Takes in, decides, answers; one look after another."""

    def __init__(self, desk: Desk, faults: Faults, front: FrontEnd, folders: Folders) -> None:
        self._desk, self._faults, self._front, self._folders = desk, faults, front, folders
        self._accepts = self._pays = True
        self._one_at_a_time, self._over = Lock(), Event()
        self.actions = {
            ("GET", "/sums"): lambda _: desk.sums(),
            ("POST", "/pace"): self._pace,
            ("POST", "/account"): self._account,
            ("POST", "/closed"): self._closed,
            ("POST", "/budget"): self._budget,
            ("POST", "/repeats"): self._repeats,
            ("POST", "/return"): self._return,
            ("POST", "/statement"): self._state,
        }

    def begin(self) -> None:
        """Look, until the process ends."""
        Thread(target=self._look_again, daemon=True).start()

    def _look_again(self) -> None:
        """The longer nothing came, the less often: a few idle treasuries would fill a machine."""
        pause = _PAUSE
        while not self._over.is_set():
            if self._faults.take("down", "") is not None or not self.look():
                time.sleep(pause)
                pause = min(1.05 * pause, _LONGEST_PAUSE)
            else:
                pause = _PAUSE

    def look(self) -> int:
        """Once; how many orders it has dealt with."""
        with self._one_at_a_time:
            taken = self._front.accept() + self._folders.accept() if self._accepts else 0
            if not self._pays:
                return taken
            many = 1 if self._faults.armed() else _MANY
            done = [self._decide(kind, self._front.waiting(kind, many)) for kind in _OPERATIONS]
            for kind, decided in zip(_OPERATIONS, done, strict=True):
                self._front.answer(kind, decided)
            filed = self._decide("ZF", self._folders.waiting(many))
            self._folders.answer(filed)
        return taken + sum(map(len, done)) + len(filed)

    def _decide(self, kind: str, orders: list[Order]) -> list[tuple[Order, Outcome]]:
        """All in one transaction of its books; those whose answer is withheld are left out."""
        operation = _OPERATIONS[kind]
        act: Callable[..., Outcome] = self._desk.pay if kind == "ZF" else self._desk.recover
        for order in orders:
            self._linger(operation, "before", order.busino)
        with self._desk.books.transaction() as db:
            told = [(order, act(db, order, self._refusal(operation, order))) for order in orders]
        for order in orders:
            self._linger(operation, "after", order.busino)
        return [each for each in told if not self._drops(operation, each[0].busino)]

    def _linger(self, operation: str, stage: str, about: str) -> None:
        slow = self._faults.take("slow", operation, stage=stage, about=about)
        if slow is not None:
            time.sleep(float(slow["seconds"]))
        self._faults.wait_while_held(operation, stage)

    def _drops(self, operation: str, about: str) -> bool:
        return self._faults.take("reset", operation, stage="after", about=about) is not None

    def _refusal(self, operation: str, order: Order) -> dict[str, Any] | None:
        return self._faults.take("refuse", operation, about=order.busino)

    def _pace(self, given: Given) -> Given:
        self._accepts, self._pays = bool(given.get("accept", True)), bool(given.get("pay", True))
        return {"accept": self._accepts, "pay": self._pays}

    def _account(self, given: Given) -> Given:
        told: Given = {name: str(given[name]) for name in ("name", "state") if name in given}
        self._desk.accounts[str(given["number"])] = told
        return told

    def _closed(self, given: Given) -> Given:
        self._desk.closed_every = int(given["every"])
        return {"every": self._desk.closed_every}

    def _budget(self, given: Given) -> Given:
        self._desk.budgets[str(given["line"])] = int(given["fen"])
        return {"fen": int(given["fen"])}

    def _repeats(self, given: Given) -> Given:
        self._desk.refuses_repeats = bool(given["refuse"])
        return {"refuse": self._desk.refuses_repeats}

    def _return(self, given: Given) -> Given:
        number = str(given["orderno"])
        with self._one_at_a_time:
            told = self._desk.send_back(number, str(given["code"]))
            sql = "SELECT * FROM payments WHERE orderno = ?"
            (row,) = self._desk.books.rows(sql, number)
            if row["source"].startswith("files/"):
                self._folders.came_back(row)
            else:
                self._front.came_back(number, told)
        return {"status": told.status, "reason": told.reason}

    def _state(self, given: Given) -> Given:
        day = str(given["day"])
        sql = (
            "SELECT * FROM payments WHERE ? IN (day, backday) AND source LIKE 'files/%' ORDER BY id"
        )
        rows = self._desk.books.rows(sql, day)
        self._folders.state(day, rows)
        return {"rows": len(rows)}


def build(folder: Path, variable: str = "SANDBOX_TREASURY_DATABASE") -> System:
    """The treasury over its books, its tables and its folders; ``variable``: names its database."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="payments"), Faults()
    own = f"sqlite:///{folder / 'frontend.sqlite'}"
    front = FrontEnd(os.environ.get(variable) or own)
    treasury = Treasury(Desk(books), faults, front, Folders(folder))
    return System(books, faults, None, treasury.actions, treasury.begin)


if __name__ == "__main__":
    sys.exit(run("treasury", build))
