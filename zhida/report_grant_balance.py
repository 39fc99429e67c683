"""Do the books of grants add up? What does not is a defect, or a store that somebody has written into."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from matters.award_classes import CLASSES
from zhida.report_grant_figures import Figures

Unbalanced = dict[str, Any]
"""``what`` of ``which`` should be ``told`` and is ``found``."""


def unbalanced(figures: Figures, only: Collection[str]) -> list[Unbalanced]:
    """Everything that does not add up; of these policies, and of all lists and batches."""
    return [*_states(figures), *_run(figures, only), *_sheets(figures)]


def _states(figures: Figures) -> Iterator[Unbalanced]:
    """Each match is in a state that we know: none is left out of the classes."""
    known = {state for states in CLASSES.values() for state in states}
    for policy, states in figures.standing.items():
        whole = sum(number for number, _ in states.values())
        found = sum(number for state, (number, _) in states.items() if state in known)
        yield from _line("state", policy, whole, found)


def _run(figures: Figures, only: Collection[str]) -> Iterator[Unbalanced]:
    """The last run's awards are as many as its signed decisions."""
    if figures.run is None or figures.of_run is None or figures.run.counts == "{}":
        return
    for policy in only:
        told = figures.counts(policy).get("matched", 0)
        yield from _line("run", policy, told, figures.of_run.get(policy, 0))


def _sheets(figures: Figures) -> Iterator[Unbalanced]:
    """What a head or finance has agreed to is still what they agreed to."""
    for kind, rows in figures.off.items():
        for row in rows:
            yield from _line(kind, row.sheet[:12], row.number, row.found)
            yield from _line(f"{kind}-fen", row.sheet[:12], row.fen, row.found_fen)


def _line(what: str, which: str, told: int, found: int) -> Iterator[Unbalanced]:
    if told != found:
        yield {"what": what, "which": which, "told": told, "found": found}
