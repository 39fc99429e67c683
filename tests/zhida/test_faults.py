"""What a partner's faults do to a case: it waits, is asked after, or ends with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.handle import Handle


@pytest.fixture(scope="module")
def police_options() -> dict[str, int]:
    return {"timeout_s": 1, "settle_s": 5}


def _sick(reports: dict[str, Any]) -> set[str]:
    return {name for name, report in reports.items() if report.sick is not None}


def _begun(town: Any, number: int) -> str:
    """A birth that was declared and swept once."""
    certificate: str = town.bear(number)
    town.take_in()
    town.sweep()
    return certificate


# --- no ------------------------------------------------------------------------------------------


@pytest.mark.guarantee("G2")
def test_a_refusal_ends_the_case_with_the_reason_and_is_never_repeated(
    town: Any, police: Handle
) -> None:
    reason = "母亲户口不在本区，请到户籍地申报"
    police.fault("refuse", operation="csdj", reason=reason)
    certificate = town.bear(1)
    town.take_in()
    reports = town.sweep()
    for _ in range(3):
        town.clock.skip(600)
        town.sweep()
    assert _sick(reports) == set()
    assert town.states(certificate) == {
        "birth": "applied",
        "household": "refused",
        "insurance": "blocked",
        "reply": "applied",
    }
    assert town.case(certificate).state == "partial"
    assert town.calls(certificate) == 1
    assert town.effects(certificate) == (0, 0, 1)
    form = town.form(certificate)
    assert form["@node"] == "办结"
    assert reason in form["jgsm"]
    assert form["jghk"] != form["jgyb"]


# --- not there -----------------------------------------------------------------------------------


@pytest.mark.guarantee("G2")
def test_while_the_police_are_down_the_case_waits_and_the_others_go_on(
    town: Any, police: Handle
) -> None:
    police.fault("down")
    first = town.bear(2)
    town.take_in()
    assert _sick(town.sweep()) == {"household"}
    second = _begun(town, 3)
    for seconds in (2, 4, 8, 60):
        town.clock.skip(seconds)
        assert _sick(town.sweep()) == {"household"}
    for certificate in (first, second):
        assert town.states(certificate) == {
            "birth": "applied",
            "household": "ready",
            "insurance": "waiting",
            "reply": "waiting",
        }
    police.clear()
    town.finish(first, second, skip=60)
    assert _sick(town.sweep()) == set()
    assert town.effects(first) == town.effects(second) == (1, 1, 1)


def test_a_system_that_is_down_is_left_alone_for_a_while(town: Any, police: Handle) -> None:
    police.fault("down")
    certificate = _begun(town, 4)
    for _ in range(3):
        town.clock.skip(5)
        town.sweep()
    police.clear()
    assert town.sweep()["household"].worked == 0
    assert town.item(certificate, "household").state == "ready"
    town.finish(certificate, skip=60)


def test_while_the_oa_is_down_the_case_goes_on_up_to_the_reply(town: Any) -> None:
    oa = town.district.system("oa")
    certificate = town.bear(5)
    town.take_in()
    oa.fault("down")
    reports = town.sweep()
    town.clock.skip(61)
    assert _sick(reports) == {"reply"}
    assert _sick(town.sweep()) == {"intake", "reply"}
    states = town.states(certificate)
    oa.clear()
    assert (states["insurance"], states["reply"]) == ("applied", "ready")
    town.finish(certificate, skip=60)
    assert town.effects(certificate) == (1, 1, 1)
    town.clock.skip(61)
    assert _sick(town.sweep()) == set()


@pytest.mark.guarantee("G2")
def test_a_503_is_sent_again_later(town: Any, police: Handle) -> None:
    police.fault("once503", operation="csdj")
    certificate = _begun(town, 6)
    assert town.registered(certificate) == []
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.calls(certificate) == 2


# --- no answer -------------------------------------------------------------------------------------


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize(("number", "stage", "rows"), [(7, "after", 1), (8, "before", 0)])
def test_a_lost_answer_is_asked_after_before_anything_is_sent_again(
    town: Any, police: Handle, number: int, stage: str, rows: int
) -> None:
    police.fault("reset", operation="csdj", stage=stage, times=1)
    certificate = _begun(town, number)
    assert town.item(certificate, "household").state == "unknown"
    assert len(town.registered(certificate)) == rows
    town.sweep()
    assert town.calls(certificate) == 1, "sent again before it had settled"
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.calls(certificate) == 2 - rows


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize(("number", "stage"), [(9, "before"), (10, "after")])
def test_an_answer_after_the_time_out_is_asked_for(
    town: Any, police: Handle, until: Callable[..., None], number: int, stage: str
) -> None:
    police.fault("slow", operation="csdj", stage=stage, seconds=1.5, times=1)
    certificate = _begun(town, number)
    assert town.item(certificate, "household").state == "unknown"
    until(town.is_quiet)
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.calls(certificate) == 1


@pytest.mark.guarantee("G2")
def test_the_police_restart_in_the_call(town: Any, until: Callable[..., None]) -> None:
    certificate = town.bear(11)
    town.take_in()
    town.sweep("birth")
    town.police.fault("hold", operation="csdj", stage="after", times=1)
    with town.sweeper() as worker:
        until(town.police.held)
        town.police.kill()
        assert worker.wait(20) == 0
    town.police.restart()
    assert town.item(certificate, "household").state == "unknown"
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("operation", ["csdj", ""])
def test_a_login_page_instead_of_an_answer_breaks_nothing(
    town: Any, police: Handle, operation: str
) -> None:
    certificate = town.bear(12 if operation else 13)
    town.take_in()
    police.fault("html", operation=operation, times=2)
    assert _sick(town.sweep()) == {"household"}
    assert town.states(certificate)["household"] in ("ready", "unknown")
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


@pytest.mark.guarantee("G2")
def test_a_probe_that_fails_too_is_made_again(town: Any, police: Handle) -> None:
    police.fault("reset", operation="csdj", times=1)
    certificate = _begun(town, 14)
    police.fault("down")
    for _ in range(3):
        town.clock.skip(10)
        assert _sick(town.sweep()) == {"household"}
        assert town.item(certificate, "household").state == "unknown"
    police.clear()
    town.finish(certificate, skip=60)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.calls(certificate) == 1


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize(("system", "item"), [("insurance", "insurance"), ("oa", "reply")])
def test_the_other_systems_lose_answers_too(town: Any, system: str, item: str) -> None:
    operation = {"insurance": "9101", "oa": "submitWorkflowRequest"}[system]
    handle = town.district.system(system)
    certificate = town.bear({"insurance": 15, "oa": 16}[system])
    town.take_in()
    handle.fault("reset", operation=operation, stage="after", times=1)
    town.sweep()
    assert town.item(certificate, item).state == "unknown"
    town.finish(certificate, skip=40)
    handle.clear()
    assert town.effects(certificate) == (1, 1, 1)
    assert town.case(certificate).state == "done"


# --- not yet ---------------------------------------------------------------------------------------


def test_a_form_that_comes_before_the_hospital_s_message_waits(town: Any) -> None:
    from sandbox.births import birth

    certificate = town.declare(17)
    town.take_in()
    for _ in range(3):
        assert _sick(town.sweep()) == set()
        town.clock.skip(11)
    item = town.item(certificate, "birth")
    assert (item.state, item.code) == ("stored", "query.not-yet")
    assert town.states(certificate)["household"] == "waiting"
    town.record(birth(17).facts)
    town.finish(certificate, skip=11)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.case(certificate).state == "done"
    town.audit()
