"""How long an old list will do, and which of two times counts (G9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crypto import certificates, keys
from crypto.certificates import Revocation
from exchange.errors import Forbidden, NotYet
from exchange.revocation import FRESH, NONE, OVER, STALE, Revocations, Watched, Withdrawal

pytestmark = pytest.mark.guarantee("G9")
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True)
class Made:
    root: Any
    leaf: Any
    crl: Any
    other: Any


@pytest.fixture(scope="module", params=["SM2-SM3", "Ed25519"])
def made(request: pytest.FixtureRequest) -> Made:
    root_key, key = keys.generate(request.param), keys.generate(request.param)
    root = certificates.issue_ca("根", root_key, START, END)
    dates = {"valid_from": START, "valid_until": END}
    leaf, other = (
        certificates.issue("hospital", key.public, root, root_key, **dates) for _ in range(2)
    )
    crl = certificates.issue_crl(
        root,
        root_key,
        [Revocation(leaf.serial, NOW, "key_compromise")],
        this_update=NOW,
        next_update=NOW + DAY,
        number=7,
    )
    return Made(root, leaf, crl, other)


def known(made: Made, **more: Any) -> Revocations:
    watched = Watched(made.root, 7 * DAY, made.crl)
    return Revocations({made.root.public_key.kid: watched}, **more)


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (0 * DAY, FRESH),
        (DAY, FRESH),
        (DAY + SECOND, STALE),
        (8 * DAY, STALE),
        (8 * DAY + SECOND, OVER),
    ],
)
def test_a_list_is_fresh_then_on_its_budget_then_over(
    made: Made, after: timedelta, state: str
) -> None:
    watched = Watched(made.root, 7 * DAY, made.crl)
    assert watched.state(NOW + after) == state
    assert Watched(made.root, 7 * DAY).state(NOW + after) == NONE


def test_what_came_before_the_revocation_is_good_and_what_came_at_it_is_not(made: Made) -> None:
    path, revocations = [made.leaf, made.root], known(made)
    revocations.check(path, now=NOW, known_at=NOW - SECOND)
    for known_at in (NOW, NOW + SECOND, None):
        with pytest.raises(Forbidden, match=r"certificate\.revoked") as caught:
            revocations.check(path, now=NOW, known_at=known_at)
    assert caught.value.facts["reason"] == "key_compromise"
    revocations.check([made.other, made.root], now=NOW, known_at=None)


def test_what_just_comes_is_refused_even_if_its_revocation_is_yet_to_come(made: Made) -> None:
    """Our clock is behind the authority's."""
    early = NOW - timedelta(minutes=10)
    with pytest.raises(Forbidden, match=r"certificate\.revoked"):
        known(made).check([made.leaf, made.root], now=early, known_at=None)


def test_without_a_list_that_will_do_nothing_can_be_told(made: Made) -> None:
    path = [made.other, made.root]
    with pytest.raises(NotYet, match=r"revocation\.over") as caught:
        known(made).check(path, now=NOW + 9 * DAY, known_at=NOW - DAY)
    assert caught.value.facts["retry_after"]
    none = Revocations({made.root.public_key.kid: Watched(made.root, DAY)})
    with pytest.raises(NotYet, match=r"revocation\.none"):
        none.check(path, now=NOW, known_at=None)
    Revocations().check(path, now=NOW, known_at=None)  # nobody asks for lists


def test_a_key_is_withdrawn_wherever_it_stands_in_the_path(made: Made) -> None:
    for held in (made.leaf, made.root):
        withdrawn = {held.public_key.kid: Withdrawal(NOW, "怀疑泄露")}
        revocations = Revocations({}, withdrawn)
        revocations.check([made.leaf, made.root], now=NOW, known_at=NOW - SECOND)
        with pytest.raises(Forbidden, match=r"key\.withdrawn") as caught:
            revocations.check([made.leaf, made.root], now=NOW, known_at=None)
        assert caught.value.facts["reason"] == "怀疑泄露"


def test_a_list_says_its_number_and_whose_key_signed_it(made: Made) -> None:
    assert made.crl.number == 7
    assert made.crl.issuer_key_id == made.root.key_id
    assert certificates.names_issuer(made.crl, made.root)
    assert made.crl.reasons == {made.leaf.serial: "key_compromise"}


def test_the_list_of_an_authoritys_other_key_is_another(made: Made) -> None:
    own = keys.generate(made.root.public_key.suite)
    renewed = certificates.issue_ca("根", own, START, END)
    assert renewed.subject == made.root.subject
    assert not certificates.names_issuer(made.crl, renewed)
