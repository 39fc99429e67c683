"""Every problem code has a place of its own on its page."""

from __future__ import annotations

import doctest

from docs.web import codes
from exchange.problems import catalogue


def test_its_examples() -> None:
    assert doctest.testmod(codes) == (0, 1)


def test_no_two_codes_share_a_place() -> None:
    known = catalogue()
    assert len({codes.anchor(code) for code in known}) == len(known) > 1000
