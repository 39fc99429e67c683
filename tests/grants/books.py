"""A query over tables, by DuckDB: nothing of ours is between the rows and what the query says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl


def rows(query: str, tables: Mapping[str, pl.DataFrame]) -> list[tuple[Any, ...]]:
    """What comes out; the tables go through files, as DuckDB reads no frame without pyarrow."""
    with duckdb.connect() as books, TemporaryDirectory() as folder:
        for name, frame in tables.items():
            file = Path(folder, f"{name}.parquet")
            frame.write_parquet(file)
            books.execute(f"CREATE TABLE {name} AS FROM read_parquet(?)", [str(file)])
        return books.execute(query).fetchall()
