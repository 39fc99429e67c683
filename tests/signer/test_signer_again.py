"""A hub beyond a gate that was restored has lost births, and its gate does not know it (G12)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange import times
from exchange.errors import Invalid, Rejected
from sandbox.births import birth
from tests.signer.gap import Gap, number
from zhida import signer_again
from zhida.cli import app

pytestmark = pytest.mark.guarantee("G12")


def born(gap: Gap, *numbers: int) -> None:
    for n in numbers:
        gap.own.births(gap.desk, n)
        gap.settle()


def again(gap: Gap, since: datetime, reason: str = "中枢恢复了备份") -> int:
    gap.own.close()
    password = gap.own.password.encode()
    return signer_again.again(gap.own.home(), password, since.isoformat(), reason)


def test_what_came_after_the_backup_comes_again_and_the_rest_is_known(gap: Gap) -> None:
    born(gap, 1)
    backup, cursors = dict(gap.hub.taken), dict(gap.hub.cursors)
    at = datetime.now(UTC) + times.SKEW  # a hub's clock may be so far ahead
    born(gap, 2, 3)
    gap.own.tell(gap.desk, birth(1).facts, event="A29", recorded_at="20300101090000.0000")
    gap.settle()
    whole = gap.told()
    gap.hub.taken, gap.hub.cursors = backup, cursors
    born(gap, 4)
    assert [each[1] for each in gap.told()] == [number(1), number(4)]
    assert again(gap, at) == 4
    gap.start()
    before = len(gap.hub.given)
    gap.settle()
    assert sorted(gap.told(), key=str) == sorted([*whole, ("births", number(4), "李小直")], key=str)
    assert len(gap.hub.given) == before + 4
    assert gap.hub.codes == []
    assert gap.log("again") == 1


def test_what_both_sides_have_comes_again_and_has_one_effect(gap: Gap) -> None:
    """What was acknowledged shortly before goes too: the hub's clock is not the signer's."""
    born(gap, 1, 2)
    told = gap.told()
    assert again(gap, datetime.now(UTC)) == 2
    gap.start()
    gap.settle()
    assert gap.told() == told
    assert len(gap.hub.given) == 4


def test_what_can_t_be_is_refused_and_nothing_is_written(gap: Gap) -> None:
    born(gap, 1)
    with pytest.raises(Rejected, match=r"signer\.nothing-since"):
        again(gap, datetime.now(UTC) + 2 * times.SKEW)
    with pytest.raises(Invalid, match=r"signer\.since"):
        again(gap, datetime(2026, 3, 2, 8))
    with pytest.raises(Invalid, match=r"signer\.no-reason"):
        again(gap, datetime.now(UTC), " ")
    gap.start()
    assert gap.log("again") == 0


def test_the_command_says_how_much_and_without_a_gate_that_there_is_nothing_to_do(
    gap: Gap, monkeypatch: pytest.MonkeyPatch
) -> None:
    born(gap, 1)
    gap.own.close()
    monkeypatch.setenv("ZHIDA_SIGNER_PASSWORD", gap.own.password)
    words = ["signer", "again", "--home", str(gap.own.folder), "--reason", "换机"]
    words += ["--since", "2026-03-02T08:00:00+08:00"]
    done: Any = CliRunner().invoke(app, words)
    assert (done.exit_code, "1 批" in done.output) == (0, True)
    without = gap.own.home()
    del without.told["gate"]  # type: ignore[attr-defined]
    with pytest.raises(Rejected, match=r"signer\.no-gate"):
        signer_again.again(without, b"", "2026-03-02T08:00:00+08:00", "换机")
