"""政策找企业: each firm hears of each version of a policy once, with a receipt, unless it has opted out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exchange.store import case_rows, grant_rows
from exchange.store.grant_rows import RunRow
from matters import grants
from matters.grants import Grants
from sandbox.uscc import compose
from tests.zhida import applicant_office, known_firms
from tests.zhida.applicant_office import ALIAS, Office
from tests.zhida.endpoint import FUND, Endpoint, agreement
from zhida import grant_awards, grant_steps, grants_file, hub, sweep
from zhida.grant_awards import Match
from zhida.grant_push import Pushing

FIRMS = [compose("320114", number) for number in range(1, 6)]
GOOD = {
    "registered_name": "示例科技有限公司",
    "district": "320114",
    "founded": date(2026, 2, 1),
    "tax_clean": True,
    "rd_y1": 100_000_000,
    "insured": 11,
    "insured_y1": 10,
}
FILES = {
    **FUND,
    "systems/portal.yaml": (
        f"system: portal\ntitle: 门户\nunit: enterprise-services\nadapter: {ALIAS}\n"
        "connection: office\noptions: {operations: [push_policy, opt_outs, ask_confirmation]}\n"
    ),
    "systems/treasury.yaml": (
        f"system: treasury\ntitle: 国库\nunit: finance\nadapter: {ALIAS}\n"
        "connection: office\noptions: {operations: [pay_award]}\n"
    ),
    "agreements/e.yaml": agreement(
        "e", "hub", "enterprise-services", "grant-notice",
        "/id", "/about", "/via", "/firm/*", "/policy", "/title", "/text", "/amount_fen", "/until",
    ),
}  # fmt: skip


@dataclass
class Place:
    endpoint: Endpoint
    office: Office
    grants: Grants

    def know(self, **firms: dict[str, Any]) -> None:
        self.endpoint.clock.skip(minutes=1)
        known_firms.state(self.endpoint, firms)
        self.frozen = known_firms.freeze(self.endpoint.hub)

    def push(self, most: int = 100) -> dict[str, int]:
        channels = grants_file.load(self.endpoint.hub.site).push
        return Pushing(self.endpoint.hub, self.grants, channels).push(self.frozen, most)

    def sweep(self) -> None:
        matter = self.endpoint.hub.site.matter("grant-push")
        for _ in range(4):
            self.endpoint.clock.skip(minutes=2)
            list(sweep.sweep(self.endpoint.hub, matter))

    def sent(self) -> list[tuple[str, str]]:
        return sorted((n["policy"], n["firm"]["uscc"]) for n in self.office.told()["sent"])

    def cases(self) -> list[str]:
        with self.endpoint.hub.store.read() as connection:
            return [row.state for row in case_rows.list_cases(connection, "grant-push")]

    def award(self, uscc: str) -> None:
        """The firm has the research grant of this year already."""
        day = date.fromisoformat(self.frozen.as_of[:10]).isoformat()
        run = RunRow("r1", day, "matched", "", "", "{}", "{}", self.frozen.as_of, "")
        policy = self.grants.policies["research"]
        with self.endpoint.hub.store.write() as connection:
            grant_rows.add_run(connection, run)
        grant_awards.keep(self.endpoint.hub, run, [Match(policy, "2026", "", uscc, "甲", 1)])


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    known: Any = hub.ADAPTERS
    known[ALIAS] = "tests.zhida.applicant_office"
    books = tmp_path / "office.json"
    books.write_text(applicant_office.empty(), "utf-8")
    folder = tmp_path / "town"
    folder.mkdir()
    connections = known_firms.lay(folder / "site", folder / "books")
    told = folder / "site/grants.yaml"
    told.write_text(told.read_text("utf-8") + "push: {via: portal}\n", "utf-8")
    connections["office"] = {"host": str(books)}
    endpoint = Endpoint(folder, FILES, "[grant-push, grant-award]", connections)
    catalogue = grants.load(None, grants.Folder.of_site(endpoint.site / "policies"))
    try:
        yield Place(
            endpoint, Office(applicant_office.declared({"operations": []}), books), catalogue
        )
    finally:
        del known[ALIAS]
        endpoint.hub.close()


def test_who_qualifies_is_told_and_nobody_else(place: Place) -> None:
    place.know(
        **{
            FIRMS[0]: GOOD,
            FIRMS[1]: GOOD | {"tax_clean": False},
            FIRMS[2]: GOOD | {"insured": None},
            FIRMS[3]: GOOD | {"founded": None},
        }
    )
    assert place.push() == {"pushed": 4, "known": 0, "held": 0, "left": 0}
    place.sweep()
    assert place.sent() == sorted(
        [
            ("newcomers", FIRMS[0]), ("research", FIRMS[0]), ("newcomers", FIRMS[1]),
            ("research", FIRMS[3]),
        ]
    )  # fmt: skip
    assert place.cases() == ["done"] * 4


def test_a_notice_says_what_to_do(place: Place) -> None:
    place.know(**{FIRMS[0]: GOOD})
    place.push()
    place.sweep()
    told = {notice["policy"]: notice for notice in place.office.told()["sent"]}
    assert "可在本门户申请" in told["research"]["text"]
    assert "不需要申请" in told["newcomers"]["text"]
    assert (told["research"]["amount_fen"], told["research"]["until"]) == (5_000_000, "2099-12-31")
    assert told["research"]["firm"]["name"] == "示例科技有限公司"
    assert {notice["about"] for notice in told.values()} == {"matched"}
    assert "until" not in told["newcomers"]


def test_nobody_hears_of_a_version_twice_whatever_has_changed(place: Place) -> None:
    place.know(**{FIRMS[0]: GOOD})
    assert place.push()["pushed"] == 2
    assert place.push() == {"pushed": 0, "known": 2, "held": 0, "left": 0}
    place.know(**{FIRMS[0]: GOOD | {"rd_y1": 900_000_000}})  # another amount
    assert place.push()["known"] == 2
    place.sweep()
    assert len(place.sent()) == 2


def test_who_has_opted_out_is_left_alone(place: Place) -> None:
    place.office.write(opted_out=[FIRMS[0]])
    place.know(**{FIRMS[0]: GOOD, FIRMS[1]: GOOD})
    place.push()
    place.sweep()
    assert {uscc for _, uscc in place.sent()} == {FIRMS[1]}
    assert sorted(place.cases()) == ["done", "done", "partial", "partial"]


def test_who_has_the_grant_is_not_sent_to_apply_for_it(place: Place) -> None:
    place.know(**{FIRMS[0]: GOOD, FIRMS[1]: GOOD})
    place.award(FIRMS[0])
    assert place.push() == {"pushed": 3, "known": 0, "held": 1, "left": 0}
    place.sweep()
    assert ("research", FIRMS[0]) not in place.sent()


def test_a_step_sends_no_more_than_it_may_and_the_next_one_the_rest(place: Place) -> None:
    place.know(**dict.fromkeys(FIRMS, GOOD))
    assert place.push(most=4) == {"pushed": 4, "known": 0, "held": 0, "left": 6}
    assert place.push(most=4) == {"pushed": 4, "known": 4, "held": 0, "left": 2}
    assert place.push(most=4) == {"pushed": 2, "known": 8, "held": 0, "left": 0}
    place.sweep()
    assert len(set(place.sent())) == len(place.sent()) == 10


def test_each_push_keeps_its_receipt(place: Place) -> None:
    place.know(**{FIRMS[0]: GOOD})
    place.push()
    place.sweep()
    hub = place.endpoint.hub
    with hub.store.read() as connection:
        rows = case_rows.list_cases(connection, "grant-push")
        documents = [case_rows.documents(connection, row.id) for row in rows]
    for each in documents:
        receipt = hub.archive.get(each["receipt"]).record
        notice = hub.archive.get(each["notice"]).record
        assert (receipt["notice"], receipt["state"]) == (notice["id"], "delivered")
        assert FIRMS[0] not in notice["id"]
    assert len(documents) == 2


def test_a_site_without_the_matter_pushes_nothing(place: Place) -> None:
    site: Any = place.endpoint.hub.site.matters
    del site["grant-push"]
    assert grant_steps.push(place.endpoint.hub) == {}


def test_the_step_uses_the_site_s_own_catalogue(place: Place) -> None:
    """All that is shipped is matched too: what nobody states of a firm is no match."""
    place.know(**{FIRMS[0]: GOOD})
    assert grant_steps.push(place.endpoint.hub)["pushed"] == 2
    assert json.dumps(place.office.told()["sent"]) == "[]"  # the sweeps send


def test_a_site_that_names_no_way_pushes_nothing(place: Place) -> None:
    told = place.endpoint.site / "grants.yaml"
    told.write_text(told.read_text("utf-8").replace("push: {via: portal}\n", ""), "utf-8")
    place.know(**{FIRMS[0]: GOOD})
    assert grant_steps.push(place.endpoint.hub)["pushed"] == 0


def test_one_policy_may_be_left_out(place: Place) -> None:
    told = place.endpoint.site / "grants.yaml"
    more = "push: {via: portal, policies: {research: none}}\n"
    told.write_text(told.read_text("utf-8").replace("push: {via: portal}\n", more), "utf-8")
    place.know(**{FIRMS[0]: GOOD})
    assert place.push()["pushed"] == 1
    place.sweep()
    assert place.sent() == [("newcomers", FIRMS[0])]
