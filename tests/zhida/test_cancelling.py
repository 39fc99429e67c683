"""A case is cancelled: nothing new begins, what is on its way is waited for, what is done stays done.

Effects are counted in the books of the police, the insurance and the OA.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from exchange import evidence_report, evidence_trust, evidence_verify
from exchange.errors import Forbidden, Invalid, Rejected
from exchange.evidence import Exporter
from exchange.evidence_verify import Checker
from exchange.keyring import Keyring
from exchange.store import ledger_rows
from sandbox.births import birth
from sandbox.books import read_effects
from zhida import cancelling, proposals, trust
from zhida.flows import flows
from zhida.proposals import Wish
from zhida.replay import replay

WHY = "监护人撤回申请"


def cancel(town: Any, certificate: str, reason: str = WHY) -> list[cancelling.Effect]:
    case = town.case(certificate).id
    return cancelling.cancel(town.hub, town.operator("wang"), case, reason)


def cancel_by_two(town: Any, certificate: str) -> None:
    case = town.case(certificate).id
    wish = Wish(cancelling.CANCEL, case, "", WHY)
    row = proposals.propose(town.hub, town.operator("wang"), wish)
    proposals.approve(town.hub, town.operator("li"), row.id)


def settle(town: Any, certificate: str, sweeps: int = 12) -> dict[str, str]:
    """Sweep until nothing of the case runs any more."""
    states: dict[str, str] = {}
    for _ in range(sweeps):
        town.clock.skip(6)
        town.sweep()
        states = town.states(certificate)
        if not {"waiting", "ready", "sent", "unknown", "stored"} & set(states.values()):
            return states
    raise AssertionError(states)


def entries(town: Any, certificate: str, kind: str) -> list[dict[str, Any]]:
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries_of_case(connection, town.case(certificate).id)
    return [json.loads(row.body) for row in rows if row.kind == kind]


def told(town: Any, certificate: str) -> str:
    """Everything that the window reads in its form."""
    return " ".join(str(value) for value in town.form(certificate).values())


def registered(town: Any, number: int) -> str:
    """The police have registered the child; the insurance has not been asked."""
    certificate: str = town.bear_ready(number)
    town.sweep("household")
    assert town.states(certificate)["household"] == "applied"
    return certificate


def test_before_anything_has_left_one_person_cancels_and_only_the_window_hears(town: Any) -> None:
    certificate = town.bear_ready(401)
    assert cancel(town, certificate) == []
    states = settle(town, certificate)
    assert (states["household"], states["insurance"]) == ("cancelled", "cancelled")
    assert states["reply"] == "applied"
    assert town.effects(certificate) == (0, 0, 1)
    assert town.calls(certificate) == 0
    assert town.case(certificate).state == "cancelled"
    assert "已取消" in told(town, certificate)
    (entry,) = entries(town, certificate, "case-cancelled")
    assert (entry["operator"], entry["stays"]) == ("wang", [])
    row = town.item(certificate, "insurance")
    assert row.code == "case.cancelled-by"
    assert json.loads(row.facts) == {"operator": "wang", "reason": WHY}
    assert {"household", "insurance"} <= set(entry["items"])


def test_where_something_irreversible_is_done_it_takes_two_people(town: Any) -> None:
    certificate = registered(town, 402)
    with pytest.raises(Forbidden) as error:
        cancel(town, certificate)
    assert error.value.code == "cancel.two-people"
    assert town.case(certificate).state == "open"
    case = town.case(certificate).id
    row = proposals.propose(town.hub, town.operator("wang"), Wish(cancelling.CANCEL, case, "", WHY))
    with pytest.raises(Forbidden) as same:
        proposals.approve(town.hub, town.operator("wang"), row.id)
    assert same.value.code == "proposal.same-person"
    proposals.approve(town.hub, town.operator("li"), row.id)
    states = settle(town, certificate)
    assert states["household"] == "applied"
    assert states["insurance"] == "cancelled"
    assert town.effects(certificate) == (1, 0, 1)
    (entry,) = entries(town, certificate, "case-cancelled")
    assert len(entry["tokens"]) == 2
    assert entry["stays"] == ["household"]


def test_what_stays_says_how_it_can_be_taken_back(town: Any) -> None:
    certificate = registered(town, 403)
    with town.hub.store.read() as connection:
        (left,) = cancelling.stays(town.hub.site, connection, town.case(certificate).id)
    assert left == cancelling.Effect("household", "applied", irreversible=True, revocable=True)
    cancel_by_two(town, certificate)


def test_another_irreversible_effect_meanwhile_makes_it_another_proposal(town: Any) -> None:
    certificate = town.bear_ready(404)
    case = town.case(certificate).id
    row = proposals.propose(town.hub, town.operator("wang"), Wish(cancelling.CANCEL, case, "", WHY))
    town.sweep("household")
    with pytest.raises(Rejected) as error:
        proposals.approve(town.hub, town.operator("li"), row.id)
    assert error.value.code == "proposal.stale"
    assert town.case(certificate).state == "open"
    town.finish(certificate)


@pytest.mark.guarantee("G2")
def test_what_is_on_its_way_is_waited_for_and_told(town: Any, police: Any) -> None:
    certificate = town.bear_ready(405)
    police.fault("reset", operation="csdj", stage="after", times=1)
    town.sweep("household")
    assert town.states(certificate)["household"] == "unknown"
    cancel_by_two(town, certificate)
    assert town.states(certificate)["reply"] == "waiting"
    states = settle(town, certificate)
    assert (states["household"], states["insurance"]) == ("applied", "cancelled")
    assert town.effects(certificate) == (1, 0, 1)
    assert town.form(certificate)["jghk"] == "办结"


@pytest.mark.guarantee("G2")
def test_what_never_arrived_is_not_sent_again(town: Any, police: Any) -> None:
    certificate = town.bear_ready(406)
    police.fault("reset", operation="csdj", stage="before", times=1)
    town.sweep("household")
    assert town.states(certificate)["household"] == "unknown"
    cancel_by_two(town, certificate)
    states = settle(town, certificate)
    assert states["household"] == "cancelled"
    assert town.item(certificate, "household").code == "case.cancelled"
    assert town.delivery(certificate, "household") == "pending", "surely nothing is there"
    assert town.effects(certificate) == (0, 0, 1)


def test_a_worker_that_is_about_to_send_does_not(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = town.bear_ready(407)
    adapter = town.hub.adapter(town.hub.site.system("police"))
    prepare = type(adapter).prepare

    def cancelled_meanwhile(self: Any, *given: Any) -> Any:
        cancel(town, certificate)
        return prepare(self, *given)

    with monkeypatch.context() as patched:
        patched.setattr(type(adapter), "prepare", cancelled_meanwhile)
        town.sweep("household")
    assert town.states(certificate)["household"] == "cancelled"
    assert town.calls(certificate) == 0
    settle(town, certificate)


@pytest.mark.guarantee("G3")
def test_who_has_the_facts_hears_of_corrections_and_the_case_stays_cancelled(
    town: Any, ward: Any
) -> None:
    certificate = registered(town, 408)
    cancel_by_two(town, certificate)
    settle(town, certificate)
    ward.tells(408, name="李小知")
    town.clock.skip(61)
    settle(town, certificate)
    rows = read_effects(town.district.directory / "police" / "books.sqlite", "amendments")
    assert "李小知" in [json.loads(row["record"])["mqxm"] for row in rows]
    assert town.states(certificate)["household#1"] == "applied"
    assert town.states(certificate)["insurance"] == "cancelled"
    assert town.case(certificate).state == "cancelled"
    assert town.effects(certificate) == (1, 0, 1)


def test_who_said_no_is_not_asked_again_in_a_cancelled_case(
    town: Any, ward: Any, police: Any
) -> None:
    certificate = town.bear_ready(409)
    police.fault("refuse", operation="csdj", reason="母亲姓名与户籍不符", times=1)
    town.sweep("household")
    assert town.states(certificate)["household"] == "refused"
    cancel(town, certificate)
    settle(town, certificate)
    ward.tells(409, name="李甲")
    town.clock.skip(61)
    states = settle(town, certificate)
    assert (states["household"], town.effects(certificate)) == ("refused", (0, 0, 1))


@pytest.mark.guarantee("G2")
def test_a_new_form_takes_the_case_up_again_and_nothing_is_done_twice(town: Any) -> None:
    certificate = registered(town, 410)
    cancel_by_two(town, certificate)
    settle(town, certificate)
    town.declare(410, sqrq="2026-01-09")
    town.take_in()
    assert town.case(certificate).state == "open"
    states = settle(town, certificate)
    assert town.case(certificate).state == "done", states
    assert town.effects(certificate) == (1, 1, 2), "each form has its reply"
    second = town.clerk.read(town.forms[certificate][1])
    assert (second["jghk"], second["jgyb"]) == ("办结", "办结")
    assert entries(town, certificate, "case-taken-up")


def test_a_new_form_that_says_the_same_counts_too(town: Any) -> None:
    certificate = town.bear_ready(411)
    cancel(town, certificate, "重复填报")
    settle(town, certificate)
    town.declare(411)
    town.take_in()
    settle(town, certificate)
    assert town.effects(certificate) == (1, 1, 2)
    assert town.case(certificate).state == "done"


@pytest.mark.guarantee("G3")
def test_a_new_form_that_says_something_else_corrects_what_was_done(town: Any) -> None:
    certificate = registered(town, 412)
    cancel_by_two(town, certificate)
    settle(town, certificate)
    town.declare(412, xsexm="王改名")
    town.take_in()
    states = settle(town, certificate)
    assert states["household#1"] == "applied"
    (row,) = town.registered(certificate)
    assert json.loads(row["record"])["xm"] == "王改名"
    assert town.effects(certificate) == (1, 1, 2)


def test_a_cancelled_case_is_not_opened_by_what_the_hospital_tells(town: Any, ward: Any) -> None:
    certificate = town.bear_ready(413)
    cancel(town, certificate)
    settle(town, certificate)
    ward.tells_facts(birth(413).facts | {"child": birth(413).facts["child"] | {"weight_g": "3111"}})
    town.clock.skip(61)
    states = settle(town, certificate)
    assert town.case(certificate).state == "cancelled"
    assert states["household"] == "cancelled"
    assert not entries(town, certificate, "case-reopened")


def test_a_case_that_is_over_can_t_be_cancelled_and_a_reason_is_needed(town: Any) -> None:
    certificate = town.bear(414)
    town.take_in()
    with pytest.raises(Invalid) as missing:
        cancel(town, certificate, " ")
    assert missing.value.problems[0].code == "operator.reason-missing"
    town.finish(certificate)
    with pytest.raises(Rejected) as over:
        cancel(town, certificate)
    assert over.value.code == "cancel.over"


def test_what_a_mapping_could_not_make_is_not_replayed_in_a_cancelled_case(town: Any) -> None:
    certificate = town.declare(415, xsexm="王㛃")
    town.record(birth(415).facts)
    town.take_in()
    town.sweep("birth household")
    assert town.states(certificate)["household"] == "invalid", town.states(certificate)
    cancel(town, certificate)
    case = town.case(certificate).id
    with pytest.raises(Rejected) as error:
        replay(town.hub, town.operator("wang"), case, "household", again=True)
    assert error.value.code == "replay.cancelled"
    settle(town, certificate)


def test_the_evidence_tells_of_it(town: Any) -> None:
    certificate = birth(402).form["cszmbh"]
    hub = town.hub
    exported = Exporter(
        store=hub.store,
        archive=hub.archive,
        keyring=Keyring(trust.unit_certificates(hub.site)),
        signer=hub.signer,
        origin=hub.site.name,
        hub=hub.site.unit,
        clock=hub.clock,
    ).export(town.case(certificate).id)
    anchors = evidence_trust.load(town.district.directory / "trust")
    checked = evidence_verify.verify(exported, Checker(anchors, hub.clock(), "hub"))
    report = evidence_report.markdown(checked, "0" * 64)
    assert "取消办件" in report
    assert "第二人决定：取消办件 同意 li" in report


def test_the_command_cancels_and_says_who_must_decide(town: Any) -> None:
    certificate = registered(town, 416)
    case = town.case(certificate).id
    words = ("-m", "zhida", "case", "cancel", case[:12], "--reason", WHY)
    with town.worker(*words, operator="wang") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "zhida proposal approve" in out
    assert "出生登记（不可撤销）" in out
    assert "来源单位" in out, "how it can be taken back"
    start = out.split("zhida proposal approve ")[1].split()[0]
    with town.worker("-m", "zhida", "proposal", "approve", start, operator="li") as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    settle(town, certificate)
    assert town.case(certificate).state == "cancelled"


def test_everything_is_accounted_for(town: Any) -> None:
    town.audit()
    assert all(flow.balanced for flow in flows(town.hub.store)), flows(town.hub.store)
