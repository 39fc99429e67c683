"""What the benchmark looks up is what a hub would have written: ledger and tables agree."""

from __future__ import annotations

from pathlib import Path

from benchmarks import person_look


def test_the_made_up_persons_are_found_and_nothing_is_marked(tmp_path: Path) -> None:
    store = person_look._made(tmp_path, 3)
    assert person_look._looking(store, 3)() == person_look._LOOKS
    store.close()
