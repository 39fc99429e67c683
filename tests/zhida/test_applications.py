"""即申即办 over real TLS: checked at once, decided within the call, signed, paid on, and never twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crypto import sd_jwt
from exchange import limits, times
from exchange.errors import Rejected
from exchange.store import award_rows, case_rows, delivery_rows, grant_rows, leg_rows
from exchange.store.award_tables import award
from exchange.store.delivery_rows import CircuitRow
from exchange.store.leg_rows import LegRow
from mappings import shapes
from matters import policy_file, promise_file
from matters.facts import Facts
from matters.policy_decision import decide
from matters.policy_reading import Known
from sandbox.uscc import compose
from tests.matters.test_application_check import GOOD as APPLICATION
from tests.matters.test_application_check import ID
from tests.zhida import applying, small_grants
from tests.zhida.applicant_office import ALIAS, Office
from tests.zhida.applying import FILES, GOOD, PERSON, Wanted
from tests.zhida.endpoint import USCC, Endpoint
from zhida import (
    application_ending,
    applications_served,
    grant_awards,
    grant_lists,
    own_opening,
    policy_excluded,
    serve_file,
    sweep,
)
from zhida.application_ending import conclude_all
from zhida.applications_served import ApplicationDesk
from zhida.own_opening import Own
from zhida.serve_route import Call


@dataclass
class Place:
    """An endpoint whose facts and people a test sets."""

    endpoint: Endpoint
    office: Office
    facts: dict[str, Facts]
    rules: Any = None

    def apply(self, number: str = "A1", **changed: Any) -> tuple[int, Any]:
        body = {k: v for k, v in deepcopy(APPLICATION).items() if k != "channel"}
        body |= {"number": number, "promise_version": promise_file.load().version, **changed}
        body = {k: v for k, v in body.items() if v is not None}
        found = self.endpoint.ask("/grants/applications", method="POST", body=body)
        return found[0], found[1]

    def know(self, **changed: Any) -> None:
        merged = {**GOOD, **changed}
        self.facts[USCC] = {k: v for k, v in merged.items() if v is not None}

    def sweep(self) -> None:
        self.endpoint.clock.skip(minutes=2)
        matter = self.endpoint.hub.site.matter("grant-application")
        list(sweep.sweep(self.endpoint.hub, matter))

    def conclude(self) -> dict[str, int]:
        return conclude_all(self.rules)

    def awards(self) -> list[Any]:
        hub = self.endpoint.hub
        with hub.store.read() as connection:
            sql = select(award).where(award.c.firm == hub.vault.tag("enterprise", USCC))
            return list(connection.execute(sql))

    def case(self, identifier: str) -> Any:
        with self.endpoint.hub.store.read() as connection:
            return case_rows.get_case(connection, identifier)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    wanted = Wanted(FILES, adapters=(ALIAS, "oa"))
    with applying.opened(tmp_path, wanted) as deciding:
        desk = ApplicationDesk(deciding.rules, 5.0)
        with deciding.endpoint.serving(applications_served.of(desk)):
            yield Place(deciding.endpoint, deciding.office, deciding.facts, deciding.rules)


# --- decided on the spot -----------------------------------------------------------------------


def test_a_good_application_is_granted_within_the_call(place: Place) -> None:
    status, told = place.apply()
    assert status == 200, told
    assert (told["state"], told["number"]) == ("decided", "A1")
    decision = told["decision"]
    assert (decision["outcome"], decision["outcome_zh"]) == ("granted", "予以奖补")
    assert (decision["amount_fen"], decision["stages"]) == (5_000_000, [{"amount_fen": 5_000_000}])
    today = times.civil_day(place.endpoint.clock()).isoformat()
    assert (decision["on"], decision["version"]) == (today, "2026")
    again, seen, _ = place.endpoint.ask(f"/grants/applications/{told['application']}")
    assert (again, seen["decision"]) == (200, decision)


def test_the_decision_is_signed_and_shows_what_was_agreed(place: Place) -> None:
    _, told = place.apply()
    found = sd_jwt.verify(told["signed"], place.endpoint.hub.signer.public)
    assert found.fields["/outcome"] == "granted"
    assert "/snapshot" not in found.fields
    assert (found.always["kind"], found.always["custody"]) == ("grant-decision", "hub")
    (entry,) = [e for e in place.endpoint.entries("read") if e.get("document")]
    assert (entry["client"], entry["agreement"], entry["case"]) == (
        "portal",
        "b",
        told["application"],
    )
    assert "/policy_digest" in entry["withheld"]


def test_an_award_comes_of_it_that_its_head_decides_on(place: Place) -> None:
    """Like one that nobody applied for; but the firm, which has applied, is not asked to confirm."""
    _, told = place.apply()
    (award,) = place.awards()
    assert (award.state, award.amount_fen, award.policy) == ("matched", 5_000_000, "research")
    assert grant_lists.form(place.endpoint.hub) == 1
    (award,) = place.awards()
    assert award.state == "listed"
    content = grant_awards.content(place.endpoint.hub, award)
    assert (content.award["confirm"], content.award["firm"]["uscc"]) == ("none", USCC)
    assert content.account["account"] == "6222020000001"
    shapes.validate("grant-payee", {**content.account, "award": award.id, "attempt": 1})
    with place.endpoint.hub.store.read() as connection:
        run = grant_rows.get_run(connection, award.run)
    assert run is not None
    assert (run.state, run.snapshot) == ("applied", "snapshot-1")
    assert content.award["decision"] == run.decisions
    assert place.endpoint.hub.archive.get(run.decisions).record["id"] == told["application"]


def test_who_does_not_qualify_is_told_the_clauses(place: Place) -> None:
    place.know(tax_clean=False)
    status, told = place.apply()
    assert (status, told["decision"]["outcome"]) == (200, "refused")
    assert [each["clause"] for each in told["decision"]["unmet"]] == ["二"]
    assert "amount_fen" not in told["decision"]
    assert place.awards() == []


def test_the_firm_is_told_and_the_case_is_over(place: Place) -> None:
    _, told = place.apply()
    assert place.case(told["application"]).state == "open"
    place.sweep()
    (notice,) = place.office.told()["sent"]
    assert (notice["about"], notice["amount_fen"]) == ("decided", 5_000_000)
    assert "予以奖补" in notice["text"]
    assert place.case(told["application"]).state == "done"


# --- one complete notice -----------------------------------------------------------------------


def test_all_deficiencies_are_told_at_once_with_their_cures(place: Place) -> None:
    place.office.write(people={USCC: [["别人", ID, "legal-person"]]})
    status, told = place.apply(promise=False, materials=[], payee={"name": "别家公司"})
    assert status == 200, told
    decision = told["decision"]
    assert decision["outcome"] == "deficient"
    assert [each["code"] for each in decision["deficiencies"]] == [
        "application.missing",
        "application.missing",
        "application.no-promise",
        "application.payee-name",
        "application.not-registered",
        "application.material",
    ]
    assert all(each["what"] and each["remedy"] for each in decision["deficiencies"])
    place.sweep()
    (notice,) = place.office.told()["sent"]
    assert notice["about"] == "deficient"
    for each in decision["deficiencies"]:
        assert each["what"] in notice["text"]
        assert each["remedy"] in notice["text"]
    assert place.awards() == []


def test_without_an_applicant_nobody_is_asked_after_one(place: Place) -> None:
    _, told = place.apply(applicant=None)
    assert told["decision"]["outcome"] == "deficient"
    assert place.office.told()["asked"] == []


def test_the_registry_is_asked_with_no_more_than_it_needs(place: Place) -> None:
    place.apply()
    assert place.office.told()["asked"] == [
        {
            "firm": {"uscc": USCC},
            "applicant": {"name": "王示例", "id_number": ID, "role": "legal-person"},
        }
    ]


def test_no_person_stands_in_log_or_ledger(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    place.apply()
    place.office.write(people={})
    place.apply("A2")
    kinds = {"read", "document", "case-opened", "query", "transfer", "award", "receipt", "parked"}
    ledger = json.dumps([place.endpoint.entries(kind) for kind in kinds], ensure_ascii=False)
    for secret in (ID, "王示例", "6222020000001", USCC):
        assert secret not in ledger
        assert secret not in caplog.text


# --- what waits --------------------------------------------------------------------------------


def test_an_unknown_fact_is_never_a_no(place: Place) -> None:
    place.know(insured=None)
    status, told = place.apply()
    assert (status, told["state"], told["state_zh"]) == (202, "pending", "待核实")
    assert told["waiting_for"] == [
        {"fact": "insured", "title": "参保人数", "holder": "human-resources",
         "holder_title": "人社局（示例）"}
    ]  # fmt: skip
    assert place.conclude() == {"concluded": 0, "pending": 1}
    assert place.office.told()["sent"] == []
    place.know()
    assert place.conclude() == {"concluded": 1, "pending": 0}
    status, told, _ = place.endpoint.ask(f"/grants/applications/{told['application']}")
    assert (status, told["decision"]["outcome"]) == (200, "granted")
    assert place.conclude() == {"concluded": 0, "pending": 0}


def test_a_firm_that_nobody_knows_waits(place: Place) -> None:
    place.facts.clear()
    status, told = place.apply()
    assert (status, told["state"]) == (202, "pending")
    assert {each["holder"] for each in told["waiting_for"]} >= {"registry", "tax"}


def test_a_registry_that_is_down_holds_nobody_up_for_ever(place: Place) -> None:
    place.office.write(down=True)
    status, told = place.apply()
    assert status == 202
    assert told["waiting_for"] == [
        {"title": "申请人身份", "holder": "registry", "holder_title": "市场监管局（示例）"}
    ]
    place.office.write(down=False)
    for _ in range(8):
        place.sweep()
    assert place.conclude() == {"concluded": 1, "pending": 0}
    _, told, _ = place.endpoint.ask(f"/grants/applications/{told['application']}")
    assert told["decision"]["outcome"] == "granted"


@pytest.mark.parametrize("why", ["stopped", "circuit", "closed"])
def test_whom_the_sweeps_would_not_ask_is_not_asked_at_once_either(place: Place, why: str) -> None:
    hub = place.endpoint.hub
    now = hub.clock()
    if why == "closed":  # outside the hours of the registry: two minutes of the day before
        at = now.astimezone(times.CHINA) - timedelta(hours=2)
        window = limits.windows(f"{at:%H:%M}-{at + timedelta(minutes=2):%H:%M}")
        systems: Any = hub.site.systems
        systems["registry"] = replace(systems["registry"], windows=window)
    with hub.store.write() as connection:
        if why == "stopped":
            leg_rows.put(connection, LegRow("registry", "stopped", times.stamp(now), "li", "x"))
        if why == "circuit":
            until = times.stamp(now + timedelta(minutes=5))
            row = CircuitRow("registry", 3, until, times.stamp(now), "wire.refused")
            delivery_rows.put_circuit(connection, row)
    status, told = place.apply()
    assert (status, told["waiting_for"][0]["holder"]) == (202, "registry")
    assert place.office.told()["asked"] == []


def test_who_waits_too_long_is_told_where_to_ask(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.office.write(slow=3)
    desk = ApplicationDesk(place.rules, 0.5)
    client = serve_file.load(place.endpoint.hub.site).clients["portal"]
    body = {k: v for k, v in APPLICATION.items() if k != "channel"}
    body["promise_version"] = promise_file.load().version
    told = desk.apply(Call("r1", client, body=json.dumps(body).encode()))
    assert (told.status, told.value["state"]) == (202, "pending")
    assert told.headers["Location"] == f"/grants/applications/{told.value['application']}"
    for _ in range(100):
        place.endpoint.clock.skip(seconds=1)  # by which the rate counts
        status, found, _ = place.endpoint.ask(told.headers["Location"])
        assert status < 300, found
        if found["state"] == "decided":
            break
        threading.Event().wait(0.1)
    assert found["decision"]["outcome"] == "granted"


# --- once --------------------------------------------------------------------------------------


def test_the_same_application_twice_is_one_case(place: Place) -> None:
    _, first = place.apply()
    _, second = place.apply()
    assert first == second
    assert len(place.awards()) == 1
    assert len(place.endpoint.entries("case-opened")) == 1


def test_eight_at_once_are_one_case_and_one_award(place: Place) -> None:
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(place.apply())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in found} <= {200, 202}
    assert len({told["application"] for _, told in found}) == 1
    place.conclude()
    assert len(place.awards()) == 1


def test_firms_that_apply_at_once_never_get_more_than_there_is(place: Place) -> None:
    """12 万元 for six firms that are each due 5: first come, and the third gets the rest."""
    firms = [compose("320114", number) for number in range(1, 7)]
    place.facts.update(dict.fromkeys(firms, GOOD))
    place.office.write(people={firm: [PERSON] for firm in firms})

    def apply(number: int) -> None:
        firm = {"uscc": firms[number], "name": "示例科技有限公司"}
        place.apply(f"B{number}", firm=firm)

    threads = [threading.Thread(target=apply, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    place.conclude()
    with place.endpoint.hub.store.read() as connection:
        awards = [row.amount_fen for row in award_rows.had(connection)]
    assert sorted(awards) == [2_000_000, 5_000_000, 5_000_000]


def test_a_number_is_one_application_s(place: Place) -> None:
    place.apply()
    status, told = place.apply(policy="newcomers")
    assert (status, told["code"]) == (409, "application.conflict")
    assert len(place.endpoint.entries("case-opened")) == 1


def test_what_was_had_this_year_is_not_had_again(place: Place) -> None:
    place.apply()
    status, told = place.apply("A2")
    decision = told["decision"]
    assert (status, decision["outcome"], decision["outcome_zh"]) == (
        200,
        "nothing-due",
        "无应付金额",
    )
    assert decision["because"] == "该项本年度已经兑现过"
    assert decision["stages"] == [{"amount_fen": 0, "less": "该项本年度已经兑现过"}]
    assert len(place.awards()) == 1


def test_who_is_refused_for_another_award_is_told_the_clause(place: Place, tmp_path: Path) -> None:
    known = place.rules.known
    text = small_grants.RESEARCH.replace("policy: research", "policy: rival")
    text = text.replace(
        "    parameters:", "      四: 同年已得研发投入奖补的，不再奖补。\n    parameters:", 1
    )
    text = text.replace(
        "times: yearly", "times: yearly\nnot_with: [research]\nexclusion_clause: 四"
    )
    (tmp_path / "rival.yaml").write_text(text, "utf-8")
    words = Known(known.facts, known.groups, frozenset({*known.policies, "rival"}))
    known.policies["rival"] = rival = policy_file.load(tmp_path / "rival.yaml", words)
    place.apply()
    _, told = place.apply("A2", policy="rival")
    decision = told["decision"]
    assert decision["outcome"] == "nothing-due"
    assert decision["because"] == "与 研发投入奖补 不可同时享受（《研发投入奖补》条款四）"
    [excluded] = decision["exclusions"]
    assert (excluded["policy"], excluded["clause"]) == ("rival", "四")
    assert excluded["clause_text"] == "同年已得研发投入奖补的，不再奖补。"
    hub, firm = place.endpoint.hub, place.rules.facts_of(USCC)
    found = decide(rival, firm.facts, times.civil_day(place.endpoint.clock()))
    explained = policy_excluded.told(hub, known, rival, found, uscc=USCC, firm=firm)
    assert explained == {"exclusions": [excluded]}  # whoever asks is told the same


def test_a_step_that_died_is_done_again_and_ends_in_the_same(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the signed decision and its award; what is known has changed meanwhile."""

    def die(*_: Any, **__: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(application_ending.grant_awards, "keep", die)
        place.office.write(slow=0)
        status, _ = place.apply()
    assert status == 500
    assert place.awards() == []
    place.know(tax_clean=False)
    assert place.conclude() == {"concluded": 1, "pending": 0}
    (award,) = place.awards()
    assert (award.state, award.amount_fen) == ("matched", 5_000_000)


# --- at a window -------------------------------------------------------------------------------


def test_a_form_of_a_window_goes_the_same_way(place: Place) -> None:
    """Taken in by the sweep, checked by the sweep, decided by the next step; no one waits for it."""
    form = APPLICATION | {"channel": "enterprise-services", "number": "SQ1"}
    form |= {"promise_version": promise_file.load().version, "received": "审计报告、法人承诺书"}
    del form["materials"]
    bare = {"channel": "enterprise-services", "number": "SQ2", "policy": "research"}
    place.office.write(forms=[form, bare | {"firm": {"uscc": USCC}}, form])
    place.sweep()
    assert len(place.endpoint.entries("case-opened")) == 2
    assert place.conclude() == {"concluded": 2, "pending": 0}
    (award,) = place.awards()
    assert (award.policy, award.amount_fen) == ("research", 5_000_000)
    place.sweep()
    about = sorted(notice["about"] for notice in place.office.told()["sent"])
    assert about == ["decided", "deficient"]


# --- at the door -------------------------------------------------------------------------------


def test_what_is_no_application_is_refused_with_every_reason(place: Place) -> None:
    status, told = place.apply(firm={"uscc": "1"}, number="a b")
    assert status == 422
    assert {each["path"] for each in told["problems"]} == {"/firm/uscc", "/number"}
    for body in (b"[]", b"{", b'{"channel":"x"}', b'{"form":true}'):
        found = place.endpoint.ask("/grants/applications", method="POST", body=body)
        assert found[0] == 400
    status, told = place.apply(firm={"uscc": USCC, "name": "甲", "colour": "red"})
    assert (status, [each["path"] for each in told["problems"]]) == (422, ["/firm"])


def test_what_was_not_agreed_is_not_taken(place: Place) -> None:
    place.endpoint.clock.skip(days=365)
    status, told = place.apply()
    assert (status, told["code"]) == (403, "agreement.expired")
    place.endpoint.clock.skip(days=-365)
    assert place.endpoint.entries("case-opened") == []


def test_a_field_that_the_agreement_does_not_name_is_not_taken(place: Place) -> None:
    status, told = place.apply(colour="red")
    assert (status, told["code"]) == (403, "application.not-agreed")
    assert place.endpoint.entries("case-opened") == []


def test_who_may_not_see_a_decision_can_t_apply_and_learns_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.know(insured=None)
    _, waits = place.apply()
    told = place.endpoint.hub.site
    left = tuple(each for each in told.agreements if each.document != "grant-decision")
    monkeypatch.setattr(place.endpoint.hub, "site", replace(told, agreements=left))
    status, told, _ = place.endpoint.ask(f"/grants/applications/{waits['application']}")
    assert (status, told["code"]) == (403, "agreement.none")
    status, told = place.apply("A2")
    assert (status, told["code"]) == (403, "agreement.none")
    assert len(place.endpoint.entries("case-opened")) == 1


def test_another_unit_s_application_is_not_there(place: Place) -> None:
    status, told, _ = place.endpoint.ask("/grants/applications/0123456789abcdef")
    assert (status, told["code"]) == (404, "serve.no-application")
    _, told = place.apply()
    desk = ApplicationDesk(place.rules, 5.0)
    portal = serve_file.load(place.endpoint.hub.site).clients["portal"]
    path = {"application": told["application"]}
    assert desk.look(Call("a", portal, path)).status == 200
    with pytest.raises(Rejected, match=r"serve\.no-application"):
        desk.look(Call("b", replace(portal, unit="credit"), path))


def test_another_case_is_no_application(place: Place) -> None:
    place.apply()
    hub, (award,) = place.endpoint.hub, place.awards()
    record = grant_awards.content(hub, award).award
    own_opening.take(own_opening.stream(hub, "grant-award", "grant-award"), Own("x", record))
    with hub.store.read() as connection:
        (other,) = case_rows.list_cases(connection, "grant-award")
    status, told, _ = place.endpoint.ask(f"/grants/applications/{other.id}")
    assert (status, told["code"]) == (404, "serve.no-application")


def test_each_look_is_noted_before_anything_is_decided_too(place: Place) -> None:
    place.know(insured=None)
    _, told = place.apply()
    place.endpoint.ask(f"/grants/applications/{told['application']}")
    seen = [(e["client"], e["unit"], e["case"]) for e in place.endpoint.entries("read")]
    assert seen == [("portal", "portal-office", told["application"])] * 2


def test_the_promise_can_be_read(place: Place) -> None:
    status, told, _ = place.endpoint.ask("/grants/promise")
    assert (status, told["version"]) == (200, promise_file.load().version)
    assert told["text"] == promise_file.load().text
