"""What an operator has to see to shows at the paper; whole papers are tried in ``test_report_acceptance``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from exchange.store import case_rows
from matters import acceptance_papers as rules_of
from tests.zhida import acceptance_town, small_town
from tests.zhida.acceptance_town import Town
from zhida import acceptance_case_cli, acceptance_paper_view, acceptance_papers, grant_lists
from zhida.acceptance_rules import PAPER


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    at = small_town.monday()
    with acceptance_town.opened(tmp_path_factory.mktemp("town"), at) as found:
        yield found


@pytest.fixture(scope="module")
def number(town: Town) -> str:
    """A building that has an opinion which nobody has asked to be sealed yet."""
    found = town.register()
    town.hand_in(found, "steel", "drawing", "alarm-report")
    town.say(found, "passed", "station", "frame")
    town.say(found, "passed", "green", "trees")
    town.say(found, "passed", "fire", "fire")
    town.told(found, "opinion", "lead", verdict="pass")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acceptance_papers, "ask", lambda *_: 0)
        town.advance()
    return found


def test_before_and_after_it_was_asked_for_and_when_the_seal_is_parked(
    town: Town, number: str
) -> None:
    def told() -> dict[str, object]:
        (row,) = acceptance_paper_view.papers(town.hub, town.rules, town.acceptance(number))
        return row

    empty = told()
    assert (empty["kind"], empty["case"], empty["asked_at"], empty["sealed"]) == (
        "opinion", "", "", "",
    )  # fmt: skip
    known = acceptance_papers.of_site(town.hub.site.folder, town.rules)
    found = town.acceptance(number)
    assert acceptance_papers.ask(town.hub, known, found) == 1
    asked = told()
    assert asked["asked_at"] and not asked["sealed"]
    assert asked["waits"] == ["送建设单位", "送城建档案馆", "归集到区平台"]
    (paper,) = rules_of.due(found.plan, found.events, known)
    with town.hub.store.write() as connection:
        key = acceptance_papers.key_of(found, paper)
        case = grant_lists.case_of(town.hub, connection, PAPER, key)
        case_rows.set_item(connection, case, "seal", {"state": "parked", "code": "seal.refused"})
    (parked,) = [each for each in [told()["parked"]] if isinstance(each, list)]
    assert [(each["title"], each["state"]) for each in parked] == [("电子用印", "待人工")]
    table = acceptance_case_cli._papers([told()])
    assert table is not None


def test_a_site_without_such_papers_has_none(
    town: Town, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    matters = {n: each for n, each in town.hub.site.matters.items() if n != PAPER}
    monkeypatch.setattr(town.hub, "site", replace(town.hub.site, matters=matters))
    found = town.acceptance(number)
    assert list(acceptance_paper_view.papers(town.hub, town.rules, found)) == []
