"""A wrong secret is tried once and no more: each further record would be one more wrong login."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.peers.subsidy_platform import SubsidyPlatform
from tests.zhida import meals
from tests.zhida.meals import Window
from zhida import sweep


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    found = meals.site_files()
    system = found["systems/meals.yaml"]
    rule = '\n        login: [{at: /code, equals: "4010"}]\n        reference: /data/id\n'
    wanted = "\n        reference: /data/id\n"
    return found | {"systems/meals.yaml": system.replace(wanted, rule)}


class Locked(SubsidyPlatform):
    """Does not know us, whatever is asked, until ``secret`` is right."""

    secret = "wrong"

    def answer(self, path: str, body: dict[str, Any]) -> Any:
        if self.secret == "right":
            return super().answer(path, body)
        self.requests.append((path, ""))
        return 200, {"code": "4010", "msg": "验签失败"}


@pytest.fixture(scope="module")
def platform() -> Iterator[Locked]:
    with Locked() as peer:
        yield peer


@pytest.fixture(scope="module")
def window(town: Any, platform: Locked, tmp_path_factory: pytest.TempPathFactory) -> Window:
    return meals.window(town, platform.port, tmp_path_factory.mktemp("window"))


def turn(town: Any) -> sweep.Report:
    town.clock.skip(61)
    matter = town.hub.site.matter("elderly-meals")
    sweep.take_in(town.hub, matter)
    return sweep.sweep_item(town.hub, matter, matter.items["grant"])


def test_the_turn_ends_and_the_next_one_tries_one_record_only(
    town: Any, window: Window, platform: Locked
) -> None:
    many = 12
    for _ in range(many):
        window.apply()
    report = turn(town)
    first = len(platform.requests)
    assert 0 < first < many
    assert [each.code for each in report.causes] == ["generic.login-refused"]
    assert "/code: 4010" in str(report.causes[0].facts["seen"])
    turn(town)
    assert len(platform.requests) == first + 1
    platform.secret = "right"
    town.clock.skip(600)
    turn(town)
    town.clock.skip(600)
    turn(town)
    assert len(platform.rows) == many
