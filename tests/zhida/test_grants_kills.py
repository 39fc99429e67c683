"""``kill -9`` at any line from the matched award to the paid one: each is paid once, none is lost.

The treasury here refuses nothing twice: a second order would be a second payment in its books. Each
child of the driver works on whatever is there and dies at a line that is drawn; between two deaths,
people answer what has reached them.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.kills import APPLIED, OWNED, RECORDED, Kills
from tests.zhida import grant_town
from tests.zhida.grant_town import YES, Town, policy

ROOT = Path(__file__).resolve().parents[2]
DRIVER = Path(__file__).with_name("grants_until_killed.py")
ROUNDS = {"": 12, "full": 300}[os.environ.get("ZHIDA_ROUNDS", "")]
AWARDS = 4
LONGEST = 400
"""Children at most: every third is let live, so that the work ends."""
MARKS = {"": 0, "begin.begins": 90, "begin.ends": 40, "finish.begins": 150}
"""Where the lines are counted from (the first order of a child: T1, the call, T3), and how far; 0:
over all that the child does.
"""


class Driver:
    """Gives orders to the process that forks children."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ahead = folder, 0.0
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen([sys.executable, str(DRIVER)], env=env, cwd=ROOT, **pipes)
        assert self.tell() == {"ready": 1}

    def tell(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def run(self, mark: str = "", line: int = 0) -> dict[str, Any]:
        assert self.process.stdin is not None
        order = {"folder": str(self.folder), "mark": mark, "line": line, "ahead": self.ahead}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        self.tell()
        self.ahead += 301
        return self.tell()

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(20) == 0


def answers(town: Town, chance: random.Random) -> None:
    """People do what has reached them. The first payment of one award comes back, once."""
    town.head()
    town.close_publicity()
    town.firm(YES)
    town.books.answer("ask_account", "applied", YES | {"account": "6222020000002", "attempt": 2})
    while town.books.open("review_grant_payment"):
        town.review()
    first = min((each["award"]["id"] for each in town.books.open("pay_award")), default="")
    returned = town.books.run(
        "SELECT 1 FROM effect WHERE operation='pay_award' AND state='refused'"
    )
    if first and not returned:
        town.treasury("refused", where=first)
    if chance.random() < 0.7:
        town.treasury()


def fell(town: Town) -> str:
    """Where the child died: with an effect that our store calls sent?"""
    with town.hub.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT effect FROM delivery WHERE state='sent'").all()
    if not rows:
        return RECORDED
    there = town.books.run("SELECT key FROM effect")
    return APPLIED if any(tuple(row) in there for row in rows) else OWNED


@pytest.mark.guarantee("G2")
def test_each_award_is_paid_once_whatever_dies(tmp_path: Path, kills: Kills, seed: int) -> None:
    kills.of("the process of grants", seed=seed)
    chance = random.Random(seed)
    grant_town.write_site(tmp_path)
    killed, total = 0, 0
    while killed < ROUNDS:
        killed += one_run(tmp_path, chance, kills, total)
        total += 1
    assert kills.fell.total() == killed


def one_run(folder: Path, chance: random.Random, kills: Kills, number: int) -> int:
    """From matched to paid, with deaths on the way; how many."""
    for name in ("var", "office.sqlite", "office.sqlite-wal", "office.sqlite-shm"):
        (folder / name).rename(folder / f"{name}.{number}") if (folder / name).exists() else None
    with grant_town.installed():
        town = Town(folder)
        run = town.match(policy(), [100 * n for n in range(1, AWARDS + 1)])
        driver, deaths, length = Driver(folder), 0, 20_000
        for place in range(LONGEST):
            mark = chance.choice(list(MARKS))
            line = 0 if place % 3 == 2 else chance.randint(1, MARKS[mark] or length)
            told = driver.run(mark, line)
            if "killed" in told:
                assert told["killed"], told
                deaths += 1
                kills.fell[fell(town)] += 1
            elif not line:
                length = max(told["lines"], 1000)
            answers(town, chance)
            if town.states() == {"paid": AWARDS}:
                break
        driver.close()
        check(town, run.id)
        town.close()
    return deaths


def check(town: Town, run: str) -> None:
    """Paid once, but what came back once; one list, one case each, and the ledger is whole."""
    assert town.states() == {"paid": AWARDS}
    times_paid = Counter(town.paid().values())
    returned = town.books.run(
        "SELECT 1 FROM effect WHERE operation='pay_award' AND state='refused'"
    )
    assert times_paid == Counter({1: AWARDS - len(returned), 2: len(returned)}) - Counter()
    orders = Counter(row[0] for row in town.books.run("SELECT key FROM paid"))
    assert set(orders.values()) == {1}
    for operation, most in (("confirm_grant_list", 1), ("ask_confirmation", AWARDS)):
        (asked,) = town.books.run("SELECT count(*) FROM effect WHERE operation=?", operation)
        assert asked == (most,)
    assert len({row.case for row in town.awards()}) == AWARDS
    assert {row.run for row in town.awards()} == {run}
    town.audit()
