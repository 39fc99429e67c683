"""Items that may be missing go where the unit has no system; everything else stays, or is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from matters import matter
from matters.matter import Matter
from zhida import matter_fit
from zhida.site import System

TEXT = """\
matter: told
title: 告知
lead: office
purpose: telling
retention: 1 year
opens_on: [{adapter: hub, unit: hub, stream: notice, gives: notice}]
identity: [notice/id]
items:
  letter: {title: 信件, unit: office, do: post.send, optional: true}
  call:   {title: 电话, unit: office, do: desk.call, optional: true, by_hand: {do: desk.visit}}
  file:   {title: 归档, unit: office, do: archive.keep, needs: [letter], after: [letter, call]}
"""


def system(name: str, adapter: str, unit: str = "office", **options: Any) -> System:
    return System(name, name, unit, adapter, "line", Path(), options)


@pytest.fixture
def told() -> Matter:
    return matter.of_text(TEXT, "told.yaml")


def test_what_the_unit_does_is_kept(told: Matter) -> None:
    there = [system("p", "post"), system("d", "desk", operations={"call": {}, "visit": {}})]
    assert matter_fit.fitted(told, there) is told


def test_what_it_does_not_is_left_out_and_nobody_waits_for_it(told: Matter) -> None:
    found = matter_fit.fitted(told, [system("d", "desk", operations={"visit": {}})])
    assert set(found.items) == {"file"}
    assert (found.items["file"].needs, found.items["file"].after) == ((), ())
    assert matter.from_definition(found.definition) == found
    assert found.digest != told.digest


def test_another_unit_s_system_does_not_count(told: Matter) -> None:
    found = matter_fit.fitted(told, [system("p", "post", unit="other")])
    assert "letter" not in found.items


def test_a_system_counts_by_its_name_too(told: Matter) -> None:
    found = matter_fit.fitted(told, [system("post", "generic", operations={"send": {}})])
    assert "letter" in found.items


def test_what_is_not_marked_stays_though_nobody_does_it(told: Matter) -> None:
    """The site's check tells of it: nothing is left out silently."""
    assert "file" in matter_fit.fitted(told, []).items
