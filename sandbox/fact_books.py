"""The bureaus hand over what they know of enterprises: lists in drop folders, rows in a front-end table.

``python -m sandbox.fact_books FOLDER --count 200000`` writes what all of them hand over in one night.
"""

from __future__ import annotations

import argparse
import csv
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sandbox import fact_catalogue, fact_ways
from sandbox.enterprises import District
from sandbox.fact_catalogue import Asked
from sandbox.fact_ways import Way

Row = list[str | int | None]
TABLE, MARK = "QY_CBXX", "GXXH"
"""The front-end table and its running number."""


def hand_over(folder: Path, holder: str, facts: list[Asked], district: District) -> int:
    """One bureau's list of today: how many firms stand in it."""
    way = fact_ways.way(holder)
    write = _into_table if way.form == "table" else _into_file
    return write(folder, holder, way, facts, district)


def _into_file(folder: Path, holder: str, way: Way, facts: list[Asked], district: District) -> int:
    """Under another name until it is whole, as the bureau's export program does it."""
    place = folder / holder
    place.mkdir(parents=True, exist_ok=True)
    draft, count = place / f"{district.today:%Y%m%d}.csv.tmp", 0
    encoding = "utf-8-sig" if way.bom else way.encoding
    with draft.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow([way.firm, *way.headings(facts).values()])
        for row in _rows(holder, way, facts, district):
            writer.writerow(row)
            count += 1
    draft.rename(draft.with_suffix(""))
    return count


def _into_table(folder: Path, holder: str, way: Way, facts: list[Asked], district: District) -> int:
    place = folder / holder
    place.mkdir(parents=True, exist_ok=True)
    columns = [way.firm, *way.headings(facts).values()]
    kinds = ["TEXT", *("INTEGER" if f.kind in ("count", "money") else "TEXT" for f in facts)]
    told = ", ".join(f'"{name}" {kind}' for name, kind in zip(columns, kinds, strict=True))
    with sqlite3.connect(place / "front.db") as base:
        base.execute(
            f'CREATE TABLE IF NOT EXISTS {TABLE} ({told}, {MARK} INTEGER, PRIMARY KEY ("{way.firm}"))'
        )
        first = base.execute(f"SELECT COALESCE(MAX({MARK}), 0) FROM {TABLE}").fetchone()[0] + 1
        places = ", ".join("?" * (len(columns) + 1))
        rows = ([*row, mark] for mark, row in enumerate(_rows(holder, way, facts, district), first))
        done = base.executemany(f"INSERT OR REPLACE INTO {TABLE} VALUES ({places})", rows)
        count = done.rowcount
    base.close()
    return count


def _rows(holder: str, way: Way, facts: list[Asked], district: District) -> Iterator[Row]:
    for firms in district.chunks():
        columns = [
            [way.written(fact, value) for value in district.column(fact, firms, facts)]
            for fact in facts
        ]
        for place, values in enumerate(zip(*columns, strict=True)):
            number = firms[place]
            if district.knows(holder, number):
                yield [district.code(number), *values]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="sandbox.fact_books", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 1, 5))
    told = parser.parse_args()
    district = District(told.count, told.today)
    for holder, facts in fact_catalogue.by_holder(fact_catalogue.load()).items():
        print(holder, hand_over(told.folder, holder, facts, district))


if __name__ == "__main__":
    main()
