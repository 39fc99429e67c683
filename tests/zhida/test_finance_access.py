"""Each reading is asked anew: counted exactly, refused with its reason, and written down either way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exchange.errors import Forbidden, Invalid
from exchange.store import finance_rows
from tests.zhida import finance_stores
from tests.zhida.finance_town import BANK_B, DATASETS, FINANCE, Place
from zhida import finance_access, finance_letters
from zhida.finance_access import REQUEST, Allowed, Reading
from zhida.finance_watch import ACT

place, either = finance_stores.place, finance_stores.either


def handed_in(place: Place, **changed: Any) -> str:
    token = place.firm.letter(**changed)
    return finance_letters.take(
        place.hub, place.rules, bank="bank-a", token=token, known=DATASETS
    ).id


def reading(letter: str, number: str = "r1", **changed: Any) -> Reading:
    return replace(
        Reading(number, "bank-a", letter, ("invoice",), "order-finance", "c1"), **changed
    )


def allow(place: Place, wanted: Reading) -> Allowed:
    return finance_access.allow(place.hub, place.rules, wanted)


def refused(place: Place, wanted: Reading) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Forbidden) as caught:
        allow(place, wanted)
    return caught.value.code, caught.value.facts


def uses(place: Place, letter: str) -> int:
    return finance_letters.get(place.hub.store, letter).row.uses


def test_it_is_counted_and_written_down(place: Place) -> None:
    letter = handed_in(place, data_from="2025-01-01")
    found = allow(place, reading(letter, datasets=("tax-grade", "invoice")))
    assert (found.uses_left, found.again, found.data_from, found.data_until) == (
        9,
        False,
        "2025-01-01",
        "",
    )
    [entry] = place.entries("finance-read")
    assert entry | {"at": ""} == {
        "kind": "finance-read", "ref": "r1", "case": "c1", "at": "", "bank": "bank-a", "letter": letter,
        "act": "read", "purpose": "order-finance", "datasets": ["invoice", "tax-grade"], "granted": True,
        "again": False, "code": "",
    }  # fmt: skip
    assert uses(place, letter) == 1


# --- refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letter", "wanted", "code", "facts"),
    [
        ({"valid_from": "2026-05-07"}, {}, "finance.letter-not-yet", {"since": "2026-05-07"}),
        ({}, {"datasets": ("invoice", "court")}, "finance.letter-dataset", {"dataset": "court"}),
        ({}, {"purpose": "after-loan"}, "finance.letter-purpose", {"purpose": "order-finance"}),
        ({"purpose": "after-loan"}, {}, "finance.letter-purpose", {"purpose": "after-loan"}),
        ({}, {"order": "PO-2026-008"}, "finance.letter-order", {}),
    ],
)
def test_each_refusal_has_its_reason_and_is_written_down(
    place: Place, letter: dict[str, Any], wanted: dict[str, Any], code: str, facts: dict[str, Any]
) -> None:
    identifier = handed_in(place, **letter)
    assert refused(place, reading(identifier, **wanted)) == (code, facts)
    [entry] = place.entries("finance-read")
    assert (entry["granted"], entry["code"], entry["letter"]) == (False, code, identifier)
    assert uses(place, identifier) == 0


def test_a_letter_ends_with_its_last_day_in_china(place: Place) -> None:
    letter = handed_in(place, valid_until="2026-05-06")
    place.clock.skip(hours=13, minutes=59)
    allow(place, reading(letter))
    place.clock.skip(minutes=1)
    assert refused(place, reading(letter, "r2")) == (
        "finance.letter-expired",
        {"until": "2026-05-06"},
    )


def test_both_purposes_may_stand_in_one_letter(place: Place) -> None:
    letter = handed_in(place, purpose="order-finance-and-after-loan")
    allow(place, reading(letter))
    allow(place, reading(letter, "r2", purpose="after-loan"))


def test_the_order_is_the_letters_however_it_is_written(place: Place) -> None:
    letter = handed_in(place)
    assert allow(place, reading(letter, order="ｐｏ－２０２６ \u2013 007"))


def test_the_last_use_is_the_last(place: Place) -> None:
    letter = handed_in(place, max_uses=2)
    assert [allow(place, reading(letter, f"r{n}")).uses_left for n in (1, 2)] == [1, 0]
    assert refused(place, reading(letter, "r3")) == ("finance.letter-used-up", {"most": 2})


def test_a_foreign_letter_is_told_as_one_that_is_not_there(place: Place) -> None:
    letter = handed_in(place)
    unknown = refused(place, reading("0" * 32, "r1", bank="bank-b"))
    foreign = refused(place, reading(letter, "r2", bank="bank-b"))
    assert foreign == unknown == ("finance.letter-unknown", {})
    told = [each | dict.fromkeys(("letter", "ref")) for each in place.entries("finance-read")]
    assert told[0] == told[1]
    assert uses(place, letter) == 0


def test_a_foreign_letter_is_unknown_whatever_its_state(place: Place) -> None:
    letter = handed_in(place, valid_until="2026-05-06", max_uses=1)
    allow(place, reading(letter))
    place.clock.skip(days=1)
    assert (
        refused(place, reading(letter, "r2", bank="bank-b", datasets=("court",)))[0]
        == "finance.letter-unknown"
    )


# --- the same once more -----------------------------------------------------------------------


def test_a_retry_counts_once(place: Place) -> None:
    letter = handed_in(place, max_uses=1)
    assert allow(place, reading(letter)).again is False
    found = allow(place, reading(letter))
    assert (found.again, found.uses_left, uses(place, letter)) == (True, 0, 1)
    assert [e["again"] for e in place.entries("finance-read")] == [False, True]


def test_a_retry_is_no_way_to_read_for_ever(place: Place) -> None:
    letter = handed_in(place)
    allow(place, reading(letter))
    place.clock.skip(minutes=15)
    allow(place, reading(letter))
    place.clock.skip(seconds=1)
    assert refused(place, reading(letter)) == ("finance.reading-over", {"minutes": 15})


@pytest.mark.parametrize(
    "changed",
    [{"datasets": ("invoice", "registry")}, {"case": "c2"}, {"act": REQUEST}, {"letter": "0" * 32}],
)
def test_an_id_means_one_reading(place: Place, changed: dict[str, Any]) -> None:
    mine = reading(handed_in(place))
    allow(place, mine)
    assert refused(place, replace(mine, **changed))[0] == "finance.reading-conflict"
    assert allow(place, mine).again  # what was decided before stands


def test_another_bank_may_use_the_same_id(place: Place) -> None:
    allow(place, reading(handed_in(place)))
    told = {"bank": {"uscc": BANK_B, "name": "示例银行乙"}, "number": "L9"}
    token = place.firm.letter(**told)
    theirs = finance_letters.take(
        place.hub, place.rules, bank="bank-b", token=token, known=DATASETS
    ).id
    assert allow(place, reading(theirs, bank="bank-b")).again is False


def test_what_was_refused_may_be_asked_again(place: Place) -> None:
    letter = handed_in(place, valid_from="2026-05-07")
    assert refused(place, reading(letter))[0] == "finance.letter-not-yet"
    place.clock.skip(days=1)
    assert allow(place, reading(letter)).again is False
    assert uses(place, letter) == 1


# --- quotas -----------------------------------------------------------------------------------


def limited(place: Place) -> None:
    few = FINANCE.replace(
        "requests_per_day: 200, reads_per_day: 2000", "requests_per_day: 1, reads_per_day: 2", 1
    )
    place.write("finance.yaml", few)


def test_a_bank_has_its_turns_of_a_day_in_china(place: Place) -> None:
    limited(place)
    letter = handed_in(place)
    allow(place, reading(letter))
    allow(place, reading(letter))  # a retry takes none
    allow(place, reading(letter, "r2"))
    assert refused(place, reading(letter, "r3")) == (
        "finance.quota",
        {"most": 2, "day": "2026-05-06", "retry_after": 14 * 3600},  # it is ten in China
    )
    assert allow(place, reading(letter, "r1")).again  # nor is it refused for want of one
    place.clock.skip(hours=14)
    allow(place, reading(letter, "r4"))


def test_requests_have_turns_of_their_own(place: Place) -> None:
    limited(place)
    letter = handed_in(place)
    allow(place, reading(letter, act=REQUEST))
    assert refused(place, reading(letter, "r2", act=REQUEST))[0] == "finance.quota"
    allow(place, reading(letter, "r3"))


def test_the_watch_of_many_loans_is_bounded_by_their_letters_alone(place: Place) -> None:
    limited(place)
    letter = handed_in(place, max_uses=3)
    for n in range(3):
        allow(place, reading(letter, f"w{n}", act=ACT))
    assert refused(place, reading(letter, "w3", act=ACT))[0] == "finance.letter-used-up"


def test_trying_out_letters_uses_turns_up(place: Place) -> None:
    limited(place)
    codes = [refused(place, reading(f"{n:032}", f"r{n}"))[0] for n in range(4)]
    assert codes == ["finance.letter-unknown"] * 2 + ["finance.quota"] * 2
    assert refused(place, reading(handed_in(place), "r9"))[0] == "finance.quota"
    assert len(place.entries("finance-read")) == 5


def test_each_bank_has_its_own(place: Place) -> None:
    limited(place)
    for n in range(3):
        refused(place, reading("0" * 32, f"r{n}"))
    assert refused(place, reading("0" * 32, bank="bank-b"))[0] == "finance.letter-unknown"


# --- what can't be asked ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed", [{"id": ""}, {"id": "王 3201"}, {"datasets": ()}, {"datasets": ("Tax",)}]
)
def test_what_cannot_stand_in_the_ledger_is_not_asked(
    place: Place, changed: dict[str, Any]
) -> None:
    with pytest.raises(Invalid, match=r"finance\.reading-form"):
        allow(place, replace(reading(handed_in(place)), **changed))
    assert place.entries("finance-read") == []


def test_who_is_no_bank_reads_nothing(place: Place) -> None:
    assert refused(place, reading(handed_in(place), bank="hub"))[0] == "finance.not-a-bank"


# --- at the same moment -----------------------------------------------------------------------


def test_fifty_who_read_by_ten_uses_are_ten(either: Place) -> None:
    hubs = either.hubs(5)
    letter, rules = handed_in(either), either.rules

    def read(n: int) -> Any:
        return lambda: finance_access.allow(hubs[n % 5], rules, reading(letter, f"r{n}"))

    found = finance_stores.at_once([read(n) for n in range(50)])
    granted = [each for each in found if isinstance(each, Allowed)]
    assert sorted(each.uses_left for each in granted) == list(range(10))
    assert [each.code for each in found if isinstance(each, Forbidden)] == [
        "finance.letter-used-up"
    ] * 40
    assert uses(either, letter) == 10
    assert sum(each["granted"] for each in either.entries("finance-read")) == 10
    assert len(either.entries("finance-read")) == 50


def test_one_reading_that_many_send_at_once_is_counted_once(either: Place) -> None:
    hubs = either.hubs(2)
    letter, rules = handed_in(either), either.rules
    ask = [lambda hub=hub: finance_access.allow(hub, rules, reading(letter)) for hub in hubs * 4]
    found = finance_stores.at_once(ask)
    assert sorted(each.again for each in found) == [False] + [True] * 7
    assert uses(either, letter) == 1


def test_what_broke_in_the_middle_was_not_counted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter, put = handed_in(place), finance_rows.put_read
    with monkeypatch.context() as patch:
        patch.setattr(finance_rows, "put_read", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            allow(place, reading(letter))
    assert (uses(place, letter), place.entries("finance-read")) == (0, [])
    assert finance_rows.put_read is put
    assert allow(place, reading(letter)).uses_left == 9
