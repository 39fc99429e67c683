"""A unit's key and certificate under a root of its own, valid in all the years of the tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from crypto import certificates, keys
from crypto.certificates import Certificate
from crypto.keys import PrivateKey

FROM, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)


class Issued(NamedTuple):
    """Root, certificate, key."""

    root: Certificate
    leaf: Certificate
    key: PrivateKey


def issue(name: str, organization: str) -> Issued:
    """Anew at each call."""
    authority, key = keys.generate("Ed25519"), keys.generate("Ed25519")
    root = certificates.issue_ca(f"{name} root", authority, FROM, UNTIL, organization="示例根CA")
    leaf = certificates.issue(
        name,
        key.public,
        root,
        authority,
        valid_from=FROM,
        valid_until=UNTIL,
        organization=organization,
    )
    return Issued(root, leaf, key)
