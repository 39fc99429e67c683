"""What came into an account in a span of days: the days that are asked, and what is concluded."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import _bank_statement
from adapters._bank_statement import MOST, WINDOW, Statement, asked
from connectors import json_text
from exchange.errors import Invalid, Rejected, Retriable, Unknown
from exchange.ports import Reply
from mappings import compiler, shapes
from tests.adapters.bank_pages import entry, sections

ACCOUNT = "1250000000012345"
TODAY = date(2026, 6, 20)
QUERY = {"account": ACCOUNT, "since": "2026-06-10", "until": "2026-06-12"}
MAPPING = compiler.load("bank_entry_account_credit")


class Machine:
    """Answers by the day (and the number of the first entry) that it is asked about."""

    def __init__(self, **pages: dict[str, Any]) -> None:
        self.pages, self.asked = pages, list[dict[str, str]]()

    def call(self, operation: str, body: Any) -> Reply:
        assert operation == "GetTransInfoEX"
        told = body["SDKRBPTRSX"]
        self.asked.append(told)
        return Reply(b"raw", self.pages.get(f"d{told['TRSDAT']}_{told['TRSSEQ']}", sections()))

    def close(self) -> None:
        """Nothing is open."""


def _read(machine: Machine, query: dict[str, str] = QUERY, today: date = TODAY) -> Any:
    statement = Statement(machine, "25", MAPPING)
    return statement.read(asked(query, today), today)


def test_the_day_before_and_the_day_after_are_asked_as_well() -> None:
    machine = Machine()
    _read(machine)
    assert [each["TRSDAT"] for each in machine.asked] == [f"202606{day:02}" for day in range(9, 14)]
    assert machine.asked[0] | {"TRSDAT": ""} == {
        "BBKNBR": "25",
        "ACCNBR": ACCOUNT,
        "TRSDAT": "",
        "TRSSEQ": "0",
    }


def test_no_day_that_is_still_to_come_is_asked() -> None:
    machine = Machine()
    _, record = _read(machine, today=date(2026, 6, 12))
    assert machine.asked[-1]["TRSDAT"] == "20260612"
    assert record["complete"] is False


def test_nothing_came_in_is_an_answer_and_not_a_refusal() -> None:
    _, record = _read(Machine())
    assert record == {
        "account": ACCOUNT,
        "account_tail": "2345",
        "since": "2026-06-10",
        "until": "2026-06-12",
        "complete": True,
        "count": 0,
        "total_fen": 0,
    }
    shapes.validate("account-credits", record)


def test_entries_are_told_with_their_sum_and_reversals_taken_off() -> None:
    paid, back = entry("1200000.50"), entry("0.50", "D", RSVFLG="*", REFNBR="K2")
    returned, out = entry("9", REFNBR="K3", RSVFLG="*"), entry("7", "D", REFNBR="K4")
    raw, record = _read(Machine(d20260611_0=sections(paid, back, returned, out)))
    shapes.validate("account-credits", record)
    assert (record["count"], record["total_fen"]) == (3, 120000000)
    assert [each["entry"] for each in record["credits"]] == [
        "credit",
        "credit-reversal",
        "returned",
    ]
    assert record["credits"][0] == {
        "reference": "K1",
        "entry": "credit",
        "amount_fen": 120000050,
        "booked_on": "2026-06-11",
        "payer": {"name": "示例核心企业有限公司", "name_full": True, "account_tail": "0042"},
    }
    assert b"K4" not in raw
    assert len(json_text.read(raw)["answers"]) == 5


def test_the_day_of_booking_counts_and_not_the_day_that_was_asked() -> None:
    machine = Machine(
        d20260609_0=sections(entry(ETYDAT="20260610"), entry(ETYDAT="20260609", REFNBR="K2")),
        d20260613_0=sections(entry(ETYDAT="20260612", REFNBR="K3")),
    )
    _, record = _read(machine)
    assert [each["reference"] for each in record["credits"]] == ["K1", "K3"]


def test_an_entry_that_two_days_tell_counts_once() -> None:
    page = sections(entry())
    _, record = _read(Machine(d20260610_0=page, d20260611_0=page))
    assert record["count"] == 1


def test_one_number_for_two_entries_is_refused_and_quotes_nobody() -> None:
    machine = Machine(d20260610_0=sections(entry()), d20260611_0=sections(entry("12.31")))
    with pytest.raises(Rejected) as caught:
        _read(machine)
    assert (caught.value.code, caught.value.facts) == ("bank.reference-twice", {"number": 2})
    assert [each["amount_fen"] for each in json_text.read(caught.value.raw)["entries"]] == [
        1230,
        1231,
    ]


def test_pages_are_followed_until_the_bank_says_that_there_is_no_more() -> None:
    machine = Machine(
        d20260611_0=sections(entry(), COTFLG="Y", TRSSEQ="30"),
        d20260611_31=sections(entry(REFNBR="K2"), COTFLG="Y", TRSSEQ="60"),
        d20260611_61=sections(entry(REFNBR="K3")),
    )
    assert _read(machine)[1]["count"] == 3


@pytest.mark.parametrize(
    "page",
    [
        sections(entry(), COTFLG="Y", TRSSEQ="0"),
        sections(COTFLG="Y", TRSSEQ="30"),
        sections(entry(), CRTNBR="2"),
        {},
    ],
)
def test_a_list_that_does_not_go_on_or_add_up_is_asked_again(page: dict[str, Any]) -> None:
    machine = Machine(d20260611_0=page, d20260611_1=sections(entry(), COTFLG="Y", TRSSEQ="0"))
    with pytest.raises(Retriable) as caught:
        _read(machine)
    assert caught.value.code == "bank.unreadable-statement"


def test_a_field_that_cannot_be_read_is_no_empty_account() -> None:
    with pytest.raises(Unknown) as caught:
        _read(Machine(d20260611_0=sections(entry(ETYDAT="20260231"))))
    assert caught.value.code == "coded.not-understood"


def test_more_than_a_list_holds_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_bank_statement, "MOST", 1)
    with pytest.raises(Rejected) as caught:
        _read(Machine(d20260611_0=sections(entry(), entry(REFNBR="K2"))))
    assert (caught.value.code, caught.value.facts["count"]) == ("bank.too-many-entries", 2)
    assert shapes.shape("account-credits")["properties"]["credits"]["maxItems"] == MOST


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"until": "2026-06-21"}, "bank.day-ahead"),
        ({"since": "2026-06-13"}, "bank.span"),
        ({"since": "2026-03-04"}, "bank.span"),
    ],
)
def test_days_that_no_bank_answers_for_are_not_asked(changed: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        asked(QUERY | changed, TODAY)
    assert caught.value.code == code


def test_a_question_without_its_account_names_what_is_missing() -> None:
    with pytest.raises(Invalid) as caught:
        asked({"since": "2026-06-10"}, TODAY)
    assert caught.value.code == "effect.no-identity"
    assert caught.value.facts["path"] == "/query/account, /query/until"


@given(st.integers(0, WINDOW - 3), st.integers(0, 400))
def test_the_longest_span_with_its_margins_is_no_longer_than_the_window(
    length: int, ago: int
) -> None:
    until = TODAY - timedelta(days=ago)
    query = QUERY | {"since": str(until - timedelta(days=length)), "until": str(until)}
    days = list(asked(query, TODAY).days(TODAY))
    assert len(days) <= WINDOW
    assert max(days) <= TODAY
    assert days[0] == until - timedelta(days=length + 1)


def test_an_account_does_not_show_in_a_trace() -> None:
    assert ACCOUNT not in repr(asked(QUERY, TODAY))


def test_an_entry_of_a_list_has_the_fields_of_one_that_stands_alone() -> None:
    alone = shapes.shape("account-credit")["properties"]
    listed = shapes.shape("account-credits")["properties"]["credits"]["items"]["properties"]
    own = ("account", "account_tail", "loan")  # of which account the list says once
    payer = {**alone["payer"], "properties": dict(alone["payer"]["properties"])}
    del payer["properties"]["uscc"]  # a statement tells no codes
    assert listed == {n: told for n, told in alone.items() if n not in own} | {"payer": payer}
