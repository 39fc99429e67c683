"""What a draft would do: on the firms as a snapshot knows them, against the policy as it is.

Before budgets and before what firms have had: both sides in the same way, so the difference is the
draft's. Firms are counted, not named; what is unknown is counted by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from matters import criteria_words, policy_mistakes
from matters.criteria_words import Titles
from matters.fact_columns import FIRM
from matters.near_misses import Counts, near_misses, shown
from matters.policy import Policy
from matters.policy_match import CHUNK, Matched, Plan, matched, plan


@dataclass(slots=True)
class Tally:
    """What one side comes to."""

    passes: int = 0
    unknown: int = 0
    fen: int = 0


@dataclass(slots=True)
class Effect:
    """What the draft changes."""

    on: date
    firms: int = 0
    before: Tally = field(default_factory=Tally)
    after: Tally = field(default_factory=Tally)
    changes: dict[str, list[int]] = field(default_factory=dict)
    """``gained``, ``lost``, ``more``, ``less`` → how many firms, and how many fen more or less."""
    overlaps: Counter[str] = field(default_factory=Counter)
    """Other policy of the group, or of ``not_with`` → firms that pass both."""
    near: Counts = field(default_factory=dict)
    """Firms that one test of the draft keeps from it (``near_misses``)."""


def run(
    before: Policy | None,
    after: Policy,
    firms: Iterable[pl.DataFrame],
    on: date,
    *,
    related: Sequence[Policy] = (),
) -> Effect:
    """The effect on the day ``on``. ``before``: None for a policy that there was not."""
    found = Effect(on)
    plans = [plan([before], on) if before else None, plan([after, *related], on)]
    verdicts: list[pl.DataFrame] = []
    for chunk in (part for frame in firms for part in frame.iter_slices(CHUNK)):
        found.firms += chunk.height
        sides = [_side(each, chunk) for each in plans]
        for tally, side in zip((found.before, found.after), sides, strict=True):
            _count(tally, side, (before if tally is found.before else after))
        _compare(found, sides, (before.name if before else "", after.name))
        _overlaps(found, sides[1], after, related)
        verdicts += [_of_draft(side, after) for side in sides[1:] if side]
    found.near = near_misses([after], verdicts, on)[after.name]
    return found


def _of_draft(side: Matched, draft: Policy) -> pl.DataFrame:
    return side.verdicts.select(pl.col(f"^{re.escape(draft.name)}\\..*$"))


def _side(ready: Plan | None, chunk: pl.DataFrame) -> Matched | None:
    return matched(ready, chunk) if ready else None


def _count(tally: Tally, side: Matched | None, policy: Policy | None) -> None:
    if side is None or policy is None:
        return
    verdict = side.verdicts[f"{policy.name}.verdict"]
    tally.passes += int(verdict.sum() or 0)
    tally.unknown += verdict.null_count()
    tally.fen += int(_amounts(side, policy.name)["fen"].sum() or 0)


def _amounts(side: Matched | None, name: str) -> pl.DataFrame:
    """Firm → fen of all stages, of those who pass."""
    if side is None:
        return pl.DataFrame(schema={FIRM: pl.String, "fen": pl.Int64})
    passing = side.candidates.filter((pl.col("policy") == name) & pl.col("verdict"))
    return passing.group_by(FIRM).agg(fen=pl.col("amount_fen").sum())


def _compare(found: Effect, sides: Sequence[Matched | None], names: tuple[str, str]) -> None:
    one, two = (_amounts(side, name) for side, name in zip(sides, names, strict=True))
    both = one.rename({"fen": "before"}).join(
        two.rename({"fen": "after"}), on=FIRM, how="full", coalesce=True
    )
    each = both.with_columns(pl.col("before", "after").fill_null(0)).select(
        pl.when(pl.col("before") == 0)
        .then(pl.lit("gained"))
        .when(pl.col("after") == 0)
        .then(pl.lit("lost"))
        .when(pl.col("after") > pl.col("before"))
        .then(pl.lit("more"))
        .when(pl.col("after") < pl.col("before"))
        .then(pl.lit("less"))
        .otherwise(pl.lit("same"))
        .alias("change"),
        fen=pl.col("after") - pl.col("before"),
    )
    for change, count, fen in each.group_by("change").agg(pl.len(), pl.col("fen").sum()).rows():
        known = found.changes.setdefault(change, [0, 0])
        known[0] += count
        known[1] += fen


def _overlaps(
    found: Effect, side: Matched | None, policy: Policy, related: Iterable[Policy]
) -> None:
    if side is None:
        return
    own = side.verdicts[f"{policy.name}.verdict"]
    for other in related:
        both = (own & side.verdicts[f"{other.name}.verdict"]).sum()
        found.overlaps[other.name] += int(both or 0)


def related(policy: Policy, others: Iterable[Policy]) -> list[Policy]:
    """The policies that are not paid beside this one."""
    return [each for each in others if each.name != policy.name and _excludes(policy, each)]


def _excludes(one: Policy, two: Policy) -> bool:
    same = bool(one.group) and one.group == two.group
    return same or two.name in one.not_with or one.name in two.not_with


def told(effect: Effect, policy: Policy, facts: Titles) -> dict[str, Any]:
    """The effect as JSON."""
    return {
        "policy": policy.name,
        "on": effect.on.isoformat(),
        "firms": effect.firms,
        "before": _tally(effect.before),
        "after": _tally(effect.after),
        "changes": {
            name: {"firms": count, "fen": fen} for name, (count, fen) in effect.changes.items()
        },
        "budget_fen": _budget(policy, effect.on),
        "near": list(_near(effect, policy, facts)),
        "overlaps": dict(effect.overlaps),
        "gaps": [[a.isoformat(), b.isoformat()] for a, b in policy_mistakes.gaps(policy)],
    }


def _near(effect: Effect, policy: Policy, facts: Titles) -> Iterator[dict[str, str]]:
    tests = {(v.name, test.number): test for v in policy.versions for test in v.tests}
    for key, count in effect.near.items():
        test = tests[key]
        what = criteria_words.criterion(test, facts)
        yield {"clause": test.clause, "what": what, "firms": shown(count)}


def _tally(tally: Tally) -> dict[str, int]:
    return {"passes": tally.passes, "unknown": tally.unknown, "fen": tally.fen}


def _budget(policy: Policy, on: date) -> int:
    """Of the version that holds on the day; 0: none is told."""
    held = [v for v in policy.versions if v.by or v.since <= on <= (v.until or date.max)]
    return next((each.budget.amount for each in held if each.budget), 0)
