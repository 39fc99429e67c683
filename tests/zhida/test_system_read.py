"""A real read: under an agreement, within hours and rate, signed, and in the ledger before it leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from exchange.errors import Forbidden, Invalid, Retriable
from exchange.limits import rate, windows
from exchange.store import ledger_rows
from mappings import parser
from zhida import system_call, system_read
from zhida.leg_switch import switch
from zhida.site import System
from zhida.system_read import Question

if TYPE_CHECKING:
    from conftest import Town

ROOT = Path(__file__).resolve().parents[2]
FORM = ROOT / "mappings" / "files" / "oa_form_615_birth_declaration.yaml"
AGREEMENT = "window-to-hospital"


@pytest.fixture
def question() -> Question:
    content = parser.parse(FORM.read_text("utf-8"))[0]
    assert content is not None
    declaration = dict(content.tests[0]["gives"])
    return Question("birth_record", {"declaration": declaration}, (AGREEMENT,))


@pytest.fixture
def his(town: Town) -> System:
    return town.hub.site.system("his")


def ask(town: Town, system: System, question: Question, reason: str = "联调核对") -> Any:
    return system_read.read(town.hub, town.operator("wang"), system, question, reason=reason)


def refused(town: Town, system: System, question: Question) -> str:
    """The code; the ledger has nothing of it, so nothing left."""
    before = town.audit().entries
    with pytest.raises((Forbidden, Retriable)) as caught:
        ask(town, system, question)
    assert town.audit().entries == before
    return caught.value.code


def change_agreement(
    town: Town, monkeypatch: pytest.MonkeyPatch, name: str, **changed: Any
) -> None:
    told = town.hub.site.agreements
    made = tuple(replace(each, **changed) if each.id == name else each for each in told)
    monkeypatch.setattr(town.hub, "site", replace(town.hub.site, agreements=made))


def test_it_is_signed_and_in_the_ledger_before_it_leaves(
    town: Town, his: System, question: Question
) -> None:
    certificate = town.bear(901)
    declared = {**question.inputs["declaration"], "certificate": {"number": certificate}}
    question = replace(question, inputs={"declaration": declared})
    before = town.audit().entries
    with pytest.raises(Exception, match=r"operator\.reason-missing"):
        ask(town, his, question, reason="")
    assert town.audit().entries == before
    sent, answer = ask(town, his, question)
    told = system_call.answered(answer)
    assert told["signed"] is True
    assert certificate not in json.dumps(told)
    assert sent.body["identity"] == {"/certificate/number": certificate}
    assert town.audit().entries == before + 1
    with town.hub.store.read() as connection:
        kept = str(list(ledger_rows.entries(connection, before, before + 1)))
    assert AGREEMENT in kept
    assert "/certificate/number" in kept
    assert certificate not in kept


def test_only_what_the_agreement_names_and_the_question_needs_comes_to_the_adapter(
    town: Town, his: System, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    adapter = town.hub.adapter(his)
    monkeypatch.setattr(adapter, "prepare", lambda *told: seen.append(told))
    monkeypatch.setattr(adapter, "fetch", lambda message: message)
    change_agreement(town, monkeypatch, AGREEMENT, fields=("/certificate/number", "/applicant/*"))
    ask(town, his, question)
    [(_, inputs, _)] = seen
    number = question.inputs["declaration"]["certificate"]["number"]
    assert inputs == {"declaration": {"certificate": {"number": number}}}


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ((), "call.agreement"),
        (("window-to-police",), "call.agreement"),
        (("window-to-hospitel",), "call.no-agreement"),
    ],
)
def test_without_its_agreement_nothing_leaves(
    town: Town, his: System, question: Question, chosen: tuple[str, ...], code: str
) -> None:
    assert refused(town, his, replace(question, agreements=chosen)) == code


@pytest.mark.parametrize(
    ("name", "changed", "code"),
    [
        (AGREEMENT, {"valid_until": date(2026, 1, 2)}, "agreement.expired"),
        (AGREEMENT, {"valid_from": date(2099, 1, 2)}, "agreement.not-yet"),
        (AGREEMENT, {"fields": ("/mother/name",)}, "agreement.no-field"),
        ("hospital-to-police", {"valid_until": date(2026, 1, 2)}, "call.no-reader"),
        ("hospital-to-police", {"purpose": "statistics"}, "call.no-reader"),
    ],
)
def test_an_agreement_that_does_not_hold(
    town: Town,
    his: System,
    question: Question,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    changed: dict[str, Any],
    code: str,
) -> None:
    change_agreement(town, monkeypatch, name, **changed)
    assert refused(town, his, question) == code


def test_a_stopped_system_is_not_asked(town: Town, his: System, question: Question) -> None:
    who = town.operator("wang")
    switch(town.hub, who, his, wanted="stopped", reason="测试停用")
    try:
        assert refused(town, his, question) == "call.stopped"
    finally:
        switch(town.hub, who, his, wanted="live", reason="")


def test_nor_outside_its_hours(town: Town, his: System, question: Question) -> None:
    now = datetime.now(UTC) + timedelta(hours=8)
    hours = f"{now + timedelta(hours=2):%H:%M}-{now + timedelta(hours=3):%H:%M}"
    assert refused(town, replace(his, windows=windows(hours)), question) == "call.closed"


def test_nor_beyond_its_rate_and_its_slots(
    town: Town, his: System, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = town.hub.adapter(his)
    monkeypatch.setattr(adapter, "fetch", lambda message: message)
    slow = replace(his, name="slow", rate=rate("1 per hour"))
    monkeypatch.setattr(town.hub, "adapter", lambda _: adapter)
    ask(town, slow, question)
    assert refused(town, slow, question) == "call.busy"
    one = replace(his, concurrency=1)
    with town.hub.locks.hold("slot/his/0") as owned:
        assert owned
        assert refused(town, one, question) == "call.busy"


def test_an_effect_is_never_made_from_here(town: Town, question: Question) -> None:
    """Even where the command's own look is passed by."""
    police = town.hub.site.system("police")
    assert refused(town, police, replace(question, operation="register_birth")) == "call.effect"


def test_an_operation_that_gives_nothing_is_not_asked_for_real(
    town: Town, his: System, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = town.hub.adapter(his)
    silent = {"birth_record": replace(adapter.operations["birth_record"], gives="")}
    monkeypatch.setattr(type(adapter), "operations", property(lambda _: silent))
    with pytest.raises(Invalid) as caught:
        ask(town, his, question)
    assert (caught.value.code, caught.value.facts["operation"]) == ("call.no-gives", "birth_record")
