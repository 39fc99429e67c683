"""What is written part by part reads as one."""

from pathlib import Path

import polars as pl
import pytest

from matters import fact_columns, match_parts
from matters.policy_match import match
from tests.matters.drawn_policies import ON, Drawn, frame

DRAWN = Drawn(3)
POLICY = DRAWN.policy()
FRAMES = [frame([DRAWN.firm() for _ in range(size)]) for size in (30, 1, 20)]


def test_parts_read_as_what_was_matched(tmp_path: Path) -> None:
    chunks = list(match([POLICY], FRAMES, ON))
    assert match_parts.write(chunks, tmp_path) == 3
    read = pl.scan_ipc(sorted(tmp_path.glob("verdicts-*.arrow"))).collect()
    assert read.equals(pl.concat([each.verdicts for each in chunks]))
    assert read.height == 51
    read = pl.scan_ipc(sorted(tmp_path.glob("candidates-*.arrow"))).collect()
    assert read.equals(pl.concat([each.candidates for each in chunks]))
    assert read.height > 0


def test_a_part_has_its_name_when_it_is_whole(tmp_path: Path) -> None:
    match_parts.write(match([POLICY], FRAMES, ON), tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        f"{which}-0000{n}.arrow" for which in ("candidates", "verdicts") for n in range(3)
    ]


def test_firms_are_read_slice_by_slice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match_parts, "CHUNK", 7)
    whole = pl.concat(FRAMES).with_columns(colour=pl.lit("red"))
    whole[:30].write_parquet(tmp_path / "a.parquet")
    whole[30:].drop("n1").write_ipc(tmp_path / "b.arrow")
    read = list(match_parts.firms([tmp_path / "a.parquet", tmp_path / "b.arrow"], [POLICY]))
    assert [frame.height for frame in read] == [7, 7, 7, 7, 2, 7, 7, 7]
    needed = fact_columns.needed([POLICY])
    assert "n1" in needed
    assert set(read[0].columns) == {"firm", *needed}
    facts = sorted({*needed} - {"n1"})
    assert pl.concat([frame.select(facts) for frame in read]).equals(whole.select(facts))
