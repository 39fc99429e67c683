"""A small matter's file that a test may change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exchange.errors import Invalid, Problem
from matters import matter

TEXT = """\
matter: grant
title: 补贴申领
lead: window
purpose: grant
retention: 3 years
opens_on:
  - {adapter: oa, unit: window, stream: "form:7", gives: form}
identity: [form/number]
items:
  check:
    title: 核验
    unit: tax
    do: tax.check
    gives: status
  pay:
    title: 发放
    unit: treasury
    do: treasury.pay
    needs: [check]
    irreversible: true
    within: {legal: 30 days, from: form/applied_on, article: 办法第七条}
  reply:
    title: 回填
    unit: window
    do: oa.reply
    after: [check, pay]
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str], Path]:
    """The file with one part replaced."""

    def write(old: str = "", new: str = "") -> Path:
        assert old in TEXT
        path = tmp_path / "matter.yaml"
        path.write_text(TEXT.replace(old, new, 1) if old else TEXT, "utf-8")
        return path

    return write


@pytest.fixture
def mistakes(written: Callable[[str, str], Path]) -> Callable[[str, str], list[Problem]]:
    """Everything that is wrong with the changed file."""

    def find(old: str, new: str) -> list[Problem]:
        with pytest.raises(Invalid) as refused:
            matter.load(written(old, new))
        return list(refused.value.problems)

    return find
