"""A small matter's file, and a policy's, that a test may change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exchange.errors import Invalid, Problem
from matters import matter, policy_file
from matters.facts import Fact, Kind
from matters.policy import Policy, PolicyGroup
from matters.policy_reading import Known

FORMAT = Path(__file__).resolve().parents[2] / "docs" / "policy-format.md"
CATALOGUE: dict[str, Kind] = {
    "district": "code", "firm_size": "code", "otc_listed": "flag", "serious_dishonesty": "flag",
    "ui_full_months": "count", "insured_end_y1": "count", "insured_end_y2": "count",
    "ui_recipients_y1": "count", "graduates": "count", "ui_paid_y1": "money",
    "other_jobs_grant_fen": "money", "revenue_y1": "money", "revenue_y2": "money",
    "listed_on": "date", "registered_on": "date",
}  # fmt: skip
SIZES = {"large": "大型", "medium": "中型", "small": "小型", "micro": "微型"}

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


@pytest.fixture(scope="session")
def known() -> Known:
    """What the policies of tests may name."""
    facts = {
        name: Fact(name, f"事实{name}", kind, "registry", SIZES if name == "firm_size" else {})
        for name, kind in CATALOGUE.items()
    }
    groups = {"jobs-keeping": PolicyGroup("jobs-keeping", "稳岗", "highest", None, "虚构")}
    return Known(facts, groups, {"stable-jobs", "training-retention", "other"})


@pytest.fixture(scope="session")
def policy_text() -> str:
    """The policy that docs/policy-format.md shows."""
    return FORMAT.read_text("utf-8").split("```yaml\n")[1].split("```")[0]


@pytest.fixture
def policy_with(known: Known, policy_text: str) -> Callable[..., Policy]:
    """That policy with some parts replaced: old, new, old, new."""

    def read(*changes: str) -> Policy:
        text = policy_text
        for old, new in zip(changes[::2], changes[1::2], strict=True):
            assert old in text, old
            text = text.replace(old, new, 1)
        return policy_file.of_text(text, known, "stable-jobs")

    return read


@pytest.fixture
def policy_mistakes(policy_with: Callable[..., Policy]) -> Callable[..., list[tuple[str, object]]]:
    """The code and the line of everything that is wrong with the changed policy."""

    def find(*changes: str) -> list[tuple[str, object]]:
        with pytest.raises(Invalid) as refused:
            policy_with(*changes)
        return [(each.code, each.facts.get("line")) for each in refused.value.problems]

    return find
