"""Newborns for benchmarks: recorded at the hospital and signed there, which is not timed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

from sandbox.births import Birth, birth
from sandbox.district import District


def recorded(district: District, numbers: Iterator[int], size: int) -> list[Birth]:
    """``size`` births that the hospital has recorded and its signer has signed."""
    found = [birth(next(numbers)) for _ in range(size)]
    for each in found:
        district.birth(each.facts)
    while _unsigned(district):
        time.sleep(0.1)
    return found


def _unsigned(district: District) -> int:
    """Births that wait for their acknowledgement, read from the hospital's books on the disk."""
    books = sqlite3.connect(district.directory / "hospital" / "books.sqlite")
    try:
        rows = books.execute("SELECT count(*) FROM births WHERE ack != 'AA'")
        return int(rows.fetchone()[0])
    finally:
        books.close()
