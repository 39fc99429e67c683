"""Bodies went by two people's word: who got a person's data is still told, and marked as what is left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exchange import audit_pruned, times
from exchange.ledger import Entry
from exchange.store import ledger_rows
from sandbox.births import birth
from zhida import ledger_prune_run, person, person_paper, proposals
from zhida.ledger_pruning import PRUNE
from zhida.pages import ledger
from zhida.person_told import Telling
from zhida.proposals import Wish

_MATTER = Path(__file__).parents[2] / "sandbox/site/matters/newborn.yaml"


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    content = _MATTER.read_text("utf-8")
    return {"matters/newborn.yaml": content.replace("retention: 3 years", "retention: 1 day ")}


@pytest.fixture(scope="module")
def before(town: Any) -> list[dict[str, Any]]:
    """What was told while every body was there; then they go."""
    found = town.bear(801)
    town.take_in()
    town.finish(found)
    town.clock.skip(4 * 86_400)
    town.hub.ledger.commit(lambda _: [Entry("test", "today")])
    told = Telling(town.hub.site, _found(town)).exchanges()
    day = times.civil_day(town.clock()).isoformat()
    row = proposals.propose(town.hub, town.operator("wang"), Wish(PRUNE, "", day, "保存期满"))
    proposals.approve(town.hub, town.operator("li", "approve"), row.id)
    ledger_prune_run.run(town.hub, row.id, lambda _: None)
    return told


def _found(town: Any) -> person.Found:
    number = str(birth(801).facts["mother"]["id_number"])
    return person.look(town.hub, person.of_number(town.hub, number), 1000)


def test_a_person_is_found_after_pruning(town: Any, before: list[dict[str, Any]]) -> None:
    found = _found(town)
    now = Telling(town.hub.site, found).exchanges()
    left = ("id", "receiver", "purpose", "way", "disclosed", "custody")
    assert [[each[n] for n in left] for each in now] == [[each[n] for n in left] for each in before]
    assert {each["mark_zh"] for each in now} == {"正文已清理"}
    assert {each["mark"] for each in Telling(town.hub.site, found).documents()} == {"pruned"}
    assert found.wrong == 0


def test_the_persons_own_copy_is_made_after_pruning(
    town: Any, before: list[dict[str, Any]]
) -> None:
    number = str(birth(801).facts["mother"]["id_number"])
    whom = person.of_number(town.hub, number)
    page = person_paper.maker(".html")(person_paper.paper(town.hub, whom, _found(town)))
    assert "正文已清理" in page.decode()


def test_the_page_says_so_of_each_entry_that_went_lawfully(
    town: Any, before: list[dict[str, Any]]
) -> None:
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries(connection, 0, 1000)
        gone = audit_pruned.load(connection)
    watch: Any = SimpleNamespace(site=town.hub.site)
    told = {row.seq: ledger._told(row, watch, gone)["what"] for row in rows}
    went = [row for row in rows if not row.body]
    assert went
    assert {told[row.seq] for row in went} == {"正文已清理"}
    spoilt = replace(next(row for row in rows if row.body), body=b"")
    assert ledger._told(spoilt, watch, gone)["what"] == ""
