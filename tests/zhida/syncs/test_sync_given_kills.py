"""``kill -9`` anywhere while files are given: none is lost, none is there twice, and all adds up (G1, G2, G13)."""

from __future__ import annotations

import csv
import json
import random
from contextlib import closing
from pathlib import Path

import pytest

from connectors.files import Disk
from connectors.filing import Filing
from exchange.store import sync_batch_rows
from exchange.store.sync_batch_rows import Counts
from tests.conftest import FULL
from tests.zhida.syncs.conftest import Town, firm
from tests.zhida.syncs.dying import killed
from zhida.sync_books import Books
from zhida.sync_given import GivenTarget
from zhida.sync_line import Work

ROUNDS = 40 if FULL else 4
ROWS = 60
STEPS = (
    (Books, "send"),
    (Filing, "call"),
    (Disk, "reveal"),
    (GivenTarget, "_note"),
    (Work, "close"),
)


def state(town: Town) -> tuple[Counts, bool]:
    with closing(town.hub()) as hub, hub.store.read() as connection:
        sent = sync_batch_rows.sent(connection, "firms", "drop/firms")
        return sync_batch_rows.of_line(connection, "firms", "drop/firms"), sent is not None


@pytest.mark.guarantee("G13")
def test_killed_at_random_points(town: Town, seed: int) -> None:
    folder = town.folder / "drop"
    (folder / "in").mkdir(parents=True)
    town.connections["drop"] = {"conn_type": "generic", "host": str(folder)}
    options = {"wire": "files", "settings": {"folders": {"firms": {"folder": "in"}}}}
    told = {"system": "drop", "title": "目录", "unit": "licensing", "adapter": "recipient"}
    town.write("systems", "drop", {**told, "connection": "drop", "options": options})
    town.sync(batch=10, targets=[{"system": "drop", "file": {"folder": "firms"}}])
    town.registry.put("firm", *(firm(n) for n in range(ROWS)))
    draw, hit, in_flight = random.Random(seed), 0, 0
    for _ in range(ROUNDS):
        hit += killed(town, STEPS, draw.randrange(1, 24))
        counts, sent = state(town)
        assert counts.is_exact
        in_flight += sent
    town.run()
    town.run()
    print(f"{hit} of {ROUNDS} killed, {in_flight} with a batch in flight")
    assert in_flight
    counts, sent = state(town)
    assert (counts.is_exact, counts.applied, sent) == (True, ROWS, False)
    assert given(folder / "in") == sorted(firm(n)[0] for n in range(ROWS))


def given(folder: Path) -> list[str]:
    """Every row of every file, as often as it is there; each file as its companion says."""
    found: list[str] = []
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".csv"))
    for number, name in enumerate(names, 1):
        rows = list(csv.DictReader((folder / name).read_text("utf-8").splitlines()))
        told = json.loads((folder / f"{name}.json").read_bytes())
        assert (told["number"], told["rows"]) == (number, len(rows))
        found += [row["CODE"] for row in rows]
    assert len(list(folder.iterdir())) == 2 * len(names)
    return sorted(found)
