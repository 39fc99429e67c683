"""What ``zhida check`` looks at of joint acceptance: the site's own lists, and that no clause was lost in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from exchange.errors import Invalid, Problem
from matters import acceptance_clauses, acceptance_file
from matters.acceptance_clauses import LOSSES, Loss
from matters.acceptance_parts import Procedure
from zhida import acceptance_papers, acceptance_rules
from zhida.site import Site

MATTER = "acceptance"
Step = tuple[str, Callable[[], None]]


def steps(site: Site) -> Iterator[Step]:
    """Title → what raises ``Invalid``; nothing for a site that has nothing to do with acceptance."""
    if MATTER in site.matters or any(_own(site.folder)):
        yield "竣工验收的事项和材料", lambda: _lists(site.folder)
    if MATTER in site.matters:
        yield "竣工验收的分工和文书", lambda: _rules(site)


def _rules(site: Site) -> None:
    acceptance_papers.of_site(site.folder, acceptance_rules.of_site(site))


def _own(folder: Path) -> Iterator[Path]:
    for shipped in (acceptance_file.SHIPPED, acceptance_file.BEFORE):
        file = folder / acceptance_file.FOLDER / shipped.name
        if file.is_file():
            yield file


def _lists(folder: Path) -> None:
    """Clauses can be compared only with an old procedure of the same district."""
    after = acceptance_file.of_site(folder)
    before = acceptance_file.of_site(folder, acceptance_file.BEFORE)
    if len(list(_own(folder))) == 1:
        return
    if problems := [_problem(each, before) for each in acceptance_clauses.losses(before, after)]:
        raise Invalid.of(problems)


def _problem(loss: Loss, before: Procedure) -> Problem:
    check = before.checks.get(loss.check)
    clause = f"{check.title}（{check.clause}）" if check else "-"
    lost = LOSSES[loss.what]
    return Problem("acceptance.lost", {"check": clause, "name": loss.name or "-", "lost": lost})
