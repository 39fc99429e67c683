"""An explanation of a firm that fulfils everything and still gets nothing: which clause says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.zhida import known_firms, small_grants
from tests.zhida.endpoint import Endpoint, agreement
from tests.zhida.test_policy_explained import FACTS, FIRM, ON
from zhida import policies_served, policy_explain_cli, policy_explained, policy_find, snapshot_facts
from zhida.policies_served import PolicyDesk

FIELDS = ("/policy", "/verdict", "/exclusions/*")
FILES = {
    "agreements/portal.yaml": agreement("portal", "hub", "portal-office", "policy-match", *FIELDS),
}
WELCOME = (
    small_grants.NEW.replace("policy: newcomers", "policy: welcome")
    .replace("新设企业奖补", "迎新奖补")
    .replace("1 万元", "2 万元")
    .replace("times: yearly", "times: yearly\nnot_with: [newcomers]\nexclusion_clause: 二")
    .replace("    parameters:", "      二: 同日都应得的只付较高的一项。\n    parameters:")
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Endpoint]:
    folder = tmp_path / "town"
    folder.mkdir()
    connections = known_firms.lay(folder / "site", folder / "books")
    (folder / "site/policies/welcome.yaml").write_text(WELCOME, "utf-8")
    found = Endpoint(folder, FILES, connections=connections)
    known_firms.state(found, {FIRM: FACTS})
    known_firms.freeze(found.hub)
    yield found
    found.hub.close()


def told(place: Endpoint, which: str, on: date = ON) -> dict[str, Any]:
    return policy_explained.of_firm(place.hub, which, FIRM, on, unit="hub")


def test_what_gives_way_quotes_the_clause_of_the_policy_that_names_it(place: Endpoint) -> None:
    found = told(place, "newcomers")
    assert found["verdict"] == "pass"
    assert found["exclusions"] == [
        {
            "effect": "nothing",
            "text": "与 迎新奖补 不可同时享受",
            "policy": "welcome",
            "title": "迎新奖补",
            "clause": "二",
            "clause_text": "同日都应得的只付较高的一项。",
        }
    ]


def test_what_stays_has_none(place: Endpoint) -> None:
    assert "exclusions" not in told(place, "welcome")


def test_what_is_not_fulfilled_has_none(place: Endpoint) -> None:
    place.clock.skip(minutes=1)
    known_firms.state(place, {FIRM: FACTS | {"insured": 2}})
    known_firms.freeze(place.hub)
    found = told(place, "newcomers")
    assert found["verdict"] == "fail" and "exclusions" not in found


def test_the_endpoint_tells_it_to_whom_the_agreement_allows(place: Endpoint) -> None:
    known = policy_find.catalogue(place.hub.site.folder)
    desk = PolicyDesk(place.hub, known, snapshot_facts.of(place.hub))
    with place.serving(policies_served.of(desk)):
        status, found, _ = place.ask(f"/enterprises/{FIRM}/policies/newcomers/explain")
    assert status == 200, found
    assert [each["clause"] for each in found["exclusions"]] == ["二"]


def test_people_read_it_below_the_criteria(place: Endpoint) -> None:
    from rich.console import Console

    console = Console(width=200)
    with console.capture() as shown:
        console.print(policy_explain_cli._table(told(place, "newcomers")))
    assert "不予兑现：与 迎新奖补 不可同时享受（《迎新奖补》条款二：" in shown.get()
