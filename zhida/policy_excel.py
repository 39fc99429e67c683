"""A policy's parameters and days to Excel and back: what a department changes from year to year."""

from __future__ import annotations

import re
from pathlib import Path

from mappings.yaml_file import read_yaml
from matters import grants, policy_file
from zhida import yaml_excel
from zhida.policy_find import FOLDER, site_policies
from zhida.yaml_excel import Form
from zhida.yaml_leaves import Leaf

SHEET = "政策参数"
_PARAMETER = re.compile(r"/versions/[^/]+/parameters/[^/]+/(?:count|money|ratio|date|code)")
_DAY = re.compile(r"/versions/([^/]+)/(since|until)")
_BUDGET = re.compile(r"/versions/([^/]+)/budget/amount")
_DAYS = {"since": "施行日期", "until": "截止日期"}


def export(source: Path, target: Path) -> int:
    """Write parameters and days into a workbook; how many."""
    return yaml_excel.export(source, target, _form())


def changed(source: Path, target: Path) -> bytes | None:
    """What the policy's file becomes by the workbook; None if it says that already.

    ``Invalid`` by cell, or by line if the changed file would be wrong (an example that no longer
    holds, too: whoever changes a number says what comes of it).
    """
    return yaml_excel.changed(source, target, _form())


def _form() -> Form:
    return Form(SHEET, _check, _is_wanted, _meaning)


def _is_wanted(leaf: Leaf) -> bool:
    return any(pattern.fullmatch(leaf.pointer) for pattern in (_PARAMETER, _DAY, _BUDGET))


def _meaning(leaf: Leaf, text: str) -> str:
    _, _, version, *rest = leaf.pointer.split("/")
    if rest[0] in _DAYS:
        return f"{version}：{_DAYS[rest[0]]}"
    if rest[0] == "budget":
        return f"{version}：预算"
    title = read_yaml(text, days=True).data["versions"][version]["parameters"][rest[1]]["title"]
    return f"{version}：{title}"


def _check(text: str, path: Path) -> None:
    """Among the facts and groups of the site in whose folder it lies, else among the shipped ones."""
    site = path.resolve().parent.parent
    own = site_policies(site) if path.resolve().parent.name == FOLDER else None
    policy_file.of_text(text, grants.vocabulary(own), path.stem)
