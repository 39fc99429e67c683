"""A firm's letter: taken in once, by the bank that it names, kept as it was signed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exchange.errors import Forbidden, Invalid, Rejected, ZhidaError
from exchange.store import document_rows, finance_rows
from tests.zhida import finance_stores
from tests.zhida.finance_town import BANK_B, BUYER, DATASETS, SELLER, Firm, Place
from zhida import finance_letters, finance_token
from zhida.finance_letters import Letter

place, either = finance_stores.place, finance_stores.either


def take(place: Place, token: str, bank: str = "bank-a") -> Letter:
    return finance_letters.take(place.hub, place.rules, bank=bank, token=token, known=DATASETS)


def code(place: Place, token: str, bank: str = "bank-a") -> str:
    with pytest.raises(ZhidaError) as caught:
        take(place, token, bank)
    return caught.value.code


def count(place: Place) -> int:
    with place.hub.store.read() as connection:
        return len(finance_rows.letters(connection))


def test_it_is_kept_as_the_firm_signed_it(place: Place) -> None:
    token = place.firm.letter()
    found = take(place, token)
    assert finance_letters.signed_token(place.hub, found) == token
    record = place.hub.archive.get(found.row.document)
    assert (record.origin.kind, record.origin.provider, record.origin.custody) == (
        "finance-letter",
        "bank-a",
        "hub",
    )
    assert record.record["number"] == "L1"
    assert found.id == finance_letters.identifier(place.hub, SELLER, "L1")
    assert (found.row.uses, found.row.max_uses, found.state(place.today)) == (0, 10, "valid")
    assert found.datasets == {"invoice", "registry", "tax-grade"}


def test_the_ledger_has_it_and_no_name(place: Place) -> None:
    found = take(place, place.firm.letter())
    [entry] = place.entries("finance-letter")
    assert (entry["ref"], entry["bank"], entry["document"]) == (
        found.id,
        "bank-a",
        found.row.document,
    )
    [document] = place.entries("document")
    assert document["ref"] == found.row.document
    told = json.dumps([entry, document], ensure_ascii=False)
    assert "示例企业" not in told and SELLER not in told and "PO-2026" not in told


def test_what_was_signed_lies_encrypted(place: Place) -> None:
    token = place.firm.letter()
    found = take(place, token)
    with place.hub.store.read() as connection:
        row = document_rows.get(connection, found.row.document)
    assert row is not None
    assert token.encode() not in row.raw and b"finance-letter-2036-08" in row.raw


def test_the_same_again_is_the_same_letter(place: Place) -> None:
    token = place.firm.letter()
    first = take(place, token)
    assert take(place, token) == first
    assert take(place, place.firm.letter()) == first  # signed anew, SM2 signs with a fresh number
    assert (count(place), len(place.entries("finance-letter"))) == (1, 1)


def test_a_number_means_one_letter_for_ever(place: Place) -> None:
    take(place, place.firm.letter())
    for changed in ({"max_uses": 11}, {"datasets": ["invoice"]}, {"valid_until": "2026-09-30"}):
        assert code(place, place.firm.letter(**changed)) == "finance.letter-conflict"
    assert count(place) == 1
    assert take(place, place.firm.letter(number="L2", max_uses=11)).row.max_uses == 11


def test_two_firms_may_use_one_number(place: Place) -> None:
    other = Firm(BUYER, place.authority)
    assert take(place, place.firm.letter()).id != take(place, other.letter()).id


def test_only_the_bank_that_it_names_hands_it_in(place: Place) -> None:
    token = place.firm.letter()
    assert code(place, token, "bank-b") == "finance.other-bank"
    assert code(place, token, "hub") == "finance.not-a-bank"
    both = {"bank": {"uscc": BANK_B, "name": "示例银行乙"}}
    take(place, place.firm.letter(**both), "bank-b")
    assert code(place, token) == "finance.letter-conflict"  # the firm's number is used


def test_the_shape_is_told_whole(place: Place) -> None:
    with pytest.raises(Invalid) as caught:
        take(place, place.firm.letter(max_uses=0, purpose="loan", order=None))
    assert len(caught.value.problems) == 3
    assert all(each.code.startswith("shape.") for each in caught.value.problems)
    assert count(place) == 0


@pytest.mark.parametrize(
    "days",
    [
        {"valid_from": "2026-09-01"},
        {"data_from": "2026-02-01", "data_until": "2026-01-01"},
    ],
)
def test_its_days_are_in_order(place: Place, days: dict[str, str]) -> None:
    assert code(place, place.firm.letter(**days)) == "finance.days"
    assert take(place, place.firm.letter(data_until="2026-01-01")).row.data_from == ""


def test_the_last_day_is_a_day_in_china(place: Place) -> None:
    token = place.firm.letter(valid_until="2026-05-06")
    place.clock.skip(hours=13, minutes=59)  # 23:59 in China
    assert take(place, token).state(place.today) == "valid"
    place.clock.skip(minutes=1)
    assert (
        code(place, place.firm.letter(number="L2", valid_until="2026-05-06"))
        == "finance.letter-expired"
    )
    assert take_state(place) == "expired"


def take_state(place: Place) -> str:
    found = finance_letters.get(
        place.hub.store, finance_letters.identifier(place.hub, SELLER, "L1")
    )
    return found.state(place.today)


def test_a_letter_for_later_is_taken_in_now(place: Place) -> None:
    assert take(place, place.firm.letter(valid_from="2026-06-01")).state(place.today) == "not-yet"


def test_what_is_refused_leaves_nothing(place: Place) -> None:
    with pytest.raises(Forbidden):
        take(place, place.firm.sign({"grantor": {"uscc": BUYER}}, finance_token.LETTER))
    assert count(place) == 0 and place.entries("document") == []


def test_it_is_found_by_the_beginning_of_its_id(place: Place) -> None:
    found = take(place, place.firm.letter())
    assert finance_letters.find(place.hub.store, found.id[:8]) == found
    for start in ("", found.id[:3], "zzzz"):
        with pytest.raises(Rejected, match=r"finance\.no-letter"):
            finance_letters.find(place.hub.store, start)


def test_many_who_hand_it_in_at_once_get_one_letter(either: Place) -> None:
    hubs = either.hubs(3)
    token, rules = either.firm.letter(), either.rules

    def hand_in(hub: Any) -> Any:
        return lambda: (
            finance_letters.take(hub, rules, bank="bank-a", token=token, known=DATASETS).row
        )

    found = finance_stores.at_once([hand_in(hub) for hub in hubs * 4])
    assert set(found) == {found[0]}
    assert (count(either), len(either.entries("finance-letter"))) == (1, 1)
