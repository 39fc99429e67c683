"""A dispute's end is put on file once for each time that it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from exchange.store import case_rows
from tests.zhida import mediation_town
from tests.zhida.mediation_town import Town
from tests.zhida.small_town import monday
from zhida import dispute_ending


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with mediation_town.opened(tmp_path_factory.mktemp("mediation"), monday()) as found:
        yield found


def closed(town: Town) -> str:
    """A dispute that was mediated, performed and closed: its number."""
    number = town.register(place="秣陵街道")
    for event in ("accepted", "mediation-applied", "agreed", "performed"):
        assert town.say(number, event, "street")["accepted"]
    assert town.say(number, "closed", "hub")["accepted"]
    return number


def filed(town: Town, number: str) -> list[dict[str, Any]]:
    """What the centre has been given to file."""
    town.sweep()
    told = [*town.effects("archive_dispute"), *town.effects("archive_again")]
    return [each["ending"] for each in told if each["ending"]["dispute"] == number]


def states(town: Town, number: str) -> set[tuple[str, str]]:
    """Of everything that files it."""
    with town.hub.store.read() as connection:
        rows = case_rows.items(connection, town.dispute(number).row.case)
    return {(row.item, row.state) for row in rows if row.item.startswith("archive")}


def test_what_is_noted_after_its_end_ends_it_no_second_time(town: Town) -> None:
    number = closed(town)
    assert len(filed(town, number)) == 1
    ended_at = town.dispute(number).row.closed_at
    town.clock.skip(hours=30)
    assert town.say(number, "consent-changed", "hub", consent={"share": False})["accepted"]
    assert town.dispute(number).row.closed_at == ended_at
    assert len(filed(town, number)) == 1
    assert states(town, number) == {("archive", "applied")}


def test_one_that_was_taken_up_again_is_filed_with_its_new_end(town: Town) -> None:
    number = closed(town)
    assert len(filed(town, number)) == 1
    assert town.say(number, "reopened", "hub")["accepted"]
    assert town.dispute(number).row.closed_at == ""
    assert len(filed(town, number)) == 1
    told = {"to": "people-mediation"}
    assert town.say(number, "diverted", "hub", **told)["accepted"]
    for event, role in (("accepted", "people"), ("failed", "people"), ("closed", "hub")):
        assert town.say(number, event, role)["accepted"]
    found = filed(town, number)
    assert len(found) == 2
    assert found[1]["steps"].startswith(found[0]["steps"])
    assert "恢复办理" in found[1]["steps"]
    assert states(town, number) == {("archive", "applied"), ("archive#1", "applied")}


def test_one_that_died_before_it_was_filed_is_followed_by_one_that_files_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = town.register(place="秣陵街道")
    for event in ("accepted", "failed"):
        town.say(number, event, "street")
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        patched.setattr(dispute_ending, "file", die)
        town.say(number, "closed", "hub")
    town.told(number, "demanded", "hub", at="2026-02-01T09:00:00")
    town.advance()
    assert len(filed(town, number)) == 1
