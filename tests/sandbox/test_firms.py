"""Firms that sign: the CA once, the code in the certificate, the record as canonical JSON."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from crypto import certificates, jws
from exchange import canonical
from mappings import shapes
from sandbox import firms
from sandbox.firms import BANKS, SELLERS, Firms
from zhida import finance_token


@pytest.mark.parametrize("suite", ["SM2-SM3", "Ed25519"])
def test_a_letter_is_what_its_firm_has_signed(tmp_path: Path, suite: str) -> None:
    firms.make(tmp_path, "secret", suite)
    before = (tmp_path / "trust/enterprises/firms.crt").read_bytes()
    firms.make(tmp_path, "secret", suite)
    assert (tmp_path / "trust/enterprises/firms.crt").read_bytes() == before
    firm = Firms(tmp_path, "secret").firm(SELLERS[0])
    assert finance_token.firm_of(firm.certificate) == SELLERS[0]["uscc"]
    header, payload = jws.verify(
        firm.letter("L1", BANKS["bank-a"], "PO-1"), firm.certificate.public_key
    )
    assert header["typ"] == firms.LETTER == finance_token.LETTER.type
    leaf = certificates.load(base64.b64decode(header["x5c"][0]))
    assert leaf.public_key == firm.certificate.public_key
    record = canonical.loads(payload)
    shapes.SHIPPED.validate("finance-letter", record)
    assert canonical.dumps(record) == payload


def test_a_revocation_is_one(tmp_path: Path) -> None:
    firms.make(tmp_path, "secret", "Ed25519")
    firm = Firms(tmp_path, "secret").firm(SELLERS[1])
    header, payload = jws.verify(firm.revocation("L1"), firm.certificate.public_key)
    assert header["typ"] == firms.REVOCATION == finance_token.REVOCATION.type
    shapes.SHIPPED.validate("finance-revocation", canonical.loads(payload))
