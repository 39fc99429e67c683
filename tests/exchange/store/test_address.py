"""Where a database is, whatever its password looks like."""

from __future__ import annotations

import doctest

import pytest

from exchange.errors import Fatal
from exchange.store import address
from exchange.store.address import Place


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://zhida:p/w@db/zhida", Place("postgresql", "db", 0)),
        ("postgresql://zhida:p:w/x@[::1]:5433/zhida", Place("postgresql", "::1", 5433)),
        ("oracle+oracledb://db.example:1599/?service_name=x", Place("oracle", "db.example", 1599)),
        ("sqlite:////var/zhida/store.db", Place("sqlite", "", 0)),
    ],
)
def test_server_and_port(url: str, place: Place) -> None:
    assert address.place(url) == place


@pytest.mark.parametrize("url", ["", "db", "postgresql://db:x/zhida"])
def test_what_is_no_address_is_told_without_it(url: str) -> None:
    with pytest.raises(Fatal, match=r"store\.url"):
        address.place(url)


def test_doctests() -> None:
    assert doctest.testmod(address).failed == 0
