"""``kill -9`` anywhere in a run: nothing is lost, nothing twice, and the counts add up after each (G1, G2, G13).

The target has no key of its own, so that a batch that came twice would be seen.
"""

from __future__ import annotations

import random
from contextlib import closing

import pytest

from exchange.ledger import Ledger
from exchange.store import sync_batch_rows, sync_rows
from exchange.store.sync_batch_rows import Counts
from tests.conftest import FULL
from tests.zhida.syncs.conftest import TABLE, Town, firm
from tests.zhida.syncs.dying import killed
from zhida.sync_books import Books
from zhida.sync_line import Work

ROUNDS = 60 if FULL else 4
ROWS = 160
STEPS = ((Books, "send"), (Work, "apply"), (Work, "close"), (Ledger, "_try_group"))


def counts(town: Town) -> tuple[Counts, bool]:
    """What all runs came to, and whether a batch is in flight."""
    with closing(town.hub()) as hub, hub.store.read() as connection:
        sent = sync_batch_rows.sent(connection, "firms", "front/firm_in")
        return sync_batch_rows.of_line(connection, "firms", "front/firm_in"), sent is not None


@pytest.mark.guarantee("G13")
@pytest.mark.parametrize(
    ("town", "mode"), [("sqlite", "append"), ("postgresql", "snapshot")], indirect=["town"]
)
def test_killed_at_random_points(town: Town, seed: int, mode: str) -> None:
    town.sync(mode=mode, batch=20, stop={"drop": 100})
    town.front.run("DROP TABLE firm_in")
    town.front.run(TABLE.format(name="firm_in", key=""))
    town.registry.put("firm", *(firm(n) for n in range(ROWS)))
    draw, hit, in_flight = random.Random(seed), 0, 0
    for _ in range(ROUNDS):
        hit += killed(town, STEPS, draw.randrange(1, 60))
        told, sent = counts(town)
        assert told.is_exact
        assert (told.in_flight > 0) <= sent
        in_flight += sent
    if mode == "snapshot":
        town.run()
        town.registry.run("DELETE FROM firm WHERE \"CODE\" > '9132000150'")
        killed(town, STEPS, draw.randrange(1, 60))
    town.run()
    print(f"{mode} on {town.kind}: {hit} of {ROUNDS} killed, {in_flight} with a batch in flight")
    assert in_flight
    assert town.front.rows("firm_in") == town.registry.rows("firm")
    told, sent = counts(town)
    assert told.is_exact
    assert not sent
    assert told.applied == ROWS
    assert told.deleted == (9 if mode == "snapshot" else 0)


@pytest.mark.parametrize(
    ("town", "had_it"), [("sqlite", True), ("postgresql", False)], indirect=["town"]
)
def test_the_batch_of_a_dead_process_is_finished_first(town: Town, had_it: bool) -> None:
    """Between the target's commit and ours, and between our note and the target's commit."""
    town.front.run("DROP TABLE firm_in")
    town.front.run(TABLE.format(name="firm_in", key=""))
    town.registry.put("firm", *(firm(n) for n in range(10)))
    dies = Work.close if had_it else Work.apply
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(Work, dies.__name__, _dies)
        town.run()
    told, sent = counts(town)
    assert sent
    assert (told.read, told.in_flight, told.is_exact) == (7, 7, True)
    assert len(town.front.rows("firm_in")) == (7 if had_it else 0)
    town.registry.run("UPDATE firm SET \"NAME\" = '后来的' WHERE \"CODE\" = '9132000001'")
    town.run()
    assert len(town.front.rows("firm_in")) == 10
    assert counts(town)[0].applied == 10
    with closing(town.hub()) as hub, hub.store.read() as connection:
        last = sync_rows.last_run(connection, "firms", "front/firm_in")
        assert last is not None
        assert not sync_rows.unended(connection, "firms", "front/firm_in")


def _dies(*_: object, **__: object) -> None:
    raise SystemExit
