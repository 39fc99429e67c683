"""No login and no key in an address that a person sees, however oddly it is written."""

from __future__ import annotations

import doctest

import pytest

from exchange import addresses

WORD = "w0rd"
ODD = [
    f"postgresql://zhida:p/{WORD}@db/zhida",
    f"postgresql://zhida:p@{WORD}@db/zhida",
    f"postgresql://zhida:p {WORD}@db/zhida",
    f"postgresql://zhida:p?{WORD}#x@db/zhida",
    f"postgresql://zhida:p\n{WORD}@db/zhida",
    f"postgresql://db/zhida?sslkey={WORD}",
    f"hub:{WORD}@db",
    f"hub:a/{WORD}@db",
    f"https://{WORD}@db",
]


@pytest.mark.parametrize("address", ODD)
def test_no_word_of_the_login_is_seen_and_the_host_is(address: str) -> None:
    for shown in (addresses.without_login(address), addresses.host_and_port(address)):
        assert WORD not in shown
        assert "db" in shown


@pytest.mark.parametrize("text", ["", "10.0.0.8:2575", "https://h:1/a", "/srv/a", "a.b@example"])
def test_what_holds_no_login_stays(text: str) -> None:
    assert addresses.without_login(text) == text


def test_doctests() -> None:
    assert doctest.testmod(addresses).failed == 0
