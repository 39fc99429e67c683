"""How many firms a policy reaches, and for how much: added up chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from matters.policy import Policy
from matters.policy_match import Matched


@dataclass(slots=True)
class Count:
    """Of one policy."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0
    fen: int = 0
    """What those who pass would get, before settling."""

    @property
    def firms(self) -> int:
        """All that were looked at."""
        return self.passed + self.failed + self.unknown


class Counts:
    """What goes by is counted: the chunks are handed on."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self.of = {policy.name: Count() for policy in policies}

    def counted(self, matches: Iterable[Matched]) -> Iterator[Matched]:
        """The same chunks."""
        for each in matches:
            self.add(each)
            yield each

    def add(self, chunk: Matched) -> None:
        """One chunk more."""
        for name, count in self.of.items():
            verdict = chunk.verdicts[f"{name}.verdict"]
            passed, unknown = int(verdict.sum() or 0), verdict.null_count()
            count.passed += passed
            count.unknown += unknown
            count.failed += len(verdict) - passed - unknown
        paid = chunk.candidates.lazy().filter("verdict").group_by("policy")
        for name, fen in paid.agg(pl.col("amount_fen").cast(pl.Int128).sum()).collect().iter_rows():
            self.of[name].fen += fen
