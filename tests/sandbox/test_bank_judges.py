"""Judges over what was seen: what only the end of a session can tell, and what a clock may differ by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sandbox import bank_judges, bank_judges_after
from sandbox.bank_record import EVENTS, LOANS, REQUESTS, Knock, Record, Seen
from sandbox.bank_requirements import JUDGES, exit_code, judged, requirements

POST: dict[str, Any] = {"method": "POST", "target": REQUESTS, "body": {"number": "A1"}}


def part(complete: bool, **more: Any) -> Seen:
    answer = {"answer": {"is_complete": complete}}
    status = 200 if complete else 202
    return Seen(**{**POST, "status": status, "answer": answer, **more})


def test_every_requirement_has_a_judge_and_says_what_to_do() -> None:
    assert [each.name for each in requirements()] == list(JUDGES)
    assert all(each.title and each.todo and each.broken and each.remedy for each in requirements())
    rows = judged(Record())
    assert {row["state"] for row in rows} == {"unseen"}
    assert exit_code(rows) == 3


@pytest.mark.parametrize("is_over", [False, True])
def test_what_was_never_repeated_is_missed_only_at_the_end(is_over: bool) -> None:
    lost = Seen(**POST, trick="dropped", key="k")
    found = bank_judges.repeat(Record((lost,), is_over=is_over)).state
    assert found == ("broken" if is_over else "unseen")


@pytest.mark.parametrize(
    ("changed", "state"),
    [({}, "met"), ({"key": "other"}, "broken"), ({"body": {"number": "A1", "x": 1}}, "broken")],
)
def test_a_repetition_is_the_same(changed: dict[str, Any], state: str) -> None:
    lost = Seen(**POST, trick="dropped", key="k")
    again = replace(lost, trick="", **changed)
    assert bank_judges.repeat(Record((lost, again))).state == state


def test_without_a_key_no_repetition_is_the_same() -> None:
    lost = Seen(**POST, trick="dropped")
    assert bank_judges.repeat(Record((lost, replace(lost, trick="")))).state == "broken"


@pytest.mark.parametrize(("waited", "state"), [(1.5, "broken"), (1.9, "met"), (5.0, "met")])
def test_a_clock_may_differ_a_little(waited: float, state: str) -> None:
    first = part(False, answered=10.0, retry_after=2.0)
    again = part(True, at=10.0 + waited)
    assert bank_judges.patience(Record((first, again))).state == state


def test_a_loan_on_another_request_s_answer_is_not_this_one_s() -> None:
    loan = Seen("POST", LOANS, {"number": "F", "request": "A2"}, status=201)
    assert bank_judges.partial(Record((part(False), loan))).state == "unseen"
    mine = replace(loan, body={"number": "F", "request": "A1"})
    assert bank_judges.partial(Record((part(False), mine, part(True)))).state == "broken"


def test_what_was_read_again_may_be_lent_on() -> None:
    loan = Seen("POST", LOANS, {"number": "F", "request": "A1"}, status=201)
    forged = part(True, trick="forged")
    assert bank_judges_after.verified(Record((forged, part(True), loan))).state == "met"
    assert bank_judges_after.verified(Record((forged, loan, part(True)))).state == "broken"


def test_the_same_number_after_a_conflict_means_the_same_thing() -> None:
    first = Seen(**POST, status=409)
    assert bank_judges.conflict(Record((first, replace(first, status=409)))).state == "met"
    other = replace(first, body={"number": "A1", "amount_fen": 1})
    assert bank_judges.conflict(Record((first, other))).state == "broken"
    assert (
        bank_judges.conflict(Record((first, replace(other, body={"number": "B"})))).state == "met"
    )


def test_a_hole_is_closed_by_its_own_event() -> None:
    def page(after: int, *seqs: int, trick: str = "") -> Seen:
        answer = {"events": [{"seq": n} for n in seqs], "next": max(seqs)}
        return Seen("GET", f"{EVENTS}?after={after}", status=200, answer=answer, trick=trick)

    gone = page(0, 1, trick="hole")
    assert bank_judges_after.gap(Record((gone, page(2, 3)))).state == "unseen"
    assert bank_judges_after.gap(Record((gone, page(2, 3)), is_over=True)).state == "broken"
    assert bank_judges_after.gap(Record((gone, page(2, 3), page(1, 2, 3)))).state == "met"


def test_one_who_spoke_with_a_stranger_has_spoken() -> None:
    refused, spoken = Knock("wrong", "TLSV1_ALERT_UNKNOWN_CA"), Knock("wrong")
    assert bank_judges_after.stranger(Record(knocks=(refused,))).state == "met"
    assert bank_judges_after.stranger(Record(knocks=(refused, spoken))).state == "broken"
