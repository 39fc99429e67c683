"""Every firm against every policy, chunk by chunk: however many firms, the memory of one chunk.

A test that several policies share is worked out once a chunk; amounts only for the firms that pass
or may pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from matters import award_columns, fact_columns
from matters.criteria import Test
from matters.criteria_columns import test_column
from matters.fact_columns import FIRM, Kinds
from matters.policy import Policy
from matters.policy_columns import Columns, columns, tests_of

CHUNK = 131_072
"""Firms at a time."""
_ROW, _FEN = "#", "fen:"
CANDIDATE = {
    "policy": pl.String,
    FIRM: pl.String,
    "version": pl.UInt8,
    "verdict": pl.Boolean,
    "failed": pl.UInt64,
    "unknown": pl.UInt64,
    "stage": pl.String,
    "amount_fen": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Matched:
    """What came out for a chunk of firms."""

    verdicts: pl.DataFrame
    """A row for each firm: ``firm``, and for each policy ``NAME.verdict``, ``NAME.failed``,
    ``NAME.unknown`` (``policy_columns.Columns``) and, where a fact decides, ``NAME.version``."""
    candidates: pl.DataFrame
    """A row for each stage (without a name where there are none) that a firm gets or may get
    (``CANDIDATE``): ``verdict`` null and ``amount_fen`` null are what is unknown."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Policies made ready for a day of decision."""

    kinds: Kinds
    tests: Sequence[pl.Expr]
    verdicts: Sequence[pl.Expr]
    columns: Mapping[str, Columns]


def match(policies: Iterable[Policy], firms: Iterable[pl.DataFrame], on: date) -> Iterator[Matched]:
    """Match all firms (``match_parts.firms`` reads them from files); a chunk of the answer at a time."""
    ready = plan(policies, on)
    for chunk in chunks(firms, ready.kinds):
        yield matched(ready, chunk)


def chunks(firms: Iterable[pl.DataFrame], kinds: Kinds) -> Iterator[pl.DataFrame]:
    """The columns that are needed, at most so many rows at a time."""
    wanted = {FIRM, *kinds}
    for frame in firms:
        some = frame.select([name for name in frame.columns if name in wanted])
        yield from some.iter_slices(CHUNK)


def plan(policies: Iterable[Policy], on: date) -> Plan:
    """What there is to compute; the same test of two policies is one column."""
    known = list(policies)
    names: dict[tuple[object, ...], tuple[str, Test]] = {}
    for policy in known:
        for test in tests_of(policy, on):
            names.setdefault(_key(test), (f"#{len(names)}", test))
    made = {p.name: columns(p, on, lambda test: pl.col(names[_key(test)][0])) for p in known}
    tests = [test_column(test, on).alias(name) for name, test in names.values()]
    verdicts = [expr for p in known for expr in _verdicts(p, made[p.name])]
    return Plan(fact_columns.needed(known), tests, verdicts, made)


def matched(ready: Plan, firms: pl.DataFrame) -> Matched:
    """A chunk of firms against all policies."""
    facts = fact_columns.fitted(firms, ready.kinds)
    tested = facts.with_columns(ready.tests).with_row_index(_ROW)
    verdicts = tested.select(FIRM, *ready.verdicts)
    whole = pl.concat([tested, verdicts.drop(FIRM)], how="horizontal").lazy()
    found = pl.collect_all([_candidates(*each, whole) for each in ready.columns.items()])
    paid = dict(zip(ready.columns, found, strict=True))
    settled = verdicts.with_columns(_corrected(verdicts, n, rows) for n, rows in paid.items())
    long = [
        _rows(name, stage, paid[name])
        for name, made in ready.columns.items()
        for stage in made.amounts
    ]
    return Matched(settled, pl.concat([pl.DataFrame(schema=CANDIDATE), *long]))


def _key(test: Test) -> tuple[object, ...]:
    """What a test asks, whoever asks it."""
    return test.term, test.word, test.wanted


def _verdicts(policy: Policy, made: Columns) -> Iterator[pl.Expr]:
    """Of the criteria, before it is known what is paid."""
    yield made.meets.alias(f"{policy.name}.verdict")
    yield made.failed.alias(f"{policy.name}.failed")
    yield made.unknown.alias(f"{policy.name}.unknown")
    if any(version.by for version in policy.versions):
        yield made.version.alias(f"{policy.name}.version")


def _candidates(name: str, made: Columns, whole: pl.LazyFrame) -> pl.LazyFrame:
    """Who meets the criteria or may meet them, with what each stage pays."""
    candidates = whole.filter(pl.col(f"{name}.verdict").ne_missing(pl.lit(False)))
    paid = award_columns.is_paid(pl.col(f"{_FEN}{stage}") for stage in made.amounts)
    return candidates.select(
        _ROW,
        FIRM,
        version=made.version,
        meets=f"{name}.verdict",
        failed=pl.col(f"{name}.failed").cast(pl.UInt64),
        unknown=pl.col(f"{name}.unknown").cast(pl.UInt64),
        **{f"{_FEN}{stage}": amount for stage, amount in made.amounts.items()},
    ).with_columns(verdict=pl.col("meets") & paid)


def _corrected(verdicts: pl.DataFrame, name: str, candidates: pl.DataFrame) -> pl.Series:
    """Who is paid nothing does not pass, whatever the criteria say."""
    changed = candidates.filter(pl.col("verdict").ne_missing(pl.col("meets")))
    column = verdicts[f"{name}.verdict"]
    for value in (False, None):
        rows = changed.filter(pl.col("verdict").eq_missing(pl.lit(value)))[_ROW]
        column = column.scatter(rows, value) if len(rows) else column
    return column


def _rows(name: str, stage: str, candidates: pl.DataFrame) -> pl.DataFrame:
    """A stage's rows: whoever gets or may get something."""
    fen = pl.col(f"{_FEN}{stage}")
    told = {"policy": pl.lit(name), "stage": pl.lit(stage), "amount_fen": fen}
    some = candidates.filter(pl.col("verdict").ne_missing(pl.lit(False)) & fen.ne_missing(0))
    return some.with_columns(**told).select(*CANDIDATE)
