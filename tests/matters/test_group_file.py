"""Groups of policies that exclude one another or share a cap."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import group_file
from matters.policy import PolicyGroup

TEXT = """\
groups:
  jobs: {title: 稳岗类, rule: highest, basis: 虚构}
  year: {title: 每年上限, rule: cap, cap: 1000 万元, basis: 虚构}
"""


def read(tmp_path: Path, old: str = "", new: str = "") -> dict[str, PolicyGroup]:
    assert old in TEXT
    path = tmp_path / "groups.yaml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    return group_file.load(path)


def test_groups(tmp_path: Path) -> None:
    assert list(read(tmp_path).values()) == [
        PolicyGroup("jobs", "稳岗类", "highest", None, "虚构"),
        PolicyGroup("year", "每年上限", "cap", 1_000_000_000, "虚构"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        (", cap: 1000 万元", "", "policy.group-cap", 3),
        ("rule: highest", "rule: highest, cap: 1 元", "policy.group-cap", 2),
        ("1000 万元", "1000 万", "policy.money", 3),
        ("rule: highest", "rule: most", "file.schema", 2),
    ],
)
def test_mistakes(tmp_path: Path, old: str, new: str, code: str, line: int) -> None:
    with pytest.raises(Invalid) as refused:
        read(tmp_path, old, new)
    assert [(p.code, p.facts["line"]) for p in refused.value.problems] == [(code, line)]
