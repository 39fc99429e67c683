"""``zhida policy check``: all that is wrong with policies, and what may have been overlooked.

A mistake keeps a policy from being used. A warning does not: days on which no version holds, a
version that ends soon, a number that its clauses do not name.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from exchange.errors import Fact, Invalid, Problem
from exchange.problems import describe
from matters import grants, policy_file, policy_mistakes
from matters.grants import Folder
from matters.policy import Policy, Version
from zhida.policy_find import path_of, site_policies

SOON = timedelta(days=60)


def check(site: Path, which: str, today: date) -> list[dict[str, Any]]:
    """One row a mistake or warning, or one that says ``ok`` for each policy without any.

    ``which``: a name or a file; empty: every policy that holds in the site.
    """
    own = site_policies(site)
    known = grants.vocabulary(own)
    rows = []
    for path in _paths(site, which):
        try:
            policy = policy_file.load(path, known)
        except Invalid as error:
            rows += [_row(path, problem, ok=False) for problem in error.problems]
            continue
        found = [_row(path, problem, ok=True) for problem in warnings(policy, today)]
        rows += found or [_fine(path)]
    return rows


def _paths(site: Path, which: str) -> list[Path]:
    if which:
        return [Path(which) if which.endswith((".yaml", ".yml")) else path_of(site, which)]
    own = site_policies(site)
    folders = [Folder.shipped(), *([Folder.of_site(own)] if own else [])]
    found = {name: path for folder in folders for name, path in folder.files().items()}
    return [found[name] for name in sorted(found)]


def warnings(policy: Policy, today: date) -> Iterator[Problem]:
    """What may have been overlooked."""
    for first, last in policy_mistakes.gaps(policy):
        facts: dict[str, Fact] = {"first": first.isoformat(), "last": last.isoformat()}
        yield Problem("policy.gap", facts)
    newest = policy.versions[-1]
    if newest.until and newest.until - SOON <= today:
        told: dict[str, Fact] = {"version": newest.name, "until": newest.until.isoformat()}
        yield Problem("policy.ends", told)
    for version in policy.versions:
        yield from _unnamed(version)


def _unnamed(version: Version) -> Iterator[Problem]:
    """Whoever changed a parameter and forgot the clause has two policies in one file."""
    said = "".join(version.clauses.values()).replace(" ", "").replace(",", "")
    for each in version.parameters.values():
        amounts = each.kind in ("money", "ratio")  # other numbers have too many ways to be written
        if amounts and each.text.replace(" ", "").replace(",", "") not in said:
            facts: dict[str, Fact] = {
                "version": version.name,
                "title": each.title,
                "text": each.text,
            }
            yield Problem("policy.not-in-clauses", facts)


def _row(path: Path, problem: Problem, *, ok: bool) -> dict[str, Any]:
    what, remedy = describe(problem.code, problem.facts)
    line = problem.facts.get("line", 0)
    told = {"file": path.name, "line": line, "what": what, "remedy": remedy, "code": problem.code}
    return {**told, "ok": ok}


def _fine(path: Path) -> dict[str, Any]:
    return {"file": path.name, "line": 0, "what": "没有问题", "remedy": "", "code": "", "ok": True}
