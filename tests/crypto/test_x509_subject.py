"""The numbers in a certificate's subject are read wherever its CA has put them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crypto import certificates, keys, x509_subject
from crypto.errors import Malformed
from crypto.x509_certificate import Certificate

FROM, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
ALL = (
    x509_subject.SERIAL_NUMBER,
    x509_subject.ORGANIZATION_IDENTIFIER,
    x509_subject.ORGANIZATIONAL_UNIT,
)


def certificate(**attributes: str) -> Certificate:
    key = keys.generate("Ed25519")
    root = certificates.issue_ca("root", key, FROM, UNTIL)
    years = {"valid_from": FROM, "valid_until": UNTIL}
    return certificates.issue("firm", key.public, root, key, attributes=attributes, **years)


@pytest.mark.parametrize("name", ALL)
def test_a_number_is_found_in_its_attribute_and_in_no_other(name: str) -> None:
    found = certificate(**{name: "91320117MA0000015D"})
    assert found.common_name == "firm"
    assert x509_subject.values(found, [name]) == ("91320117MA0000015D",)
    assert x509_subject.values(found, set(ALL) - {name}) == ()


def test_all_of_several_are_told() -> None:
    found = certificate(serial_number="1", organizational_unit_name="财务部")
    assert set(x509_subject.values(found, ALL)) == {"1", "财务部"}


def test_a_number_that_no_certificate_can_hold_is_refused() -> None:
    with pytest.raises(Malformed, match="certificate-name"):
        certificate(serial_number="9" * 65)
