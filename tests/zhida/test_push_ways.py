"""政策找企业 by portal, text and officer: once whatever the way, with a receipt, and not to who opted out.

The portal, the SMS gateway, the registry and the OA are processes of their own, each with its own books.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Invalid
from exchange.ports import utc_now
from exchange.store import case_rows, ledger_rows
from exchange.times import civil_day
from sandbox import site_layers
from sandbox.district import District
from sandbox.office import Office
from sandbox.officers import Officers
from sandbox.uscc import compose
from tests.zhida.grant_night import fixed, frame, freeze
from tests.zhida.grant_town import catalogue
from zhida import grant_push, matter_check, news, reconcile, sweep
from zhida.push_channels import Channels
from zhida.reconcile import Window

WAYS = Channels("none", {"by-portal": "portal", "by-text": "sms", "by-officer": "officer"})
_FIRM = iter(range(100, 10_000))


class Push:
    """The hub at its work, and everybody else at theirs."""

    def __init__(self, town: Any, district: District) -> None:
        self.town, self.hub = town, town.hub
        self.portal, self.sms = district.system("portal"), district.system("sms")
        self.registry = district.system("registry")
        self.officers = Officers(district.system("oa").address, Office())
        systems: Any = self.hub.site.systems
        systems["sms"] = replace(systems["sms"], windows=())  # whatever time it is here

    def firm(self, mobile: str = "") -> str:
        """One that nobody has heard of; ``mobile``: of the contact that it has named."""
        uscc = compose("320114", next(_FIRM))
        if mobile:
            self.registry.ask("POST", "/contact", {"uscc": uscc, "mobile": mobile})
        return uscc

    def push(self, *firms: str, channels: Channels = WAYS, policies: str = "") -> dict[str, int]:
        names = policies.split() or ["by-portal", "by-text", "by-officer", "unnamed"]
        known = catalogue(*(fixed(name, title=f"政策{name}") for name in names))
        frozen = freeze(self.hub, frame({uscc: {"hi_tech": True} for uscc in firms}))
        return grant_push.Pushing(self.hub, known, channels).push(frozen)

    def turn(self, times: int = 2, *, well: bool = True) -> None:
        for _ in range(times):
            news.hear(self.hub)
            for name in site_layers.PUSH_MATTERS:
                for report in sweep.sweep(self.hub, self.hub.site.matter(name)):
                    assert report.sick is None or not well, report
            self.town.clock.skip(601)

    def texts(self, mobile: str) -> list[dict[str, Any]]:
        return [row for row in self.sms.books() if row["mobile"] == mobile]

    def messages(self, uscc: str) -> list[dict[str, Any]]:
        return [row for row in self.portal.books() if row["uscc"] == uscc]

    def cases(self, uscc: str, matter: str = "grant-push") -> list[dict[str, Any]]:
        """Each case of the firm: the states of its items, its documents."""
        found = []
        with self.hub.store.read() as connection:
            for row in case_rows.list_cases(connection, matter):
                names = case_rows.documents(connection, row.id)
                documents = {n: self.hub.archive.get(i).record for n, i in names.items()}
                opened = documents.get("notice") or documents["opt-out"]
                if opened["firm"]["uscc"] == uscc:
                    states = {i.item: i.state for i in case_rows.items(connection, row.id)}
                    found.append({"state": row.state, "items": states, **documents})
        return found


@pytest.fixture(scope="module")
def push(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[[District], Any]
) -> Iterator[Push]:
    systems = ("oa", "portal", "sms", "registry")
    district = District(tmp_path_factory.mktemp("push"), systems=systems, signer=False)
    district.prepare()
    told = Path(district.env["ZHIDA_SITE"])
    site_layers.grants(told)
    site_layers.push(told)
    with district:
        town = open_town(district)
        yield Push(town, district)
        town.audit()
        town.close()


def test_a_site_with_all_the_ways_is_right(push: Push) -> None:
    site = push.hub.site
    for name in site_layers.PUSH_MATTERS:
        matter_check.check(site, site.matter(name), civil_day(utc_now()))
    assert {"push", "contact", "sms", "officer"} <= set(site.matter("grant-push").items)


def test_each_policy_goes_the_way_that_is_written_and_no_other(push: Push) -> None:
    uscc = push.firm("13800000001")
    assert push.push(uscc) == {"pushed": 3, "known": 0, "held": 0, "left": 0}
    push.turn(1)
    (message,) = push.messages(uscc)
    assert json.loads(message["given"])["title"] == "政策by-portal"
    (text,) = push.texts("13800000001")
    assert "政策by-text" in text["text"]
    push.officers.work()
    push.sms.ask("POST", "/report", {"mobile": "13800000001", "state": "DELIVRD"})
    push.turn()
    told = {case["notice"]["via"]: case for case in push.cases(uscc)}
    assert {via: case["state"] for via, case in told.items()} == {
        "portal": "done",
        "sms": "done",
        "officer": "done",
    }
    assert told["portal"]["receipt"]["state"] == "delivered"
    assert told["sms"]["sms-receipt"]["state"] == "delivered"
    assert told["officer"]["officer-receipt"]["state"] == "contacted"
    assert told["officer"]["items"]["push"] == told["officer"]["items"]["sms"] == "skipped"


def test_a_firm_hears_once_of_an_edition_though_the_way_is_changed(push: Push) -> None:
    uscc = push.firm("13800000002")
    push.push(uscc, policies="by-text")
    push.turn(1)
    other = Channels("portal", {"by-text": "officer"})
    assert push.push(uscc, channels=other, policies="by-text")["known"] == 1
    push.turn(1)
    assert len(push.texts("13800000002")) == 1
    assert push.messages(uscc) == []


def test_what_the_site_does_not_name_is_not_pushed(push: Push) -> None:
    uscc = push.firm("13800000003")
    assert push.push(uscc, channels=Channels())["pushed"] == 0
    silent = Channels("portal", {"by-text": "none"})
    assert push.push(uscc, channels=silent, policies="by-text")["pushed"] == 0
    assert push.cases(uscc) == []


def test_a_text_says_no_amount_and_nobody_s_name_and_the_telephone_is_seen_nowhere(
    push: Push, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    mobile = "13800000004"
    uscc = push.firm(mobile)
    push.push(uscc, policies="by-text")
    push.turn(1)
    (text,) = push.texts(mobile)
    assert (
        text["text"]
        == "【惠企服务】贵单位符合“政策by-text”的条件，请登录惠企服务门户查看。回复TD退订"
    )
    (case,) = push.cases(uscc)
    assert "amount_fen" not in case["notice"]
    assert mobile not in json.dumps(case["notice"])
    assert mobile not in caplog.text
    with push.hub.store.read() as connection:
        entries = [row.body for row in ledger_rows.entries(connection, 0, 10**6)]
    assert entries
    assert not any(mobile in str(body) for body in entries)


def test_only_who_is_texted_is_looked_up(push: Push) -> None:
    """Personal data are asked for when they are needed, for one firm."""
    uscc, other = push.firm("13800000005"), push.firm("13800000006")
    push.portal.ask("POST", "/optout", {"uscc": other, "on": True})
    push.push(uscc, policies="by-portal")
    push.push(other, policies="by-text")
    push.turn(1)
    asked = {row["uscc"] for row in push.registry.books()}
    assert not asked & {uscc, other}


@pytest.mark.parametrize("policy", ["by-portal", "by-text", "by-officer"])
def test_who_has_opted_out_at_the_portal_is_told_by_no_way(push: Push, policy: str) -> None:
    mobile = f"1390000{1000 + len(policy)}"
    uscc = push.firm(mobile)
    push.portal.ask("POST", "/optout", {"uscc": uscc, "on": True})
    push.push(uscc, policies=policy)
    push.turn(1)
    assert push.officers.work() == 0
    assert push.texts(mobile) == []
    assert push.messages(uscc) == []
    (case,) = push.cases(uscc)
    assert case["state"] in ("none", "partial")
    assert "halted" in case["items"].values()


def test_a_reply_to_a_text_is_heard_by_every_way(push: Push) -> None:
    mobile = "13800000007"
    uscc = push.firm(mobile)
    push.push(uscc, policies="by-text")
    push.turn(1)
    assert (
        push.sms.ask("POST", "/reply", {"mobile": mobile, "content": "谢谢"})["opted_out"] is False
    )
    assert push.sms.ask("POST", "/reply", {"mobile": mobile, "content": "td "})["opted_out"] is True
    push.turn()
    (told,) = push.cases(uscc, "grant-opt-out")
    assert (told["state"], told["opt-out"]["opted_out"]) == ("done", True)
    assert mobile not in json.dumps(told)
    push.push(uscc, policies="by-portal other", channels=Channels("sms", {"by-portal": "portal"}))
    push.turn(1)
    assert push.messages(uscc) == []
    assert len(push.texts(mobile)) == 1


def test_a_gateway_that_knows_the_opting_out_first_says_so(push: Push) -> None:
    """The reply came a moment ago: the portal doesn't know yet, the gateway does."""
    mobile = "13800000008"
    uscc, sister = push.firm(mobile), push.firm(mobile)
    push.push(uscc, policies="by-text")
    push.turn(1)
    push.sms.ask("POST", "/reply", {"mobile": mobile, "content": "退订"})
    push.push(sister, policies="by-text")
    push.turn(1)
    assert len(push.texts(mobile)) == 1
    (case,) = push.cases(sister)
    assert case["items"]["sms"] == "refused"


