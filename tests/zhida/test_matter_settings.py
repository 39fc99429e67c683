"""``name=value``: each name once, and nothing of another form."""

from __future__ import annotations

import doctest

import pytest

from exchange.errors import Fatal, Invalid
from zhida import matter_settings


@pytest.mark.parametrize("text", ["a", "=b", "a=", "a=b a=c"])
def test_a_setting_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(Fatal) as refused:
        matter_settings.pairs(text.split(), "item")
    assert refused.value.code == "matter.setting"


def test_lists_are_separated_by_commas() -> None:
    assert matter_settings.lists(["a=b, c", "d=e"], "needs") == {"a": ("b", "c"), "d": ("e",)}


def test_a_key_that_nobody_knows_is_told_with_the_nearest() -> None:
    assert matter_settings.settings(["title=甲=乙"]) == {"title": "甲=乙"}
    with pytest.raises(Invalid) as refused:
        matter_settings.settings(["titel=甲"])
    assert (refused.value.code, refused.value.facts["nearest"]) == ("matter.no-choice", "title")


def test_examples() -> None:
    assert doctest.testmod(matter_settings).failed == 0
