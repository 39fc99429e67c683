"""Which columns policies need of a frame of firms, and a frame made fit for them.

A fact without a column is unknown of every firm. A column of another kind, or a number beyond what a
fact may be, is refused: computed on, it would give a wrong amount and not an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain

import polars as pl

from exchange.errors import Invalid
from matters.award import Branch, Each, FirstOf, Rule, Share, Stage, Sum, Tiers
from matters.criteria import BY_DECISION, Test
from matters.exact_column import MOST
from matters.policy import Policy, Version

Kinds = Mapping[str, type[pl.DataType]]
FIRM = "firm"
"""The column that names the firm (统一社会信用代码)."""
_FITTING: Mapping[type[pl.DataType], tuple[type[pl.DataType], ...]] = {
    pl.Boolean: (pl.Boolean,),
    pl.String: (pl.String, pl.Categorical, pl.Enum),
    pl.Date: (pl.Date,),
    pl.Int64: (pl.Int64, pl.Int32, pl.Int16, pl.Int8, pl.UInt32, pl.UInt16, pl.UInt8),
}


def needed(policies: Iterable[Policy]) -> Kinds:
    """Every fact that they read, with the type of its column."""
    versions = chain.from_iterable(policy.versions for policy in policies)
    return dict(sorted(chain.from_iterable(map(_read_by, versions))))


def fitted(firms: pl.DataFrame, kinds: Kinds) -> pl.DataFrame:
    """Firm and facts, each of its type; the rest is left out."""
    schema = firms.schema
    if FIRM not in schema:
        raise Invalid("facts.no-firm")
    frame = firms.select(FIRM, *(_column(name, kinds[name], schema) for name in kinds))
    _check_range(frame, [name for name in kinds if kinds[name] is pl.Int64])
    return frame


def _column(name: str, kind: type[pl.DataType], schema: pl.Schema) -> pl.Expr:
    found = schema.get(name)
    if found is None or found == pl.Null:
        return pl.lit(None, dtype=kind).alias(name)
    if found.base_type() not in _FITTING[kind]:
        raise Invalid("facts.column-type", fact=name, found=str(found), wanted=kind.__name__)
    return pl.col(name) if found == kind else pl.col(name).cast(kind)


def _check_range(frame: pl.DataFrame, numbers: list[str]) -> None:
    if not numbers or frame.is_empty():
        return
    beyond = frame.select(
        (pl.col(name).max() > MOST) | (pl.col(name).min() < -MOST) for name in numbers
    )
    for name in beyond.columns:
        if beyond[name][0]:
            raise Invalid("facts.beyond", fact=name, limit=MOST)


def _read_by(version: Version) -> Iterator[tuple[str, type[pl.DataType]]]:
    if version.by:
        yield version.by, pl.Date
    for test in version.tests:
        yield from ((name, _kind(test)) for name in test.term.facts)
    yield from ((name, pl.Int64) for name in version.award.less)
    for stage in version.award.stages:
        yield from ((name, pl.Int64) for name in _paid_by(stage))


def _kind(test: Test) -> type[pl.DataType]:
    if test.word in BY_DECISION:
        return pl.Date
    kinds = {bool: pl.Boolean, str: pl.String, date: pl.Date}
    return kinds.get(type(test.wanted[0]), pl.Int64)


def _paid_by(rule: Rule | Stage | Branch) -> Iterator[str]:
    """The facts that an amount is made of."""
    match rule:
        case Each(of=term) | Share(of=term) | Tiers(by=term):
            yield from term.facts
        case Sum(parts=parts) | FirstOf(branches=parts):
            yield from chain.from_iterable(map(_paid_by, parts))
        case Stage(pay=pay) | Branch(pay=pay):
            yield from _paid_by(pay)
        case _:
            return
