"""The policy API over real TLS: what a portal and a robot get of a firm, and what the ledger keeps."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exchange import audit
from exchange.errors import Retriable
from mappings import shapes
from matters.facts import Facts
from tests.zhida import small_grants
from tests.zhida.endpoint import USCC, Endpoint, agreement
from zhida import policies_served, site_check
from zhida.firm_facts import Firm
from zhida.policies_served import PolicyDesk

GOOD: Facts = {
    "district": "320114",
    "founded": date(2026, 2, 1),
    "rd_y1": 100_000_000,
    "tax_clean": True,
    "insured": 11,
    "insured_y1": 10,
}
MATCH = (
    "/policy", "/title", "/mode", "/tier", "/scenes/*", "/department", "/version", "/on", "/verdict",
    "/verdict_zh", "/because", "/award", "/amount_fen", "/amount", "/unmet/*", "/missing/*", "/criteria/*",
)  # fmt: skip
FILES = {
    "agreements/match-portal.yaml": agreement(
        "match-portal", "hub", "portal-office", "policy-match", *MATCH
    ),
    "agreements/match-robot.yaml": agreement(
        "match-robot", "hub", "enterprise-services", "policy-match",
        "/policy", "/title", "/verdict", "/verdict_zh",
    ),
    "agreements/staff-portal.yaml": agreement(
        "staff-portal", "human-resources", "portal-office", "enterprise-facts", "/insured"
    ),
}  # fmt: skip


@dataclass
class Facts200:
    """Stands for the snapshot: what it knows of firms."""

    known: dict[str, Facts] = field(default_factory=lambda: {USCC: GOOD})
    ill: Exception | None = None

    def __call__(self, uscc: str) -> Firm | None:
        if self.ill:
            raise self.ill
        facts = self.known.get(uscc)
        as_of = {"insured": "2026-05-05"}
        return None if facts is None else Firm(facts, "snapshot-1", as_of)


@dataclass
class Place:
    endpoint: Endpoint
    facts: Facts200

    def policies(self, uscc: str = USCC, role: str = "hub") -> tuple[int, Any]:
        return self.endpoint.ask(f"/enterprises/{uscc}/policies", role=role)[:2]

    def policy(self, name: str, **more: str) -> dict[str, Any]:
        status, told = self.policies(**more)
        assert status == 200, told
        found: dict[str, Any] = next(each for each in told["policies"] if each["policy"] == name)
        return found

    def explain(self, name: str = "research", role: str = "hub") -> tuple[int, Any]:
        return self.endpoint.ask(f"/enterprises/{USCC}/policies/{name}/explain", role=role)[:2]

    def know(self, **changed: Any) -> None:
        merged = {**GOOD, **changed}
        self.facts.known[USCC] = {k: v for k, v in merged.items() if v is not None}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Endpoint:
    return Endpoint(tmp_path_factory.mktemp("endpoint"), FILES)


@pytest.fixture
def place(endpoint: Endpoint, tmp_path: Path) -> Iterator[Place]:
    facts = Facts200()
    desk = PolicyDesk(endpoint.hub, small_grants.load(tmp_path / "policies"), facts)
    with endpoint.serving(policies_served.of(desk)):
        yield Place(endpoint, facts)


def test_a_firm_is_told_what_it_gets_and_why_not(place: Place) -> None:
    new = place.policy("newcomers")
    assert (new["verdict"], new["verdict_zh"]) == ("pass", "符合")
    assert (new["amount_fen"], new["amount"]) == (1_000_000, "10,000 元")
    assert (new["tier"], new["scenes"], new["version"]) == ("普惠", ["示例"], "2026")
    assert "unmet" not in new
    place.know(insured=2)
    new = place.policy("newcomers")
    assert (new["verdict"], "amount_fen" in new) == ("fail", False)
    assert [each["clause"] for each in new["unmet"]] == ["一"]


def test_an_amount_that_would_tell_a_hidden_value_is_hidden(place: Place) -> None:
    """Five per cent of what the firm spent: who knows the one knows the other."""
    research = place.policy("research")
    assert research["verdict"] == "pass"
    assert {"amount_fen", "amount"}.isdisjoint(research)
    assert "5%" in research["award"]


def test_what_nobody_knows_is_never_a_no(place: Place) -> None:
    place.know(insured=None)
    for name in ("research", "newcomers"):
        found = place.policy(name)
        assert (found["verdict"], found["verdict_zh"]) == ("unknown", "未知")
        assert found["missing"] == [
            {"fact": "insured", "title": "参保人数", "holder": "human-resources",
             "holder_title": "人社局（示例）"}
        ]  # fmt: skip


def test_a_version_that_nobody_can_choose_names_the_day_that_is_missing(place: Place) -> None:
    place.know(founded=None)
    found = place.policy("newcomers")
    assert (found["verdict"], found["missing"][0]["fact"]) == ("unknown", "founded")
    assert found["because"] == "成立日期未知，无法确定适用哪一版本"
    place.know(founded=date(2025, 12, 31))
    found = place.policy("newcomers")
    assert (found["verdict"], found["because"]) == ("fail", "成立日期不在任何版本的施行期内")


def test_a_value_is_shown_only_where_its_holder_has_agreed(place: Place) -> None:
    """The portal may see how many are insured; not what the firm spends, nor the year before."""
    status, told = place.explain("newcomers")
    assert status == 200
    shown = {each["text"]: each.get("value") for each in told["criteria"]}
    assert shown == {"同时符合": None, "登记区划为320114": None, "参保人数不低于 3": "11"}
    assert told["criteria"][2]["as_of"] == "2026-05-05"
    assert told["criteria"][2]["holders"] == [
        {"holder": "human-resources", "title": "人社局（示例）"}
    ]
    _, told = place.explain()
    assert all("value" not in each for each in told["criteria"])
    spent = told["criteria"][2]
    assert (spent["clause"], spent["threshold"], spent["verdict"]) == ("二", "100 万元", "符合")
    assert "1,000,000" not in json.dumps(told, ensure_ascii=False)


def test_each_criterion_is_pass_fail_or_unknown(place: Place) -> None:
    place.know(tax_clean=False, insured=None)
    _, told = place.explain()
    found = [each["verdict"] for each in told["criteria"] if "clause" in each]
    assert found == ["符合", "符合", "不符合", "未知"]
    assert (told["verdict"], [each["clause"] for each in told["unmet"]]) == ("fail", ["二"])
    assert [each["clause"] for each in told["criteria"] if each.get("hinges")] == ["二"]


def test_the_answers_are_of_their_kind(place: Place) -> None:
    for insured in (11, None, 2):
        place.know(insured=insured)
        _, found = place.policies()
        _, told = place.explain()
        for each in (*found["policies"], {k: v for k, v in told.items() if k != "snapshot"}):
            shapes.SHIPPED.validate("policy-match", each)


def test_a_robot_gets_no_more_than_its_agreement(place: Place) -> None:
    found = place.policy("research", role="his")
    assert found == {
        "policy": "research", "title": "研发投入奖补", "verdict": "pass", "verdict_zh": "符合",
    }  # fmt: skip
    status, told = place.explain(role="his")
    assert (status, told["code"]) == (403, "serve.right")


def test_without_an_agreement_nobody_learns_whether_a_firm_exists(place: Place) -> None:
    place.endpoint.clock.skip(days=365)  # every agreement has ended
    try:
        for uscc in (USCC, "91350100M000100Y43", "x"):
            status, told = place.policies(uscc)
            assert (status, told["code"]) == (403, "agreement.expired")
    finally:
        place.endpoint.clock.skip(days=-365)


def test_a_firm_that_nobody_knows_is_not_found(place: Place) -> None:
    status, told = place.policies("91350100M000100Y43")
    assert (status, told["code"]) == (404, "serve.no-enterprise")
    status, told = place.policies("91350100M000100Y44")
    assert (status, told["code"]) == (422, "identifier.wrong-check-digit")
    status, told = place.explain("reserch")
    assert (status, told["code"]) == (404, "serve.no-policy")
    assert "research" in told["title"]


def test_before_the_first_snapshot_one_comes_back_later(place: Place) -> None:
    place.facts.ill = Retriable("store.unavailable", reason="x")
    status, told, headers = place.endpoint.ask(f"/enterprises/{USCC}/policies")
    assert (status, told["code"], headers["Retry-After"]) == (503, "store.unavailable", "2")


@pytest.mark.guarantee("G8")
def test_each_answer_is_in_the_ledger_before_it_leaves(place: Place) -> None:
    hub, before = place.endpoint.hub, len(place.endpoint.entries("read"))
    place.policies()
    _, _, headers = place.endpoint.ask(f"/enterprises/{USCC}/policies/newcomers/explain")
    place.policies("91350100M000100Y43")  # not found: nothing was read
    entries = place.endpoint.entries("read")[before:]
    assert [each["client"] for each in entries] == ["portal"] * 2
    last = entries[-1]
    assert last["ref"] == headers["X-Request-Id"]
    assert last["enterprise"] == hub.vault.tag("enterprise", USCC)
    assert (last["snapshot"], last["policy"], last["disclosed"]) == (
        "snapshot-1", "newcomers", ["insured"],
    )  # fmt: skip
    assert {each["agreement"] for each in last["agreements"]} == {"match-portal", "staff-portal"}
    assert USCC not in json.dumps(entries)
    assert audit.verify(hub.store, hub.signer.public, hub.site.name).problems == []


@pytest.mark.parametrize("role", ["", "server"])
def test_a_stranger_never_reaches_the_door(place: Place, role: str) -> None:
    """No certificate, or one of an authority that vouches for no client."""
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
        place.endpoint.ask("/health", role=role)


def test_what_can_be_asked_in_the_clear_is_nothing(place: Place) -> None:
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        place.endpoint.plain("/health")


def test_a_site_with_an_endpoint_is_right(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in place.endpoint.env.items():
        monkeypatch.setenv(name, value)
    assert [row for row in site_check.check_site() if not row["ok"]] == []
