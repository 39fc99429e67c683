"""Firms read, and matches written, part by part: what does not fit into memory.

Files are read slice by slice and not by ``LazyFrame.collect_batches``: it reads ahead of what is
matched, without bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import polars as pl

from matters import fact_columns
from matters.fact_columns import FIRM
from matters.policy import Policy
from matters.policy_match import CHUNK, Matched

Which = Literal["verdicts", "candidates"]


def firms(files: Iterable[Path], policies: Iterable[Policy]) -> Iterator[pl.DataFrame]:
    """The facts that the policies read, from Parquet or Arrow files, a row a firm."""
    wanted = {FIRM, *fact_columns.needed(policies)}
    for file in files:
        whole = pl.scan_parquet(file) if file.suffix == ".parquet" else pl.scan_ipc(file)
        there = [name for name in whole.collect_schema().names() if name in wanted]
        rows = whole.select(pl.len()).collect().item()
        for start in range(0, rows, CHUNK):
            yield whole.select(there).slice(start, CHUNK).collect()


def write(matches: Iterable[Matched], folder: Path) -> int:
    """Each chunk as ``verdicts-00000.arrow`` and ``candidates-00000.arrow``; how many parts."""
    parts = 0
    for parts, each in enumerate(matches, 1):
        _write(each.verdicts, _path(folder, "verdicts", parts - 1))
        _write(each.candidates, _path(folder, "candidates", parts - 1))
    return parts


def _write(frame: pl.DataFrame, path: Path) -> None:
    """A part has its name when it is whole."""
    unfinished = path.with_suffix(".part")
    frame.write_ipc(unfinished, compression="lz4")
    unfinished.replace(path)


def _path(folder: Path, which: Which, number: int) -> Path:
    return folder / f"{which}-{number:05}.arrow"
