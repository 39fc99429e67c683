"""Whatever happens at the source between runs, the target is what a plain dictionary says it should be."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.conftest import FULL
from tests.zhida.syncs.conftest import Row, Town, firm
from zhida import sync_file, sync_run, sync_to
from zhida.hub import Hub
from zhida.sync_asked import Asked

ROUNDS = 12 if FULL else 2
STEPS = 6


def one_run(hub: Hub) -> dict[str, int]:
    [line] = sync_to.lines(sync_file.find(hub.site.folder, "firms"))
    return sync_run.run(hub, line, Asked(accept=frozenset({"drop", "errors"}))).counts


def happen(town: Town, draw: random.Random, minute: int) -> None:
    """Some rows come, some a little late; some change, some go; some times are the same."""
    there = [row[0] for row in town.registry.rows("firm")]
    new = {draw.randrange(60) for _ in range(draw.randrange(12))}
    rows = [firm(n, minute=minute - draw.randrange(9)) for n in new if firm(n)[0] not in there]
    if rows:
        town.registry.put("firm", *rows)
    for code in draw.sample(there, min(len(there), draw.randrange(6))):
        at = firm(0, minute=minute)[4]
        name = f"改名{draw.randrange(1000)}"
        town.registry.run(
            f"UPDATE firm SET \"NAME\" = '{name}', \"MTIME\" = '{at}' WHERE \"CODE\" = '{code}'"
        )
    for code in draw.sample(there, min(len(there), draw.randrange(3))):
        town.registry.run(f"DELETE FROM firm WHERE \"CODE\" = '{code}'")


def expected(mode: str, source: list[Row], before: dict[str, Row]) -> dict[str, Row]:
    """The oracle."""
    now = {row[0]: row for row in source}
    if mode == "snapshot":
        return now
    return {**now, **before} if mode == "append" else {**before, **now}


def steps() -> Iterator[int]:
    yield from range(10, 10 + 5 * STEPS, 5)


@pytest.mark.parametrize("mode", ["append", "upsert", "snapshot"])
@pytest.mark.parametrize("number", range(ROUNDS))
def test_the_target_is_what_the_oracle_says(town: Town, seed: int, mode: str, number: int) -> None:
    town.sync(mode=mode, batch=5)
    draw = random.Random(f"{seed} {mode} {number}")
    oracle: dict[str, Row] = {}
    with closing(town.hub()) as hub:
        for minute in steps():
            happen(town, draw, minute)
            counts = one_run(hub)
            oracle = expected(mode, town.registry.rows("firm"), oracle)
            assert town.front.rows("firm_in") == [oracle[code] for code in sorted(oracle)]
            ends = ("applied", "unchanged", "invalid", "quarantined", "refused")
            assert counts["read"] == sum(counts[name] for name in ends)
            assert counts["gone"] == counts["deleted"]
