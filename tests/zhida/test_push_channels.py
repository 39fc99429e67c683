"""What ``grants.yaml`` says of the way to a firm, and what is wrong with it."""

from __future__ import annotations

import doctest
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.errors import Invalid, Problem
from matters import files
from zhida import push_channels
from zhida.grants_schema import SCHEMA
from zhida.push_channels import Channels

HEAD = "facts: [{system: a, fresh: 2 days}]\n"


def told(text: str, items: str = "push") -> list[Problem]:
    found = files.parse(HEAD + text, SCHEMA, name="grants.yaml")
    matters = {"grant-push": SimpleNamespace(items=items.split())} if items else {}
    site: Any = SimpleNamespace(matters=matters, folder=Path("/nowhere"))
    return list(push_channels.mistakes(site, found, "grants.yaml"))


def test_its_examples_hold() -> None:
    assert doctest.testmod(push_channels).failed == 0


def test_nothing_is_pushed_unless_it_is_written() -> None:
    assert push_channels.read({}) == Channels()
    assert Channels().of("patents") == ""
    assert told("") == told("", items="") == []


def test_what_the_site_has_is_right() -> None:
    assert told("push: {via: portal, policies: {patents: none}}") == []
    assert told("push: {policies: {patents: sms, otc-listing: portal}}", "push sms") == []


def test_a_policy_that_there_is_not_is_told_with_the_nearest_and_its_line() -> None:
    (problem,) = told("push:\n  policies:\n    patent: portal\n")
    assert problem.code == "grants.push-policy"
    assert (problem.facts["nearest"], problem.facts["line"]) == ("patents", 4)


@pytest.mark.parametrize(
    ("way", "items"), [("sms", "push"), ("officer", "push sms"), ("portal", "")]
)
def test_a_way_that_the_site_does_not_have_is_told(way: str, items: str) -> None:
    for text in (f"push: {{via: {way}}}", f"push: {{policies: {{patents: {way}}}}}"):
        (problem,) = told(text, items)
        assert (problem.code, problem.facts["channel"]) == ("grants.push-channel", way)


def test_another_word_is_refused() -> None:
    with pytest.raises(Invalid):
        told("push: {via: wechat}")
