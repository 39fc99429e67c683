"""A letter is taken back by its firm, or by two operators on the firm's paper; the next reading stops."""

from __future__ import annotations

import pytest

from exchange.errors import Forbidden, Invalid, Rejected, ZhidaError
from exchange.store import finance_rows
from tests.zhida import finance_stores
from tests.zhida.finance_town import BUYER, DATASETS, SELLER, Authority, Firm, Place
from zhida import finance_access, finance_letters, finance_revoking, proposals
from zhida.finance_access import Reading
from zhida.proposals import Wish
from zhida.site_operators import APPROVE, OPERATE

place = finance_stores.place


def handed_in(place: Place) -> str:
    token = place.firm.letter()
    return finance_letters.take(
        place.hub, place.rules, bank="bank-a", token=token, known=DATASETS
    ).id


def revoke(place: Place, token: str) -> str:
    return finance_revoking.revoke(place.hub, place.rules, token=token)


def read(place: Place, letter: str, number: str = "r1") -> str:
    reading = Reading(number, "bank-a", letter, ("invoice",), "order-finance")
    try:
        finance_access.allow(place.hub, place.rules, reading)
    except Forbidden as error:
        return error.code
    return "granted"


def test_the_next_reading_is_refused(place: Place) -> None:
    letter = handed_in(place)
    assert read(place, letter) == "granted"
    assert revoke(place, place.firm.revocation()) == letter
    assert read(place, letter, "r2") == "finance.letter-revoked"
    assert read(place, letter) == "finance.letter-revoked"  # a retry of what was granted too


def test_what_the_firm_signed_is_kept(place: Place) -> None:
    letter = handed_in(place)
    revoke(place, place.firm.revocation())
    with place.hub.store.read() as connection:
        row = finance_rows.revocation(connection, letter)
    assert row is not None
    assert place.hub.archive.get(row.document).record["reason"] == "不再融资"
    [entry] = place.entries("finance-revoked")
    assert (entry["ref"], entry["by"], entry["document"]) == (letter, "firm", row.document)


def test_twice_is_once(place: Place) -> None:
    handed_in(place)
    revoke(place, place.firm.revocation())
    revoke(place, place.firm.revocation(reason="再说一次"))
    assert len(place.entries("finance-revoked")) == 1


def test_handing_the_letter_in_again_does_not_revive_it(place: Place) -> None:
    handed_in(place)
    revoke(place, place.firm.revocation())
    assert read(place, handed_in(place)) == "finance.letter-revoked"


def test_a_letter_may_be_taken_back_before_its_bank_has_handed_it_in(place: Place) -> None:
    revoke(place, place.firm.revocation())
    assert read(place, handed_in(place)) == "finance.letter-revoked"


@pytest.mark.parametrize("revocable", [True, False])
def test_whatever_the_letter_says_of_it(place: Place, revocable: bool) -> None:
    token = place.firm.letter(revocable=revocable)
    letter = finance_letters.take(
        place.hub, place.rules, bank="bank-a", token=token, known=DATASETS
    ).id
    revoke(place, place.firm.revocation())
    assert read(place, letter) == "finance.letter-revoked"


def test_nobody_else_takes_it_back(place: Place) -> None:
    letter = handed_in(place)
    revoke(place, Firm(BUYER, place.authority).revocation())  # its own letter of that number
    for token, code in (
        (Firm(BUYER, place.authority).revocation(grantor=SELLER), "finance.other-grantor"),
        (Firm(SELLER, Authority.make()).revocation(), "finance.untrusted"),
        (place.firm.letter(), "finance.token-type"),
    ):
        with pytest.raises(ZhidaError) as caught:
            revoke(place, token)
        assert caught.value.code == code
    with pytest.raises(Invalid):
        revoke(place, place.firm.revocation(reason=""))
    assert read(place, letter) == "granted"


# --- on paper ---------------------------------------------------------------------------------


def propose(place: Place, letter: str) -> str:
    wish = Wish(finance_revoking.REVOKE, "", letter, "企业来函要求撤回")
    return proposals.propose(place.hub, place.operator("wang", OPERATE), wish).id


def test_two_operators_take_it_back_on_the_firms_paper(place: Place) -> None:
    letter = handed_in(place)
    proposal = propose(place, letter)
    assert read(place, letter) == "granted"
    proposals.approve(place.hub, place.operator("li", APPROVE), proposal)
    assert read(place, letter, "r2") == "finance.letter-revoked"
    [entry] = place.entries("finance-revoked")
    assert (entry["by"], entry["document"]) == ("operator", proposal)
    assert [e["operator"] for e in place.entries("proposal") + place.entries("decision")] == [
        "wang",
        "li",
    ]


def test_one_alone_cannot(place: Place) -> None:
    letter = handed_in(place)
    proposal = propose(place, letter)
    with pytest.raises(Forbidden, match="same-person"):
        proposals.approve(place.hub, place.operator("wang", APPROVE), proposal)
    assert read(place, letter) == "granted"


def test_what_is_there_no_more_needs_no_proposal(place: Place) -> None:
    with pytest.raises(Rejected, match=r"finance\.no-letter"):
        propose(place, "0" * 32)
    letter = handed_in(place)
    proposal = propose(place, letter)
    revoke(place, place.firm.revocation())
    with pytest.raises(Rejected, match=r"proposal\.stale"):
        proposals.approve(place.hub, place.operator("li", APPROVE), proposal)
    with pytest.raises(Rejected, match=r"finance\.revoked-already"):
        propose(place, letter)
