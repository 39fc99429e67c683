"""A dispute on its way: taken down, led, handed over, moved on by what units say, and put on file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zhida import mediation_town
from tests.zhida.mediation_town import Town, monday


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with mediation_town.opened(tmp_path, monday()) as found:
        yield found


def test_from_registration_to_closing(town: Town) -> None:
    number = town.register(place="秣陵街道")
    assert town.state(number) == "diverted"
    town.sweep()
    [slip] = [each["referral"] for each in town.taken()]
    assert (slip["role"], slip["unit"], slip["desk"]) == ("street", "streets", "311")
    way = [
        ("accepted", "street"),
        ("mediation-applied", "street"),
        ("agreed", "street"),
        ("performed", "street"),
        ("closed", "hub"),
    ]
    for event, role in way:
        assert town.say(number, event, role)["accepted"], event
    assert town.dispute(number).row.closed_at
    town.sweep()
    [filed] = town.taken("archive_dispute")
    assert "达成调解协议（streets）" in filed["ending"]["steps"]
    assert town.owners(number) == {}
