"""What the checks of order finance come to: by stage, by letter, by what is known; and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mappings import shapes
from matters import finance_checks
from matters.finance_parts import STAGES
from matters.finance_reckoning import RULES
from tests.matters import finance_prose
from tests.matters.finances import (
    CHECKLIST,
    REASONS,
    RIGHT,
    SELLER,
    TODAY,
    case,
    firm,
    listed,
    states,
    weighed,
)

TABLE = """
                 signed   in-production delivered invoiced due      paid
letter           pass     pass          pass      pass     pass     pass
order            pass     pass          pass      pass     pass     fail
parties          pass     pass          pass      pass     pass     pass
seller-subject   pass     pass          pass      pass     pass     pass
buyer-subject    pass     pass          pass      pass     pass     pass
seller-standing  pass     pass          pass      pass     pass     pass
buyer-standing   pass     pass          pass      pass     pass     pass
seller-tax       pass     pass          pass      pass     pass     pass
seller-insurance pass     pass          pass      pass     pass     pass
seller-credit    pass     pass          pass      pass     pass     pass
seller-court     pass     pass          pass      pass     pass     pass
buyer-court      pass     pass          pass      pass     pass     pass
confirmation     pass     pass          pass      pass     pass     not-due
amount           pass     pass          pass      pass     pass     pass
cumulative       pass     pass          pass      pass     pass     pass
limit            pass     pass          pass      pass     pass     pass
core-list        pass     pass          pass      pass     pass     pass
assignable       pass     pass          pass      pass     pass     pass
related          pass     pass          pass      pass     pass     pass
account          pass     pass          pass      pass     pass     pass
duplicates       pass     pass          pass      pass     pass     pass
pledge           pass     pass          pass      pass     pass     pass
delivery         not-due  not-due       pass      pass     pass     pass
invoices         not-due  not-due       not-due   pass     pass     pass
opinion          pass     pass          pass      pass     pass     pass
"""
"""A request against which nothing speaks, at each stage of its order."""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
EXPECTED = [
    (row[0], stage, state)
    for row in ROWS[1:]
    for stage, state in zip(ROWS[0], row[1:], strict=True)
]


@pytest.mark.parametrize(("name", "stage", "state"), EXPECTED)
def test_each_check_at_each_stage(name: str, stage: str, state: str) -> None:
    assert states(stage)[name] == state


def test_the_checks_come_in_the_order_of_the_file_and_of_the_page() -> None:
    names = [each.name for each in finance_checks.weigh(CHECKLIST, case())]
    assert names == list(CHECKLIST.questions) == [row[0] for row in ROWS[1:]]
    assert names == [row["name"] for row in finance_prose.rows()]
    assert tuple(ROWS[0]) == STAGES


def test_the_page_tells_the_codes_that_each_check_may_give() -> None:
    for row in finance_prose.rows():
        each = CHECKLIST.questions[row["name"]]
        rule = RULES[each.rule].codes if each.rule else ()
        told = {ground.code for ground in (*each.fails, *each.manual)} | set(rule)
        told |= {each.denied} if each.denied else set()
        assert set(row["codes"]) == told, row["name"]


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_the_papers_of_these_tests_are_of_their_kinds(name: str) -> None:
    shapes.validate(CHECKLIST.documents[name].kind, dict(RIGHT[name]))


# --- one fact that speaks against it ----------------------------------------------------------

ONE = [
    ({"/letter/order": "PO-2"}, "letter", "fail", "R01"),
    ({"/letter/valid_until": "2026-11-29"}, "letter", "fail", "R01"),
    ({"/order/buyer/uscc": SELLER}, "parties", "fail", "R02"),
    ({"/seller-registry/name_matches": False}, "seller-subject", "fail", "R02"),
    ({"/buyer-registry/name_matches": False}, "buyer-subject", "fail", "R02"),
    ({"/seller-registry/is_active": False}, "seller-standing", "fail", "R03"),
    ({"/seller-registry/is_abnormal": True}, "seller-standing", "fail", "R03"),
    ({"/buyer-registry/is_seriously_unlawful": True}, "buyer-standing", "fail", "R03"),
    ({"/seller-credit/is_seriously_unlawful": True}, "seller-credit", "fail", "R03"),
    ({"/seller-tax/tax_grade": "D"}, "seller-tax", "manual", "R03"),
    ({"/seller-tax/is_tax_clear": False}, "seller-tax", "manual", "R03"),
    ({"/seller-insurance/is_insurance_clear": False}, "seller-insurance", "manual", "R03"),
    ({"/seller-court/is_dishonest": True}, "seller-court", "fail", "R04"),
    ({"/buyer-court/is_sued": True}, "buyer-court", "manual", "R04"),
    ({"/buyer-court/is_enforced": True}, "buyer-court", "manual", "R04"),
    ({"/order/is_confirmed": False}, "confirmation", "fail", "R05"),
    ({"/order/state": "cancelled"}, "order", "fail", "R06"),
    ({"/order/state": "done"}, "order", "fail", "R06"),
    ({"/order/paid_fen": 50_000_001}, "amount", "fail", "R06"),
    ({"/invoices/invoices/0/state": "differs"}, "invoices", "fail", "R07"),
    ({"/invoices/invoices/1/state": "none"}, "invoices", "fail", "R08"),
    ({"/invoices/invoices/1/state": "void"}, "invoices", "fail", "R09"),
    ({"/pledge/is_pledged": True}, "pledge", "fail", "R10"),
    ({"/seller-registry/is_related": True}, "related", "manual", "R12"),
    ({"/opinion/may_be_assigned": False}, "assignable", "manual", "R14"),
    ({"/request/account/is_locked": False}, "account", "fail", "R15"),
    ({"/delivery/is_accepted": False}, "delivery", "manual", "R16"),
    ({"/delivery/is_delivered": False}, "delivery", "manual", "R16"),
    ({"/opinion/outcome": "against"}, "opinion", "fail", "R17"),
    ({"/opinion/outcome": "with-conditions"}, "opinion", "manual", "R17"),
    ({"/request/amount_fen": 80_000_001}, "limit", "fail", "R18"),
]
HUB = [
    ({"is_elsewhere": True}, "duplicates", "fail", "R11"),
    ({"core": listed(firm(term=None))}, "core-list", "fail", "R13"),
    ({"financed_fen": 50_000_001}, "cumulative", "fail", "R06"),
    ({"is_revoked": True}, "letter", "fail", "R01"),
]
DOWN = "R99"


@pytest.mark.parametrize(("change", "name", "state", "code"), ONE)
def test_one_fact_changes_one_check(
    change: dict[str, Any], name: str, state: str, code: str
) -> None:
    before, after = weighed(), weighed("due", change)
    assert (after[name].state, after[name].codes) == (state, (code,))
    changed = {each for each in before if before[each] != after[each]}
    assert changed == {name}


@pytest.mark.parametrize(("known", "name", "state", "code"), HUB)
def test_so_does_what_the_hub_knows(
    known: dict[str, Any], name: str, state: str, code: str
) -> None:
    after = weighed(known=known)
    assert (after[name].state, after[name].codes) == (state, (code,))
    assert {each for each, check in after.items() if check.state != "pass"} == {name}


def test_every_reason_code_is_given_by_one_of_these() -> None:
    assert {code for *_, code in (*ONE, *HUB)} | {DOWN} == set(REASONS)


@pytest.mark.parametrize("name", sorted({name for _, name, _, _ in ONE}))
def test_a_fact_that_is_not_stated_is_unknown_and_never_a_no(name: str) -> None:
    """Each of the facts above, taken away instead of changed."""
    for change in (change for change, each, _, _ in ONE if each == name):
        (path,) = change
        if "/invoices/" in path or path in ("/opinion/may_be_assigned", "/opinion/outcome"):
            continue  # below, and in test_finance_invoices.py
        after = weighed("due", {path: None})
        assert (after[name].state, after[name].codes) == ("unknown", ()), path
        assert after[name].lacks


@pytest.mark.parametrize("known", ["bank", "is_revoked", "uses_left", "is_elsewhere", "financed_fen", "core", "core_used_fen"])  # fmt: skip
def test_what_the_hub_does_not_know_is_unknown(known: str) -> None:
    after = weighed(known={known: None})
    assert [each.state for each in after.values() if each.state != "pass"] == ["unknown"]


# --- all reasons at once, and which state they make -------------------------------------------


def test_all_reasons_are_told_at_once_whatever_the_state() -> None:
    bad = {"/seller-court/is_dishonest": True, "/seller-court/is_sued": None}
    both = weighed("due", bad)["seller-court"]
    assert (both.state, both.codes) == ("fail", ("R04",))
    many = {
        "/invoices/invoices/0/state": "void",
        "/invoices/invoices/1/state": "none",
    }
    found = weighed("due", many)["invoices"]
    assert (found.state, found.codes) == ("fail", ("R08", "R09"))


def test_a_failure_is_not_hidden_by_what_is_unknown_beside_it() -> None:
    change = {"/seller-registry/is_abnormal": True, "/seller-registry/is_active": None}
    assert states("due", change)["seller-standing"] == "fail"
    change = {"/invoices/invoices/0/state": "red", "/invoices/invoices/1/state": "unknown"}
    found = weighed("due", change)["invoices"]
    assert (found.state, found.codes) == ("fail", ("R09", DOWN))


def test_what_is_unknown_comes_before_what_is_for_a_person_and_the_reason_is_told() -> None:
    change = {"/seller-court/is_sued": True, "/seller-court/is_dishonest": None}
    found = weighed("due", change)["seller-court"]
    assert (found.state, found.codes) == ("unknown", ("R04",))


# --- papers that are not there, not about this, or too old ------------------------------------


@pytest.mark.parametrize("name", sorted(set(RIGHT) - {"request", "letter", "order"}))
def test_without_a_paper_its_checks_are_unknown_and_no_others(name: str) -> None:
    read = {each.name for each in CHECKLIST.questions.values() if name in each.reads}
    after = states(without=[name])
    assert {each for each, state in after.items() if state != "pass"} == read
    assert {after[each] for each in read} == {"unknown"}


@pytest.mark.parametrize("name", sorted(set(RIGHT) - {"request", "letter", "order"}))
def test_where_its_source_is_down_it_is_told_too(name: str) -> None:
    after = weighed(without=[name], down=frozenset({name}))
    codes = {each.codes for each in after.values() if each.state == "unknown"}
    assert codes == {(DOWN,)}


@pytest.mark.parametrize(
    ("name", "check", "code"),
    [
        ("order", "order", "R05"),
        ("seller-registry", "seller-subject", "R02"),
        ("buyer-registry", "buyer-subject", "R02"),
    ],
)
def test_a_holder_that_has_no_such_thing_has_said_something(
    name: str, check: str, code: str
) -> None:
    after = weighed(without=[name], denied=frozenset({name}))
    assert (after[check].state, after[check].codes) == ("fail", (code,))
    others = {each.state for each in after.values() if name in each.lacks and each.name != check}
    assert others <= {"unknown"}
    assert weighed(denied=frozenset(RIGHT)) == weighed()


def test_a_source_that_is_down_now_takes_nothing_from_what_it_has_said_before() -> None:
    assert weighed(down=frozenset(RIGHT)) == weighed()


@pytest.mark.parametrize(
    ("name", "days"), [("order", 7), ("seller-tax", 30), ("pledge", 3), ("invoices", 1), ("opinion", 90)]
)  # fmt: skip
def test_what_is_too_old_is_unknown(name: str, days: int) -> None:
    read = {each.name for each in CHECKLIST.questions.values() if name in each.reads}
    assert set(states(old={name: days}).values()) == {"pass"}
    for age in (days + 1, None, -1):  # too old; of no day; of a day that is still to come
        after = weighed(old={name: age})
        assert {after[each].state for each in read} == {"unknown"}, age
        told = {(after[each].source, after[each].as_of) for each in read} - {("", None)}
        assert all(as_of in (None, TODAY - timedelta(age or 0)) for _, as_of in told)


def test_the_banks_own_papers_do_not_age() -> None:
    assert set(states(old={"request": 400, "letter": None}).values()) == {"pass"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/order/order", "amount"),
        ("/seller-registry/seller/uscc", "seller-standing"),
        ("/buyer-court/buyer/uscc", "buyer-court"),
        ("/invoices/id", "invoices"),
        ("/pledge/order", "pledge"),
    ],
)
def test_a_paper_about_somebody_else_is_as_good_as_none(path: str, name: str) -> None:
    other = SELLER if "buyer" in path else "91320116MA1XBUYE50" if "uscc" in path else "X-2"
    found = weighed("due", {path: other})[name]
    assert (found.state, found.source, found.document) == ("unknown", "", "")
    assert weighed("due", {path: None})[name].state == "unknown"


# --- the stage --------------------------------------------------------------------------------


def test_where_the_stage_would_decide_and_is_not_known_it_is_unknown() -> None:
    after = weighed(without=["order"], down=frozenset({"order"}))
    for name in ("delivery", "invoices", "confirmation"):
        assert (after[name].state, after[name].codes) == ("unknown", (DOWN,)), name
    assert weighed(without=["order"])["delivery"].codes == ()
    assert after["pledge"].state == "pass"


def test_an_order_that_is_too_old_tells_no_stage() -> None:
    assert states("signed", old={"order": 8})["delivery"] == "unknown"
    assert states("signed", old={"order": 7})["delivery"] == "not-due"


# --- the letter -------------------------------------------------------------------------------


def test_what_the_letter_does_not_cover_is_not_told_at_all() -> None:
    bad = {"/seller-court/is_dishonest": True}
    found = weighed("due", bad, datasets=frozenset(CHECKLIST.datasets) - {"court"})
    for name in ("seller-court", "buyer-court"):
        told = found[name]
        assert (told.state, told.codes, told.source, told.as_of, told.document, told.lacks) == (
            "not-authorised", (), "", None, "", (),
        )  # fmt: skip
    assert found["seller-tax"].state == "pass"


def test_without_any_dataset_a_bank_is_told_what_it_has_handed_in_itself() -> None:
    found = states(datasets=frozenset())
    assert {name for name, state in found.items() if state != "not-authorised"} == {
        "letter",
        "account",
    }


def test_facts_of_days_outside_the_letters_period_are_not_told() -> None:
    since = TODAY - timedelta(days=3)
    found = states(old={"seller-tax": 4, "seller-court": 3}, data_from=since)
    assert (found["seller-tax"], found["seller-court"]) == ("not-authorised", "pass")
    until = states(data_until=TODAY - timedelta(days=1))
    assert until["seller-tax"] == "not-authorised"
    assert until["letter"] == until["account"] == until["duplicates"] == "pass"
    assert states(old={"pledge": None}, data_from=since)["pledge"] == "unknown"


def test_not_covered_comes_before_not_due() -> None:
    assert states("signed", datasets=frozenset({"order"}))["delivery"] == "not-authorised"


# --- whose word it is -------------------------------------------------------------------------


def test_a_check_says_whose_word_it_is_and_of_which_day() -> None:
    found = weighed(old={"pledge": 2, "opinion": 40})
    assert (found["pledge"].source, found["pledge"].document) == ("unit-pledge", "doc-pledge")
    assert found["pledge"].as_of == TODAY - timedelta(days=2)
    assert found["amount"].source == "unit-order"
    assert found["invoices"].source == "unit-invoices"
    assert found["assignable"].source == "unit-order"
    assert found["assignable"].as_of == TODAY
    assert found["account"].source == "unit-request"
    assert found["duplicates"].source == found["core-list"].source == ""
    assert weighed("signed")["delivery"].source == ""


# --- complete ---------------------------------------------------------------------------------


def complete(*told: Any, **more: Any) -> bool:
    return finance_checks.is_complete(finance_checks.weigh(CHECKLIST, case(*told, **more)))


def test_an_answer_is_complete_when_nothing_is_unknown() -> None:
    assert complete()
    assert complete("signed", {"/pledge/is_pledged": True}, datasets=frozenset({"pledge"}))
    assert complete("due", {"/seller-tax/tax_grade": "D"})
    assert not complete(without=["opinion"])
    assert complete("signed", without=["invoices", "delivery"])
