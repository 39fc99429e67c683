"""What goes wrong with one case or one message neither stops the others nor spins the sweep."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.errors import Fatal
from zhida import message, sweep, work


@pytest.mark.parametrize(
    ("error", "code"),
    [(Fatal("vault.broken", about="x"), "vault.broken"), (RuntimeError("王小直"), "sweep.defect")],
)
def test_a_case_that_fails_on_our_side_is_told_without_values_and_waits(
    town: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    number = 860 if code == "sweep.defect" else 861
    certificate = town.bear(number)
    town.take_in()

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(work, "work", fail)
        report = town.sweep("birth")["birth"]
        again = town.sweep("birth")["birth"]
    assert report.states == {"failed": 1}
    assert report.sick is not None
    assert report.sick.code == code
    assert "王小直" not in str(report.sick.facts)
    assert again.states == {}, "a record that fails must not be taken up in every sweep"
    town.clock.skip(sweep.FAILED_WAIT.total_seconds())
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def test_a_message_on_which_we_fail_is_told_and_read_again_and_the_others_go_on(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates = [town.bear(number) for number in (862, 863)]
    take, failed = message.take, []

    def once(stream: Any, arrival: Any) -> str:
        if not failed:
            failed.append(arrival.key)
            raise RuntimeError(arrival.key)
        return take(stream, arrival)

    with monkeypatch.context() as broken:
        broken.setattr(message, "take", once)
        report = town.take_in()
    assert report.states == {"opened": 1}
    assert report.sick is not None
    assert report.sick.code == "sweep.defect"
    assert town.take_in().states["opened"] == 1
    town.finish(*certificates)
    assert [town.effects(each) for each in certificates] == [(1, 1, 1)] * 2
