"""Matches written part by part as Arrow files, and read again: what does not fit into memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import polars as pl

from matters.policy_match import Matched

Which = Literal["verdicts", "candidates"]


def write(matches: Iterable[Matched], folder: Path) -> int:
    """Each chunk as ``verdicts-00000.arrow`` and ``candidates-00000.arrow``; how many parts."""
    parts = 0
    for parts, each in enumerate(matches, 1):
        _write(each.verdicts, _path(folder, "verdicts", parts - 1))
        _write(each.candidates, _path(folder, "candidates", parts - 1))
    return parts


def scan(folder: Path, which: Which) -> pl.LazyFrame:
    """All parts, in their order."""
    return pl.scan_ipc(sorted(folder.glob(f"{which}-*.arrow")))


def _write(frame: pl.DataFrame, path: Path) -> None:
    """A part has its name when it is whole."""
    unfinished = path.with_suffix(".part")
    frame.write_ipc(unfinished, compression="lz4")
    unfinished.replace(path)


def _path(folder: Path, which: Which, number: int) -> Path:
    return folder / f"{which}-{number:05}.arrow"
