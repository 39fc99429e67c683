"""What names a worker who has withdrawn, and has not left for the seal platform, does not leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.store import dispute_rows
from tests.matters.ladders import MEDIATION
from tests.zhida import paper_town
from tests.zhida.paper_town import PaperTown
from zhida import dispute, mediation_paper_stop, mediation_papers


@pytest.fixture
def town(tmp_path: Path) -> Iterator[PaperTown]:
    paper_town.write_site(tmp_path)
    with paper_town.installed():
        found = PaperTown(tmp_path)
        yield found
        found.close()


def stop(town: PaperTown, case: str) -> int:
    papers = mediation_papers.of_site(town.hub.site, MEDIATION)
    with town.hub.store.read() as connection:
        row = dispute_rows.LOG.get(connection, case)
        assert row is not None
        found = dispute.read(connection, row)
    return mediation_paper_stop.stop(town.hub, papers, found, "d1")


def agreed(town: PaperTown) -> str:
    """A dispute that was handed over and agreed on: a proof that names nobody, and an agreement."""
    case = town.register()
    town.tell(case, "handed-over", "street", "streets", to="people-mediation")
    told = {"terms": {"text": "三月底前付清"}, "reference": "（2026）示例 1 号"}
    town.tell(case, "agreed", "people", "people-mediation", **told)
    return case


def test_only_what_names_the_worker_is_stopped_and_each_once(town: PaperTown) -> None:
    case = agreed(town)
    assert town.ask()["asked"] == 2
    assert stop(town, case) == 1
    assert stop(town, case) == 0
    town.turn()
    assert town.seal() == 1, "the proof of the handing-over"
    states = sorted(town.items(each.id)["seal"] for each in town.cases())
    assert "waiting" not in states
    assert "ready" not in states


def test_what_has_left_is_the_platforms(town: PaperTown) -> None:
    case = agreed(town)
    town.ask()
    town.turn()
    assert stop(town, case) == 0
    assert town.seal() == 2
