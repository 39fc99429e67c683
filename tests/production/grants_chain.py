"""The chain of grants as ``make up --district grants`` runs it: its night, its people, its kills."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from exchange.store import award_rows
from exchange.store.tables import case_item, delivery
from matters.award_states import STATES
from sandbox import airflow_runs, grant_books
from sandbox.grant_people import GrantPeople
from sandbox.production_kinds import district_of
from tests.kills import APPLIED, OWNED, RECORDED, SENT
from tests.production.conftest import environment
from tests.production.schedulers import Schedulers
from zhida import site
from zhida.hub import Hub

FACTS, NIGHT, BETWEEN = "zhida_facts", "zhida_grants", "zhida_grants_advance"
OVER = ("success", "failed")
PAUSE = 5.0
"""Seconds between two looks of the people at their desks."""
QUIET = 30.0
"""Seconds without any change, or anything to do for anybody, before the chain can be at rest."""


class Chain:
    """Of the district in ``folder``, which runs."""

    def __init__(self, folder: Path) -> None:
        self.folder, env = folder.resolve(), environment(folder)
        district = district_of(self.folder, "grants")
        district.prepare()
        self.people = GrantPeople(district)
        self.people.begin()
        self.treasury = district.system("treasury")
        self.runs = airflow_runs.of_folder(folder)
        self.hub = Hub(
            site.load(Path(env["ZHIDA_SITE"])),
            var=Path(env["ZHIDA_VAR"]),
            secret=env["ZHIDA_KEY_PASSWORD"].encode(),
            store=env["ZHIDA_STORE_URL"],
        )
        self.began, self._advance = time.monotonic(), ""

    def say(self, *what: object) -> None:
        """To whoever looks on: past what pytest captures."""
        print(f"{time.monotonic() - self.began:8.1f}", *what, file=sys.__stderr__, flush=True)

    # --- the night ---------------------------------------------------------------------------

    def night(self, longest: float) -> dict[str, dict[str, Any]]:
        """Facts, and then a night on them, to its end: what each task took.

        A night that Airflow began by itself, before there was any fact, matches nobody and is over soon.
        """
        self._to_its_end(FACTS, self._run(FACTS), longest)
        early = self._run(NIGHT)
        self._to_its_end(NIGHT, early, longest)
        return self._to_its_end(NIGHT, self.runs.start(NIGHT), longest)

    def _to_its_end(self, dag: str, run: str, longest: float) -> dict[str, dict[str, Any]]:
        end, before = time.monotonic() + longest, ""
        while (state := self.runs.state(dag, run)) != "success":
            tasks = self.runs.tasks(dag, run)
            told = ", ".join(f"{name} {each['state']}" for name, each in tasks.items())
            if told != before:
                self.say(f"{dag}:", told, f"largest process {self.largest() >> 20} MiB")
            before = told
            assert state != "failed" and time.monotonic() < end, (state, tasks)
            time.sleep(2)
        return self.runs.tasks(dag, run)

    def _run(self, dag: str) -> str:
        end = time.monotonic() + 180
        while True:
            try:
                return next(iter(self.runs.known(dag)), "") or self.runs.start(dag)
            except OSError:  # the dag is not read yet
                assert time.monotonic() < end
                time.sleep(2)

    def largest(self) -> int:
        """Bytes of the largest process of the scheduler's: a task."""
        return max((_resident(place) for place in Path("/proc").glob("[0-9]*")), default=0)

    # --- the days after it -------------------------------------------------------------------

    def until_still(self, longest: float, each_turn: Callable[[], None]) -> None:
        """People act and the hub works until nothing moves any more."""
        end, since, before = time.monotonic() + longest, time.monotonic(), Counter[str]()
        while True:
            done, states = self.turn(), self.states()
            each_turn()
            if states != before or done:
                self.say(dict(states), f"people did {done}")
                since, before = time.monotonic(), states
            elif time.monotonic() - since > QUIET and self.is_at_rest():
                return
            assert time.monotonic() < end, states
            time.sleep(PAUSE)

    def turn(self) -> int:
        """Somebody lets the grants go on, and everybody does what waits; how much it was."""
        self.advance()
        return self.people.work()

    def advance(self) -> None:
        """A run of what is done every five minutes, once the one before is over."""
        try:
            if not self._advance or self.runs.state(BETWEEN, self._advance) in OVER:
                self._advance = self.runs.start(BETWEEN)
        except OSError as error:
            self.say("Airflow:", error)

    def is_at_rest(self) -> bool:
        with self.hub.store.read() as connection:
            found = {
                row.id: row.state
                for state in STATES
                for row in award_rows.some(connection, state, limit=10**9)
            }
        return grant_books.is_at_rest(self.folder, found)

    def states(self) -> Counter[str]:
        with self.hub.store.read() as connection:
            found = award_rows.count_states(connection)
        return Counter({state: number for state, (number, _) in found.items()})

    # --- payments in flight ------------------------------------------------------------------

    def in_flight(self) -> list[str]:
        """Orders that have been asked for, and whose worker has not told yet that they are there."""
        query = select(delivery.c.effect).where(
            delivery.c.item == "pay", delivery.c.state == "sent"
        )
        with self.hub.store.read() as connection:
            return [row.effect for row in connection.execute(query)]

    def to_pay(self) -> int:
        """Payments that may leave by now, and have not."""
        query = select(func.count()).where(case_item.c.item == "pay", case_item.c.state == "ready")
        with self.hub.store.read() as connection:
            return int(connection.execute(query).scalar_one())

    def struck(self) -> str:
        """What a kill hits now: everything stands still."""
        orders = self.in_flight()
        if not orders:
            return RECORDED
        if set(orders) & self._numbers("treasury/books.sqlite", "SELECT orderno FROM payments"):
            return APPLIED
        written = self._numbers("treasury/frontend.sqlite", "SELECT ORDERNO FROM ZF_SQ")
        return SENT if set(orders) & written else OWNED

    def _numbers(self, file: str, query: str) -> set[str]:
        with closing(sqlite3.connect(self.folder / file, timeout=30)) as db:
            return {row[0] for row in db.execute(query)}

    @contextmanager
    def busy_tables(self) -> Iterator[None]:
        """Another program holds the treasury's tables: an order that leaves now waits for them.

        The treasury's own program stands still meanwhile.
        """
        self.treasury.ask("POST", "/pace", {"accept": False, "pay": False})
        place = self.folder / "treasury" / "frontend.sqlite"
        with closing(sqlite3.connect(place, timeout=30, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                db.execute("ROLLBACK")
                self.treasury.ask("POST", "/pace", {})

    def strike(self, schedulers: Schedulers, *, whole: bool, seconds: float) -> str:
        """Kill the scheduler (``whole``: with all its tasks) in the midst of a payment; what it hit.

        Nothing is killed, and ``RECORDED`` told, if none was in flight in so many seconds.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not self.in_flight():
                time.sleep(0.002)
                continue
            schedulers.hold()
            if (found := self.struck()) != RECORDED:
                schedulers.kill_held(whole=whole)
                schedulers.start()
                return found
            schedulers.let_go()
        return RECORDED

    def close(self) -> None:
        self.hub.close()


def _resident(place: Path) -> int:
    try:
        words = (place / "cmdline").read_bytes()
        if b"airflow" not in words:
            return 0
        return int((place / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
