"""Keys and a small certificate chain of each suite, made once a run (they are values)."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from crypto import certificates, keys

SUITES = ("SM2-SM3", "Ed25519")
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Chain:
    """root → district → unit, with the private keys."""

    root_key: keys.PrivateKey
    district_key: keys.PrivateKey
    unit_key: keys.PrivateKey
    root: certificates.Certificate
    district: certificates.Certificate
    unit: certificates.Certificate


def make_chain(suite):
    root_key, district_key, unit_key = (keys.generate(suite) for _ in range(3))
    root = certificates.issue_ca("直达测试根", root_key, START, END)
    dates = {"valid_from": START, "valid_until": END}
    authority = {**dates, "usages": ("key_cert_sign", "crl_sign"), "path_length": 0}
    district = certificates.issue("直达测试区", district_key.public, root, root_key, **authority)
    unit = certificates.issue(
        "张小直医院", unit_key.public, district, district_key, organization="张小直医院", **dates
    )
    return Chain(root_key, district_key, unit_key, root, district, unit)


@pytest.fixture(scope="session", params=SUITES)
def suite(request):
    return request.param


@pytest.fixture(scope="session")
def key(suite):
    return keys.generate(suite)


@pytest.fixture(scope="session")
def other_key(suite):
    return keys.generate(suite)


@pytest.fixture(scope="session")
def chain(suite):
    return make_chain(suite)
