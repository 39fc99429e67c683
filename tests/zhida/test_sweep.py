"""What goes wrong with one case or one message neither stops the others nor spins the sweep."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Fatal
from exchange.store import delivery_rows, leg_rows
from exchange.store.delivery_rows import CircuitRow
from exchange.store.leg_rows import LegRow
from tests.zhida.quiet_house import House
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


@pytest.mark.parametrize("well", [False, True])
def test_who_has_not_answered_is_sick_though_nothing_is_due_until_a_person_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, well: bool
) -> None:
    house = House(tmp_path)
    for name, told in house.district.env.items():
        monkeypatch.setenv(name, told)
    with closing(house.hub) as hub:
        matter = hub.site.matter("newborn")
        item = matter.items["household"]
        assert sweep.sweep_item(hub, matter, item, well=well).sick is None
        at = "2026-01-01T00:00:00.000000Z"
        with hub.store.write() as connection:
            delivery_rows.put_circuit(connection, CircuitRow("police", 3, at, at, "wire.refused"))
        report = sweep.sweep_item(hub, matter, item, well=well)
        assert report.sick is not None
        assert (report.sick.code, report.sick.facts) == (
            "wire.refused",
            {"system": "police", "since": at},
        )
        with hub.store.write() as connection:
            leg_rows.put(connection, LegRow("police", "stopped", at, "li", "检修"))
        assert sweep.sweep_item(hub, matter, item, well=well).sick is None
