"""Of which firms a policy asks back what it paid them, over the facts as they are now.

Three-valued like criteria: a fact that nobody knows makes neither a yes nor a no of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from matters import criteria, fact_columns
from matters.criteria_columns import holds, test_column
from matters.fact_columns import FIRM
from matters.policy import Clawback


@dataclass(frozen=True, slots=True)
class Asked:
    """What came out for a frame of firms."""

    due: Sequence[str]
    """Firms of which ``when`` holds."""
    void: Sequence[str]
    """Of the firms that were asked about: those of which it surely does not hold."""


def ask(rule: Clawback, firms: pl.DataFrame, on: date, *, about: Collection[str] = ()) -> Asked:
    """Who is to pay back, and of which firms ``about`` it is known that they are not.

    ``firms`` has a row each, with the firm's number as ``FIRM``.
    """
    kinds = fact_columns.read_by(criteria.tests(rule.when))
    facts = fact_columns.fitted(firms, kinds)
    told = facts.select(FIRM, due=holds(rule.when, lambda test: test_column(test, on)))
    named = told.filter(pl.col(FIRM).is_in(list(about)) & ~pl.col("due"))
    return Asked(told.filter("due")[FIRM].to_list(), named[FIRM].to_list())
