"""Corrections of what has been signed: in the hospital's order, told to who has the record."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from crypto import sd_jwt
from exchange.errors import Rejected
from zhida import signer_changes

pytestmark = pytest.mark.guarantee("G3")


def tell(hospital: Any, facts: dict[str, Any], at: str, event: str = "A08", **mother: str) -> None:
    told = facts | {"event": event, "recorded_at": at, "mother": facts["mother"] | mother}
    hospital.tell(told)
    hospital.wait(hospital.all_acknowledged)


def changes(hospital: Any, after: str = "0") -> tuple[list[dict[str, Any]], str]:
    status, told = hospital.post(json.dumps({"after": after}).encode(), "/changes")
    assert status == 200
    return told["documents"], told["next"]


def known(hospital: Any) -> tuple[dict[str, Any], str, str]:
    """A birth that the hub has asked for: its facts, its number, and the cursor since."""
    born = hospital.birth()
    number = born.form["cszmbh"]
    tell(hospital, born.facts, "20260106080000.0000", "A28")
    assert hospital.ask(number)
    return born.facts, number, changes(hospital)[1]


def claims(hospital: Any, change: dict[str, Any]) -> Any:
    return sd_jwt.verify(change["document"], hospital.key)


def test_who_has_the_record_is_told_its_new_version_once(hospital: Any) -> None:
    facts, number, cursor = known(hospital)
    first = sd_jwt.verify(hospital.ask(number), hospital.key).always["jti"]
    tell(hospital, facts, "20260106090000.0000", name="李小知")
    (change,), after = changes(hospital, cursor)
    assert change["kind"] == "birth-record"
    assert claims(hospital, change).fields["/mother/name"] == "李小知"
    assert claims(hospital, change).always["supersedes"] == first
    assert claims(hospital, change).always["as_of"] == "2026-01-06T01:00:00.000000Z"
    assert changes(hospital, after)[0] == []


@pytest.mark.guarantee("G8")
def test_who_has_not_asked_for_a_record_learns_nothing_of_its_changes(hospital: Any) -> None:
    cursor = changes(hospital)[1]
    born = hospital.birth()
    tell(hospital, born.facts, "20260106080000.0000", "A28")
    tell(hospital, born.facts, "20260106090000.0000", name="李小知")
    assert changes(hospital, cursor)[0] == []


def test_a_correction_of_a_correction_comes_in_the_same_answer(hospital: Any) -> None:
    facts, _, cursor = known(hospital)
    tell(hospital, facts, "20260106090000.0000", name="李甲")
    tell(hospital, facts, "20260106090000.0001", name="李乙")
    told, _ = changes(hospital, cursor)
    assert [claims(hospital, each).fields["/mother/name"] for each in told] == ["李甲", "李乙"]


def test_what_comes_late_is_acknowledged_and_is_no_version(hospital: Any) -> None:
    facts, number, cursor = known(hospital)
    tell(hospital, facts, "20260106100000.0000", name="李后来")
    tell(hospital, facts, "20260106090000.0000", name="李先前")
    assert len(changes(hospital, cursor)[0]) == 1
    assert hospital.fields(number)["/mother/name"] == "李后来"
    assert hospital.ledger("superseded")


def test_what_is_taken_back_is_told_and_is_given_out_no_more(hospital: Any) -> None:
    facts, number, cursor = known(hospital)
    tell(hospital, facts, "20260106100000.0000", "A29")
    (change,), _ = changes(hospital, cursor)
    assert change["kind"] == "revocation"
    assert claims(hospital, change).fields == {
        "/certificate/number": number,
        "/kind": "birth-record",
    }
    question = {"kind": "birth-record", "identity": {"/certificate/number": number}}
    assert hospital.post(json.dumps(question).encode()) == (410, {"code": "revoked"})
    tell(hospital, facts, "20260106110000.0000", name="李复生")
    assert hospital.ask(number) == ""


@pytest.mark.parametrize(
    "body", [{}, {"after": 0}, {"after": "-1"}, {"after": "1", "kind": "x"}, []]
)
def test_a_question_of_another_form_is_refused(hospital: Any, body: Any) -> None:
    assert hospital.post(json.dumps(body).encode(), "/changes")[0] == 400


def test_the_log_is_whole(hospital: Any) -> None:
    assert hospital.audit().problems == []


# --- births that are announced ----------------------------------------------------------------


def announced(hospital: Any, after: str = "0") -> tuple[list[dict[str, Any]], str]:
    status, told = hospital.post(json.dumps({"after": after}).encode(), "/births")
    assert status == 200
    return told["documents"], told["next"]


def test_a_birth_is_announced_once_and_in_its_newest_version(hospital: Any) -> None:
    _, cursor = announced(hospital)
    born = hospital.birth()
    tell(hospital, born.facts, "20260106080000.0000", "A28")
    tell(hospital, born.facts, "20260106090000.0000", name="李小知")
    (told,), after = announced(hospital, cursor)
    assert claims(hospital, told).fields["/mother/name"] == "李小知"
    tell(hospital, born.facts, "20260106100000.0000", name="李大知")
    assert announced(hospital, after)[0] == []


def test_who_was_told_of_a_birth_is_told_what_changes_about_it(hospital: Any) -> None:
    _, births = announced(hospital)
    cursor = changes(hospital)[1]
    born = hospital.birth()
    tell(hospital, born.facts, "20260106080000.0000", "A28")
    assert len(announced(hospital, births)[0]) == 1
    tell(hospital, born.facts, "20260106090000.0000", name="李小知")
    (change,), _ = changes(hospital, cursor)
    assert claims(hospital, change).fields["/mother/name"] == "李小知"


def test_what_was_taken_back_is_not_announced(hospital: Any) -> None:
    _, cursor = announced(hospital)
    born = hospital.birth()
    tell(hospital, born.facts, "20260106080000.0000", "A28")
    tell(hospital, born.facts, "20260106090000.0000", "A29")
    assert announced(hospital, cursor)[0] == []


@pytest.mark.guarantee("G8")
def test_whom_the_unit_has_not_named_is_told_of_no_birth() -> None:
    desk = SimpleNamespace(announces_to=frozenset({"hub"}))
    with pytest.raises(Rejected, match=r"signer\.not-announced"):
        signer_changes.births(desk, 0, "another")  # type: ignore[arg-type]


# --- a certificate that replaces another -------------------------------------------------------


def reissue(hospital: Any, facts: dict[str, Any], number: str, at: str) -> dict[str, Any]:
    """The hospital issues ``number`` for the certificate of these facts, which is void."""
    told = facts["certificate"] | {"number": number, "replaces": facts["certificate"]["number"]}
    issued = facts | {"certificate": told}
    tell(hospital, issued, at)
    return issued


def test_who_has_the_record_is_told_of_the_certificate_that_replaces_it(hospital: Any) -> None:
    facts, number, cursor = known(hospital)
    first = sd_jwt.verify(hospital.ask(number), hospital.key).always["jti"]
    issued = reissue(hospital, facts, "X320990001", "20260106090000.0000")
    (change,), cursor = changes(hospital, cursor)
    told = claims(hospital, change)
    assert told.always["supersedes"] == first
    assert told.fields["/certificate/replaces"] == number
    reissue(hospital, issued, "X320990002", "20260106091000.0000")
    (again,), _ = changes(hospital, cursor)
    assert claims(hospital, again).always["supersedes"] == told.always["jti"]


def test_who_asks_by_a_replaced_number_gets_what_is_known_now(hospital: Any) -> None:
    facts, number, _ = known(hospital)
    issued = reissue(hospital, facts, "X320990003", "20260106090000.0000")
    reissue(hospital, issued, "X320990004", "20260106091000.0000")
    for asked in (number, "X320990003", "X320990004"):
        assert hospital.fields(asked)["/certificate/number"] == "X320990004"


@pytest.mark.parametrize("event", ["A08", "A29"])
def test_what_is_said_of_a_replaced_certificate_afterwards_changes_nothing(
    hospital: Any, event: str
) -> None:
    facts, number, _ = known(hospital)
    issued = f"X32099001{len(event) + int(event == 'A29')}"
    reissue(hospital, facts, issued, "20260106090000.0000")
    cursor = changes(hospital)[1]
    tell(hospital, facts, "20260106100000.0000", event, name="李作废")
    assert changes(hospital, cursor)[0] == []
    assert hospital.fields(number)["/certificate/number"] == issued


def test_what_is_taken_back_under_the_new_number_is_taken_back(hospital: Any) -> None:
    facts, number, _ = known(hospital)
    issued = reissue(hospital, facts, "X320990020", "20260106090000.0000")
    hospital.ask(number)
    cursor = changes(hospital)[1]
    tell(hospital, issued, "20260106100000.0000", "A29")
    (change,), _ = changes(hospital, cursor)
    assert change["kind"] == "revocation"
    question = {"kind": "birth-record", "identity": {"/certificate/number": number}}
    assert hospital.post(json.dumps(question).encode()) == (410, {"code": "revoked"})


def test_a_certificate_after_one_that_was_taken_back_begins_anew(hospital: Any) -> None:
    facts, _, cursor = known(hospital)
    tell(hospital, facts, "20260106100000.0000", "A29")
    reissue(hospital, facts, "X320990030", "20260106110000.0000")
    assert [each["kind"] for each in changes(hospital, cursor)[0]] == ["revocation"]
    assert "supersedes" not in sd_jwt.verify(hospital.ask("X320990030"), hospital.key).always


def test_the_log_stays_whole_over_replaced_certificates(hospital: Any) -> None:
    assert hospital.audit().problems == []
