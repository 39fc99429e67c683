"""A letter is worth as much as the certificate behind it is now, and each refusal is counted and written down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exchange.errors import Fatal, Forbidden
from tests.zhida import finance_stores
from tests.zhida.finance_town import DATASETS, SELLER, START, Authority, Firm, Place
from zhida import finance_access, finance_letters
from zhida.finance_access import Reading

place = finance_stores.place


def handed_in(place: Place, firm: Firm | None = None) -> str:
    token = (firm or place.firm).letter()
    return finance_letters.take(
        place.hub, place.rules, bank="bank-a", token=token, known=DATASETS
    ).id


def allow(place: Place, letter: str, number: str = "r1", bank: str = "bank-a") -> int:
    reading = Reading(number, bank, letter, ("invoice",), "order-finance", "c1")
    return finance_access.allow(place.hub, place.rules, reading).uses_left


def refused(place: Place, letter: str, number: str = "r1", bank: str = "bank-a") -> str:
    with pytest.raises(Forbidden) as caught:
        allow(place, letter, number, bank)
    return caught.value.code


def test_a_certificate_that_was_revoked_since_ends_the_reading(place: Place) -> None:
    letter = handed_in(place)
    assert allow(place, letter) == 9
    (place.trust / "ca.crl").write_bytes(place.authority.crl(place.firm.chain[0]))
    assert refused(place, letter, "r2") == "finance.certificate-revoked"
    assert refused(place, letter, "r1") == "finance.certificate-revoked"  # repeated: looked at anew
    last = place.entries("finance-read")[-2:]
    assert {entry["code"] for entry in last} == {"finance.certificate-revoked"}
    (place.trust / "ca.crl").write_bytes(place.authority.crl())
    assert allow(place, letter, "r3") == 8


def test_one_that_has_run_out_since_ends_it_too(place: Place) -> None:
    told = {"attributes": {"serial_number": SELLER}, "valid_until": START + timedelta(days=10)}
    firm = Firm(SELLER, place.authority)
    firm.chain[:] = [place.authority.issue("示例企业", firm.key, **told)]
    letter = handed_in(place, firm)
    allow(place, letter)
    place.clock.skip(days=11)
    assert refused(place, letter, "r2") == "finance.certificate-time"


def test_a_ca_that_does_not_count_any_more_and_a_list_that_is_out_of_date(place: Place) -> None:
    letter = handed_in(place)
    stale = place.authority.crl(until=START - timedelta(days=1))
    (place.trust / "ca.crl").write_bytes(stale)
    assert refused(place, letter) == "finance.crl-stale"
    (place.trust / "ca.crl").unlink()
    (place.trust / "ca.crt").write_bytes(Authority.make().certificate.pem)
    assert refused(place, letter, "r2") == "finance.untrusted"


def test_a_list_that_can_t_be_read_lets_nobody_read(place: Place) -> None:
    letter = handed_in(place)
    rules = place.rules  # as the endpoint had read them
    (place.trust / "ca.crl").write_bytes(b"no list")
    reading = Reading("r1", "bank-a", letter, ("invoice",), "order-finance", "c1")
    with pytest.raises(Fatal, match=r"finance\.trust-file"):
        finance_access.allow(place.hub, rules, reading)


def test_another_bank_learns_nothing_of_the_certificate(place: Place) -> None:
    letter = handed_in(place)
    (place.trust / "ca.crl").write_bytes(place.authority.crl(place.firm.chain[0]))
    assert refused(place, letter, bank="bank-b") == "finance.letter-unknown"


def test_what_the_letter_itself_forbids_is_told_first(place: Place) -> None:
    letter = handed_in(place)
    (place.trust / "ca.crl").write_bytes(place.authority.crl(place.firm.chain[0]))
    reading = Reading("r9", "bank-a", letter, ("invoice",), "after-loan", "c1")
    with pytest.raises(Forbidden, match=r"finance\.letter-purpose"):
        finance_access.allow(place.hub, place.rules, reading)
