"""Silent firms cost nothing: only who has answered is looked at, and everybody once a day."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exchange.store import award_rows, case_rows
from sandbox.district import District
from tests.zhida import grants_in_district
from tests.zhida.grant_night import DAY, fixed, frame, freeze
from tests.zhida.grant_town import catalogue, firms
from tests.zhida.grants_in_district import Giving
from zhida import legs, news
from zhida.grant_run import Running
from zhida.keepers import bearers

FIRMS = 40
POLICY = fixed(fund="区级科技创新专项资金", publicity=0)


class Asked(Giving):
    """A hub that has asked some firms through the portal."""

    def __init__(self, town: Any) -> None:
        super().__init__(town, POLICY)
        rows = {firm: {"hi_tech": True} for firm in firms(FIRMS)}
        assert Running(self.hub, catalogue(POLICY)).run(freeze(self.hub, frame(rows)), DAY)
        for _ in range(4):
            self.turn()
            self.officers.work()

    def confirmed(self) -> int:
        with self.hub.store.read() as connection:
            found = award_rows.count_states(connection)
        return FIRMS - found.get("awaiting-confirmation", (0, 0))[0]

    def due(self) -> int:
        with self.hub.store.read() as connection:
            now = self.hub.clock().isoformat()
            sql = "SELECT count(*) FROM case_item WHERE item='confirm' AND state='stored' AND next_at<=?"
            return int(connection.exec_driver_sql(sql, (now,)).scalar() or 0)


@pytest.fixture(scope="module")
def asked(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[[District], Any]
) -> Iterator[Asked]:
    with grants_in_district.opened(tmp_path_factory.mktemp("news"), open_town) as town:
        yield Asked(town)


def test_only_who_has_answered_is_looked_at(asked: Asked) -> None:
    assert asked.confirmed() == 0
    for _ in range(3):
        asked.turn()
    assert asked.due() == 0, "nobody is looked at for nothing"
    assert news.hear(asked.hub) == 0
    rows = [row for row in asked.portal.books() if row["kind"] == "question"]
    assert len(rows) == FIRMS
    one = {"awardNo": rows[0]["about"], "reason": "不需要"}
    asked.portal.ask("POST", "/answer", one)
    assert news.hear(asked.hub) == 1
    assert news.hear(asked.hub) == 0, "it is awake"
    assert asked.due() == 1
    asked.turn()
    assert asked.confirmed() == 1


def test_a_portal_that_is_down_or_stopped_stops_nobody(asked: Asked) -> None:
    asked.portal.fault("down")
    try:
        assert news.hear(asked.hub) == 0
    finally:
        asked.portal.clear()
    assert [system.name for system in bearers(asked.hub.site.systems)] == ["portal"]
    assert not legs.is_stopped(asked.hub.store, asked.hub.site.systems["portal"])


def test_a_word_that_was_missed_is_found_a_day_later(asked: Asked) -> None:
    before = asked.confirmed()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(news, "bearers", lambda _: [])
        asked.portal.ask("POST", "/answer_all")
        asked.turn()
        assert asked.confirmed() == before
        asked.town.clock.skip(86_400)
        for _ in range(2):
            asked.turn()
    assert asked.confirmed() == FIRMS


def test_a_look_at_the_list_costs_next_to_nothing(asked: Asked) -> None:
    """Every five minutes, whoever is silent: twelve of these are an hour's cost."""
    began = time.process_time()
    for _ in range(12):
        news.hear(asked.hub)
    assert time.process_time() - began < 2
    with asked.hub.store.read() as connection:
        assert case_rows.asleep(connection, ["f" * 32] * 1200, "") == []
