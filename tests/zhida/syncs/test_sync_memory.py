"""How much memory a first load takes does not grow with its rows: a page is there, and the next one."""

from __future__ import annotations

import os
import tracemalloc

from tests.zhida.syncs.conftest import Row, Town, counted

BATCH = 250
FEW, MANY = (50_000, 200_000) if os.environ.get("ZHIDA_ROUNDS") == "full" else (1_500, 6_000)


def row(number: int) -> Row:
    clock = f"2026-01-{1 + number // 86_400:02} {number // 3600 % 24:02}:{number // 60 % 60:02}"
    return (
        f"9132{number:014}",
        f"企业{number}",
        "10000.50",
        "2020-01-05",
        f"{clock}:{number % 60:02}",
    )


def peak(town: Town, first: int, count: int) -> int:
    """Bytes that were held at most while so many new rows went over."""
    town.registry.put("firm", *(row(number) for number in range(first, first + count)))
    tracemalloc.start()
    try:
        assert town.counts() == counted(read=count, applied=count)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_four_times_the_rows_take_no_more_memory(town: Town) -> None:
    town.sync(batch=BATCH, cursor={"column": "MTIME", "look_back": 0}, stop={"drop": 100})
    town.counts()  # what is loaded once is no row's
    few = peak(town, 0, FEW)
    town.registry.run("DELETE FROM firm")
    many = peak(town, FEW, MANY)
    assert many < 1.5 * few
