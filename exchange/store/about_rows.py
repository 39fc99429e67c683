"""Which policy of grants a case is about, and in which case finance looks at it: for a page of cases at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from exchange.store.award_tables import award, award_sheet
from exchange.store.engine import Connection


@dataclass(frozen=True, slots=True)
class About:
    """``batch``: the case of the batch that the award is in; empty if it is in none."""

    policy: str
    batch: str = ""


def of_cases(connection: Connection, cases: Collection[str]) -> dict[str, About]:
    """Case → what it is about, for awards, and for the lists and batches of them.

    Sheets are a few thousand a year and have no index by case: they are asked for once a page.
    """
    sheets = select(award_sheet.c.case, award_sheet.c.policy).where(award_sheet.c.case.in_(cases))
    found = {row.case: About(row.policy) for row in connection.execute(sheets)}
    awards = (
        select(award.c.case, award.c.policy, award_sheet.c.case.label("batch"))
        .outerjoin(award_sheet, (award_sheet.c.id == award.c.batch) & (award.c.batch != ""))
        .where(award.c.case.in_(cases))
    )
    found |= {r.case: About(r.policy, r.batch or "") for r in connection.execute(awards)}
    return found
