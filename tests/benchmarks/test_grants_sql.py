"""The reference of S5 knows every word that a shipped policy has, and counts and pays the same as we do."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import grants

FIRMS = 3000


def test_both_count_and_pay_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grants, "ROWS", FIRMS)
    grants._draw(tmp_path)
    ours, theirs = grants._ours(tmp_path), grants._theirs(tmp_path)
    assert ours["counts"] == theirs["counts"]
    assert len(ours["counts"]) == 61
    assert sum(passed for passed, _, _ in ours["counts"].values()) > FIRMS // 2
    assert sum(fen for _, _, fen in ours["counts"].values()) > 0
