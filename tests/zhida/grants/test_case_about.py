"""Cases of grants that are called alike are told apart by their policies."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html

from exchange.store.case_rows import CaseRow
from tests.zhida.grant_town import BATCH, YES, Town, policy
from zhida import case_about, case_view
from zhida.pages import cases
from zhida.pages.ask import Answer, Ask
from zhida.watch import Watch


def test_each_case_of_grants_tells_its_policy(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_about, "CHUNK", 1)
    town.cleared(policy(), [100_00])
    found = case_view.cases(Watch(town.hub.site, town.hub.store, town.clock))
    assert {row["matter"] for row in found} == {"grant-list", "grant-award"}
    assert {row["policy"] for row in found} == {policy().name}


def test_another_case_is_about_none(town: Town) -> None:
    row = CaseRow("c", "newborn", "", "", "", "open", "")
    with town.hub.store.read() as connection:
        watch = Watch(town.hub.site, town.hub.store, town.clock)
        assert case_about.of_cases(watch, connection, [row]) == {"c": case_about.NOTHING}


class Looking:
    """A desk over the town's own store."""

    def __init__(self, town: Town) -> None:
        self.site = town.hub.site
        self.watch = lambda _language: Watch(town.hub.site, town.hub.store, town.clock)


def test_the_pages_tell_the_policy_and_what_is_waited_for(town: Town) -> None:
    shipped = policy("disabled-employment")
    town.cleared(shipped, [100_00])
    town.firm(YES)
    town.turn()
    (award,) = town.awards()
    desk: Any = Looking(town)
    listed = _text(cases.listed(desk, Ask(base="/zhida", query={"matter": "grant-award"})))
    assert "奖补兑现超比例安排残疾人就业奖励" in listed
    assert BATCH in listed
    found = cases.one(desk, Ask(base="/zhida", parts={"case": award.case}))
    assert "超比例安排残疾人就业奖励 disabled-employment" in _text(found)
    assert f"等：{BATCH}轮到时再定要不要办" in _text(found)
    batch = case_view.one(desk.watch("zh"), award.case)["batch"]
    assert f'href="/zhida/cases/{batch}"' in found.body.decode()


def _text(answer: Answer) -> str:
    return " ".join(html.fromstring(answer.body.decode()).text_content().split())
