"""What a night must come to: the clauses' SQL over what the synthetic district's bureaus know.

Nothing of the product's has a hand in it: the firms come from the sandbox, what each policy gives from
``prose_sql``, what is left of it from ``settled.sql`` and, where a clause tells of a budget, from the
query below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from matters import grants
from matters.award_claims import Claim
from sandbox import fact_catalogue
from sandbox.enterprises import District, Value
from sandbox.fact_catalogue import Asked
from tests.grants.books import rows
from tests.grants.test_settled_sql import by_query

SQL = Path(__file__).parent / "prose_sql"
KINDS = {
    "flag": pl.Boolean,
    "code": pl.String,
    "count": pl.Int64,
    "money": pl.Int64,
    "date": pl.Date,
}
BUDGETS = {"stable-jobs": 3000_0000_00}
"""Clause 六: 基金年度额度 3000 万元，不足时各户按同一比例减少。不足一分的舍去."""
SHARED = """
SELECT firm, CASE WHEN whole <= budget THEN fen ELSE fen * budget // whole END::BIGINT
FROM (SELECT firm, fen::HUGEINT AS fen, (SELECT sum(fen)::HUGEINT FROM due) AS whole FROM due), money
"""
Gross = dict[tuple[str, str, str], int]
"""Firm, policy, stage → fen."""


@dataclass(frozen=True)
class Night:
    """What the clauses give on one day."""

    gross: Gross
    due: dict[tuple[str, str], int]
    """Firm and policy → fen that are left."""

    def awards(self, policy: str) -> tuple[int, int]:
        """How many it gives, and their gross fen."""
        found = [fen for (_, name, _), fen in self.gross.items() if name == policy]
        return len(found), sum(found)


def unasked() -> list[str]:
    """Policies that nobody applies for."""
    return [p.name for p in grants.load().policies.values() if p.mode == "no-application"]


def night(count: int, day: date) -> Night:
    """Of so many firms."""
    known, today = firms(count, day), pl.DataFrame({"day": [day]})
    gross: Gross = {}
    for policy in unasked():
        query = (SQL / f"{policy}.sql").read_text("utf-8")
        for firm, stage, fen in rows(query, {"firms": known, "today": today}):
            gross[firm, policy, stage] = fen
    return Night(gross, _due(gross, day))


def _due(gross: Gross, day: date) -> dict[tuple[str, str], int]:
    claims = [Claim(firm, policy, fen, day, stage) for (firm, policy, stage), fen in gross.items()]
    left = by_query(claims, [])
    for policy, budget in BUDGETS.items():
        mine = [(firm, fen) for (firm, name), fen in left.items() if name == policy]
        due = pl.DataFrame(mine, {"firm": pl.String, "fen": pl.Int64}, orient="row")
        money = pl.DataFrame({"budget": [budget]})
        for firm, fen in rows(SHARED, {"due": due, "money": money}) if mine else []:
            left[firm, policy] = fen
    return {key: fen for key, fen in left.items() if fen}


def firms(count: int, day: date) -> pl.DataFrame:
    """Everything that any bureau knows of any firm; what none of them knows is null."""
    asked, district = fact_catalogue.load(), District(count, day)
    frames = [_chunk(district, numbers, asked) for numbers in district.chunks()]
    return pl.concat(frames)


def _chunk(district: District, numbers: range, asked: list[Asked]) -> pl.DataFrame:
    schema = {"firm": pl.String, **{fact.name: KINDS[fact.kind] for fact in asked}}
    told: dict[str, list[Value]] = {"firm": [district.code(n) for n in numbers]}
    for fact in asked:
        values = district.column(fact, numbers, asked)
        told[fact.name] = list(_known(district, fact, numbers, values))
    return pl.DataFrame(told, schema)


def _known(district: District, fact: Asked, numbers: range, values: list[Value]) -> Iterator[Value]:
    for number, value in zip(numbers, values, strict=True):
        yield value if district.knows(fact.holder, number) else None