def test_taken_in_is_not_delivered(push: Push) -> None:
    mobile = "13800000009"
    uscc = push.firm(mobile)
    push.push(uscc, policies="by-text")
    push.turn()
    (case,) = push.cases(uscc)
    assert (case["items"]["sms"], "sms-receipt" in case) == ("stored", False)
    push.sms.ask("POST", "/report", {"mobile": mobile, "state": "UNDELIV"})
    push.turn()
    (case,) = push.cases(uscc)
    assert (case["items"]["sms"], case["state"]) == ("refused", "partial")
    assert len(push.texts(mobile)) == 1


def test_a_lost_answer_sends_nothing_twice(push: Push) -> None:
    mobile = "13800000010"
    uscc = push.firm(mobile)
    push.sms.fault("reset", operation="api/sms/send", times=1)
    push.push(uscc, policies="by-text")
    push.turn(4, well=False)
    assert len(push.texts(mobile)) == 1
    push.sms.ask("POST", "/report", {"mobile": mobile, "state": "DELIVRD"})
    push.turn()
    (case,) = push.cases(uscc)
    assert case["state"] == "done"


def test_a_firm_without_a_contact_gets_no_text(push: Push) -> None:
    uscc = push.firm()
    push.push(uscc, policies="by-text")
    push.turn(1)
    (case,) = push.cases(uscc)
    assert (case["items"]["contact"], case["items"]["sms"]) == ("refused", "blocked")


def test_an_officer_who_could_not_reach_the_firm_says_why(push: Push) -> None:
    uscc = push.firm()
    push.officers.office.refusals[(682, uscc)] = "电话无人接听"
    push.push(uscc, policies="by-officer")
    push.turn(1)
    push.officers.work()
    push.turn()
    (case,) = push.cases(uscc)
    assert case["items"]["officer"] == "refused"


def test_nobody_s_officer_is_guessed(push: Push) -> None:
    known = catalogue(fixed("by-officer", department="nobody"))
    frozen = freeze(push.hub, frame({push.firm(): {"hi_tech": True}}))
    with pytest.raises(Invalid) as refused:
        grant_push.Pushing(push.hub, known, WAYS).push(frozen)
    assert (refused.value.code, refused.value.facts["key"]) == ("grant.nobody", "officers")


def test_the_books_agree(push: Push) -> None:
    now = utc_now()
    window = Window(now - timedelta(days=2), now + timedelta(days=2))
    report = reconcile.reconcile(push.hub, push.hub.site.systems["sms"], window)
    assert report.problems == []
    assert report.theirs == len(push.sms.books()) > 5
