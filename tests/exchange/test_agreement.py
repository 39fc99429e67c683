"""Deny is the default: a field travels only if one agreement in force names it (G8)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from exchange import agreement
from exchange.agreement import Flow
from exchange.errors import Forbidden

pytestmark = pytest.mark.guarantee("G8")

ASKED = Flow("hospital", "public-security", "birth-record", "newborn-registration")
DAY = date(2026, 6, 1)


def refusal(known: list[Any], flow: Flow = ASKED, day: date = DAY) -> Forbidden:
    with pytest.raises(Forbidden) as refused:
        agreement.permit(known, flow, day)
    return refused.value


def test_the_agreement_itself_permits(make_agreement: Callable[..., Any]) -> None:
    known = make_agreement()
    assert agreement.permit([known], ASKED, DAY) is known


MATRIX = list(
    itertools.product(
        ("hospital", "tax"),
        ("public-security", "hospital", "bank"),
        ("birth-record", "citizen-id"),
        ("newborn-registration", "statistics"),
        (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)),
    )
)


@pytest.mark.parametrize(("provider", "receiver", "document", "purpose", "day"), MATRIX)
def test_one_cell_of_the_matrix_is_allowed_and_all_others_denied(
    make_agreement: Callable[..., Any],
    provider: str,
    receiver: str,
    document: str,
    purpose: str,
    day: date,
) -> None:
    flow = Flow(provider, receiver, document, purpose)
    if flow == ASKED and day.year == 2026:
        assert agreement.permit([make_agreement()], flow, day).id == "协议-1"
        return
    sides = (provider, receiver, document) == ("hospital", "public-security", "birth-record")
    expected = "agreement.none"
    if sides and purpose != ASKED.purpose:
        expected = "agreement.purpose"
    elif sides:
        expected = "agreement.not-yet" if day.year == 2025 else "agreement.expired"
    refused = refusal([make_agreement()], flow, day)
    assert refused.code == expected
    assert refused.facts.items() >= flow.facts().items()


def test_without_any_agreement_nothing_is_allowed() -> None:
    assert refusal([]).code == "agreement.none"


def test_an_expired_agreement_is_named_with_its_last_day(
    make_agreement: Callable[..., Any],
) -> None:
    known = [
        make_agreement(id="旧", valid_until=date(2026, 2, 1)),
        make_agreement(id="新", valid_until=date(2026, 5, 31)),
    ]
    facts = refusal(known).facts
    assert (facts["agreement"], facts["until"]) == ("新", "2026-05-31")


def test_a_future_agreement_is_named_with_its_first_day(
    make_agreement: Callable[..., Any],
) -> None:
    known = [
        make_agreement(id="later", valid_from=date(2026, 9, 1), valid_until=date(2029, 1, 1)),
        make_agreement(id="sooner", valid_from=date(2026, 7, 1), valid_until=date(2026, 8, 1)),
        make_agreement(id="past", valid_until=date(2026, 2, 1)),
    ]
    refused = refusal(known)
    assert refused.code == "agreement.not-yet"
    assert (refused.facts["agreement"], refused.facts["since"]) == ("sooner", "2026-07-01")


def test_an_agreement_that_ends_before_it_begins_never_holds(
    make_agreement: Callable[..., Any],
) -> None:
    known = make_agreement(valid_from=date(2026, 7, 1), valid_until=date(2026, 5, 1))
    for month in range(1, 13):
        with pytest.raises(Forbidden):
            agreement.permit([known], ASKED, date(2026, month, 15))


def test_fields_of_two_agreements_are_never_added_up(make_agreement: Callable[..., Any]) -> None:
    known = [
        make_agreement(id="a", fields=("/a",), valid_until=date(2026, 7, 1)),
        make_agreement(id="b", fields=("/b",), valid_until=date(2026, 8, 1)),
    ]
    for order in (known, known[::-1]):
        chosen = agreement.permit(order, ASKED, DAY)
        assert agreement.split({"/a": "1", "/b": "2"}, chosen) == ({"/b": "2"}, ["/a"])


@pytest.mark.parametrize(
    ("named", "path", "covered"),
    [
        ("/child/sex", "/child/sex", True),
        ("/child/sex", "/child/sex/code", False),
        ("/child/sex", "/child/sexual", False),
        ("/child/sex", "/Child/sex", False),
        ("/mother/*", "/mother/name", True),
        ("/mother/*", "/mother/id/number", True),
        ("/mother/*", "/mother", False),
        ("/mother/*", "/mother2/name", False),
        ("/mother/*", "/mother/", True),
        ("/m*", "/mother/name", False),
        ("*", "/mother", False),
        ("/*/name", "/mother/name", False),
    ],
)
def test_a_field_travels_only_if_it_is_named(
    make_agreement: Callable[..., Any], named: str, path: str, covered: bool
) -> None:
    assert make_agreement(fields=(named,)).covers(path) is covered


def test_what_stays_is_named(make_agreement: Callable[..., Any]) -> None:
    fields = {"/number": "X1", "/name": "张小直", "/z": 1, "/secret": True}
    disclosed, withheld = agreement.split(fields, make_agreement())
    assert disclosed == {"/number": "X1", "/name": "张小直"}
    assert withheld == ["/secret", "/z"]


def test_the_digest_tells_any_change_and_no_other_order(
    make_agreement: Callable[..., Any],
) -> None:
    first = make_agreement()
    assert make_agreement(fields=first.fields[::-1]).digest() == first.digest()
    changes: list[dict[str, Any]] = [
        {"fields": ("/number",)},
        {"basis": "其他"},
        {"purpose": "x"},
        {"valid_until": date(2027, 1, 1)},
        {"receiver": "bank"},
    ]
    digests = {make_agreement(**change).digest() for change in changes}
    assert len(digests | {first.digest()}) == len(changes) + 1


def test_what_was_agreed_before_there_was_a_notice_keeps_its_digest(
    make_agreement: Callable[..., Any],
) -> None:
    known = make_agreement()
    assert known.digest() == make_agreement(notice="", consent="").digest()
    told = {make_agreement(notice="告知书").digest(), make_agreement(consent="告知书").digest()}
    assert len(told | {known.digest()}) == 3


def test_where_consent_is_required_the_document_itself_must_say_yes(
    make_agreement: Callable[..., Any],
) -> None:
    asks = make_agreement(requires="/consent/share")
    agreement.check_consent({"/consent/share": True}, asks)
    for told in ({}, {"/consent/share": False}, {"/consent/share": "true"}, {"/consent/share": 1}):
        with pytest.raises(Forbidden, match=r"agreement\.no-consent .*/consent/share"):
            agreement.check_consent(told, asks)
    agreement.check_consent({}, make_agreement())


def test_an_agreement_without_such_a_field_keeps_its_digest(
    make_agreement: Callable[..., Any],
) -> None:
    plain, asks = make_agreement(), make_agreement(requires="/consent/share")
    assert plain.digest() == make_agreement(requires="").digest() != asks.digest()
