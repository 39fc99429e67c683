"""What the keyring does not know, it does not trust; and a key is good for its time only (G8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crypto import certificates, keys
from exchange.errors import Forbidden
from exchange.keyring import Keyring, UnitCertificate

pytestmark = pytest.mark.guarantee("G8")

FROM = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2026, 12, 31, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Certificate:
    """As much of one as the keyring looks at."""

    public_key: keys.PublicKey
    valid_from: datetime = FROM
    valid_until: datetime = UNTIL


def ring(*known: tuple[str, Any]) -> Keyring:
    return Keyring(UnitCertificate(unit, certificate) for unit, certificate in known)


def refusal(found: Keyring, unit: str, kid: str, at: datetime) -> Forbidden:
    with pytest.raises(Forbidden) as refused:
        found.find(unit, kid, at)
    return refused.value


@pytest.mark.parametrize("at", [FROM, FROM + SECOND, UNTIL])
def test_a_key_is_good_while_its_certificate_is_valid(
    signer: keys.PrivateKey, at: datetime
) -> None:
    known = ring(("hospital", Certificate(signer.public)))
    assert known.find("hospital", signer.kid, at) == signer.public


@pytest.mark.parametrize("at", [FROM - SECOND, UNTIL + SECOND])
def test_before_and_after_it_is_not(signer: keys.PrivateKey, at: datetime) -> None:
    refused = refusal(ring(("hospital", Certificate(signer.public))), "hospital", signer.kid, at)
    assert refused.code == "certificate.not-valid"
    assert refused.facts["until"] == "2026-12-31T00:00:00.000000Z"


def test_a_key_speaks_for_its_own_unit_only(
    signer: keys.PrivateKey, other_key: keys.PrivateKey
) -> None:
    known = ring(("hospital", Certificate(signer.public)), ("tax", Certificate(other_key.public)))
    assert refusal(known, "tax", signer.kid, FROM).code == "certificate.unknown"
    assert refusal(known, "hospital", other_key.kid, FROM).code == "certificate.unknown"
    assert refusal(known, "nobody", signer.kid, FROM).code == "certificate.unknown"
    assert refusal(ring(), "hospital", signer.kid, FROM).code == "certificate.unknown"


def test_a_renewed_certificate_may_keep_its_key(signer: keys.PrivateKey) -> None:
    old = Certificate(signer.public)
    new = Certificate(signer.public, UNTIL + SECOND, UNTIL + timedelta(days=365))
    for order in ((old, new), (new, old)):
        known = ring(*(("hospital", each) for each in order))
        assert known.find("hospital", signer.kid, FROM) == signer.public
        assert known.find("hospital", signer.kid, UNTIL + timedelta(days=9)) == signer.public
        assert (
            refusal(known, "hospital", signer.kid, FROM - SECOND).facts["until"].startswith("2027")
        )
        assert known.certificates("hospital") == list(order)
    assert known.certificates("tax") == []


def test_a_real_certificate_will_do(signer: keys.PrivateKey) -> None:
    root_key = keys.generate("Ed25519")
    root = certificates.issue_ca("根", root_key, FROM, UNTIL)
    leaf = certificates.issue(
        "hospital", signer.public, root, root_key, valid_from=FROM, valid_until=UNTIL
    )
    assert ring(("hospital", leaf)).find("hospital", signer.kid, FROM) == signer.public
