"""Firms with certificates of their own, which sign letters to banks (invented; a real CA is licensed).

::

    trust/enterprises/firms.crt    the CA's certificate: what the hub's site names
    enterprises/ca.key             its key, encrypted

A firm's code stands in its certificate's subject (serialNumber), as such CAs write it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crypto import certificates, jws, keys
from crypto.certificates import Certificate
from crypto.keys import PrivateKey
from sandbox.moments import china_time
from sandbox.pki import ITERATIONS
from sandbox.tls import write_secret
from sandbox.uscc import compose

LETTER, REVOCATION = "zhida-finance-letter+jws", "zhida-finance-revocation+jws"
_NAME = "示例企业证书签发机构"
BUYER = {"uscc": compose("320116", 1), "name": "示例重工集团有限公司"}
SELLERS = tuple(
    {"uscc": compose("320116", number), "name": f"示例精密零件{number:02}有限公司"}
    for number in range(2, 10)
)
BANKS = {
    "bank-a": {"uscc": compose("320116", 11), "name": "示例甲银行六合支行"},
    "bank-b": {"uscc": compose("320116", 12), "name": "示例乙银行六合支行"},
}
DATASETS = (
    *("order", "registry", "tax", "social-insurance", "credit", "court", "core-list", "cumulative"),
    *("duplicates", "pledge", "delivery", "invoices", "opinion", "assignable"),
)
"""What a letter that hides nothing names."""


def make(folder: Path, secret: str, suite: str = "SM2-SM3") -> None:
    """The CA, once. ``secret`` protects its key."""
    place = folder / "trust" / "enterprises" / "firms.crt"
    if place.exists():
        return
    key = keys.generate(suite)
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    root = certificates.issue_ca(_NAME, key, begin, begin + timedelta(days=3650))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(root.pem)
    write_secret(
        folder / "enterprises" / "ca.key", key.to_pem(secret.encode(), iterations=ITERATIONS)
    )


@dataclass(frozen=True)
class Firm:
    """One firm that can sign."""

    uscc: str
    name: str
    key: PrivateKey
    certificate: Certificate

    def sign(self, record: Mapping[str, Any], kind: str) -> str:
        """A compact JWS with the certificate in its header."""
        chain = [base64.b64encode(self.certificate.der).decode()]
        return jws.sign(_canonical(record), self.key, {"typ": kind, "x5c": chain})

    def letter(self, number: str, bank: Mapping[str, str], order: str, **changed: Any) -> str:
        """A letter for this bank and order, valid from today for a month, ten times; signed."""
        return self.sign(self.letter_record(number, bank, order, **changed), LETTER)

    def letter_record(
        self, number: str, bank: Mapping[str, str], order: str, **changed: Any
    ) -> dict[str, Any]:
        """What it signs."""
        today = datetime.now(UTC) + timedelta(hours=8)
        told = {
            "number": number,
            "grantor": {"uscc": self.uscc, "name": self.name},
            "bank": dict(bank),
            "purpose": "order-finance-and-after-loan",
            "order": order,
            "datasets": list(DATASETS),
            "valid_from": china_time("%Y-%m-%d"),
            "valid_until": (today + timedelta(days=30)).date().isoformat(),
            "max_uses": 10,
            "text_digest": hashlib.sha256(f"{number}/{order}".encode()).hexdigest(),
        }
        return told | changed

    def revocation(self, letter: str) -> str:
        """It takes a letter back; signed."""
        told = {"letter": letter, "grantor": self.uscc, "reason": "不再需要贷款"}
        told["revoked_on"] = china_time("%Y-%m-%d")
        return self.sign(told, REVOCATION)


class Firms:
    """The firms of a district's folder. ``secret``: of the CA's key."""

    def __init__(self, folder: Path, secret: str) -> None:
        pem = (folder / "trust" / "enterprises" / "firms.crt").read_bytes()
        self._root = certificates.load(pem)
        self._key = keys.load_private(
            (folder / "enterprises" / "ca.key").read_bytes(), secret.encode()
        )

    def firm(self, told: Mapping[str, str]) -> Firm:
        """A firm with a fresh certificate."""
        key = keys.generate(self._key.suite)
        certificate = certificates.issue(
            told["name"],
            key.public,
            self._root,
            self._key,
            valid_from=self._root.valid_from,
            valid_until=self._root.valid_from + timedelta(days=365),
            attributes={"serial_number": told["uscc"]},
        )
        return Firm(told["uscc"], told["name"], key, certificate)


def _canonical(record: Mapping[str, Any]) -> bytes:
    """Sorted keys, no blanks, UTF-8 (RFC 8785, for texts and whole numbers)."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
