"""Which source fields a rule can't do without, whatever the record."""

from __future__ import annotations

import pytest

from mappings.rules import Choice, Condition, Rule

A, B = Choice("/a"), Choice("/b")
TOLD = Condition("present", ("/c",))


@pytest.mark.parametrize(
    ("rule", "needed"),
    [
        (Rule(1, "/x", (A,)), (("/a",),)),
        (Rule(1, "/x", (A, B)), (("/a", "/b"),)),
        (Rule(1, "/x", (A, Choice(const="1"))), ()),
        (Rule(1, "/x", (A,), required=False), ()),
        (Rule(1, "/x", (A,), default="1"), ()),
        (Rule(1, "/x", (A,), when=TOLD), ()),
        (Rule(1, "/x", join=("/a", "/b")), (("/a",), ("/b",))),
        (Rule(1, "/x", (A,), each=(Rule(2, "/y", (B,)),)), (("/a",), ("/a/*/b",))),
    ],
)
def test_what_a_rule_needs(rule: Rule, needed: tuple[tuple[str, ...], ...]) -> None:
    assert rule.needed() == needed
