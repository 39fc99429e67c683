"""What paying took: when awards were paid, in how many steps, and what came back.

Sums over all awards of a scope, for the report of grants (``grant_report_rows``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select

from exchange.store.award_tables import award, award_sheet, grant_run
from exchange.store.engine import Connection
from exchange.store.grant_report_rows import Scope, Sum, within
from exchange.store.tables import case_item, delivery

EVERY = Scope()
PAY, CONFIRM = "pay", "confirm"
"""Items of an award's case."""


class Paid(NamedTuple):
    """Awards of a policy that were decided on on one day, and paid within the same hour.

    ``hour`` is the beginning of a stamp (UTC): China's civil days begin with a whole hour of it.
    """

    policy: str
    day: str
    hour: str
    number: int


def paid(connection: Connection, scope: Scope) -> Iterator[Paid]:
    """When what was paid was decided on, and when the treasury's answer came."""
    hour = func.substr(delivery.c.settled_at, 1, 13).label("hour")
    query = (
        select(award.c.policy, grant_run.c.day, hour, func.count())
        .join(grant_run, grant_run.c.id == award.c.run)
        .join(delivery, and_(delivery.c.case == award.c.case, delivery.c.item == PAY))
        .where(within(scope), award.c.case != "", delivery.c.state == "applied")
        .group_by(award.c.policy, grant_run.c.day, "hour")
    )
    return map(Paid._make, connection.execute(query))


class Receipt(NamedTuple):
    """The treasury's receipt of one award, and what it paid."""

    receipt: str
    fen: int


def receipts(connection: Connection, scope: Scope = EVERY) -> Iterator[Receipt]:
    """Of every award that was paid, the newest first."""
    query = (
        select(delivery.c.receipt, award.c.amount_fen)
        .join(award, award.c.case == delivery.c.case)
        .where(delivery.c.item == PAY, delivery.c.state == "applied", award.c.case != "")
        .where(within(scope))
    )
    return map(Receipt._make, connection.execute(query.order_by(delivery.c.settled_at.desc())))


def steps(connection: Connection, scope: Scope, states: Collection[str]) -> dict[str, Counter[int]]:
    """Policy → how many steps an award in one of these states has taken → how many awards.

    A step is what somebody outside the hub did: each item of the list's and the batch's case that was
    applied, the firm's confirmation, each payment; and the corrected account for each that came back.
    """
    took = _took().label("took")
    where = (within(scope), award.c.state.in_(tuple(states)))
    query = select(award.c.policy, took, func.count()).where(*where)
    found: dict[str, Counter[int]] = {}
    for policy, number, count in connection.execute(query.group_by(award.c.policy, "took")):
        found.setdefault(policy, Counter())[int(number)] = count
    return found


def _took() -> ColumnElement[Any]:
    done = case_item.c.state == "applied"
    on_sheets = (
        select(func.count())
        .select_from(case_item.join(award_sheet, award_sheet.c.case == case_item.c.case))
        .where(award_sheet.c.id.in_((award.c.list, award.c.batch)), award_sheet.c.case != "", done)
    )
    asked = select(func.count()).where(
        case_item.c.case == award.c.case, case_item.c.item == CONFIRM, done
    )
    orders = (delivery.c.case == award.c.case, delivery.c.item == PAY)
    sent = select(func.count()).where(*orders, delivery.c.state.in_(("applied", "refused")))
    again = select(func.count()).where(*orders, delivery.c.state == "refused")
    return (
        on_sheets.correlate(award).scalar_subquery()
        + asked.correlate(award).scalar_subquery()
        + sent.correlate(award).scalar_subquery()
        + again.correlate(award).scalar_subquery()
    )


def returned(connection: Connection, scope: Scope, code: str) -> dict[str, Sum]:
    """Policy → payments that came back, and their sum. ``code``: what the treasury says then.

    Each attempt is a delivery of its own, and there is another only after one that came back; so a
    refused one is a return, unless it is the last and the item says another reason.
    """
    last = and_(delivery.c.effect == case_item.c.effect, case_item.c.code != code)
    query = (
        select(award.c.policy, func.count(), func.sum(award.c.amount_fen))
        .join(delivery, and_(delivery.c.case == award.c.case, delivery.c.item == PAY))
        .join(case_item, and_(case_item.c.case == award.c.case, case_item.c.item == PAY))
        .where(within(scope), award.c.case != "", delivery.c.state == "refused", ~last)
        .group_by(award.c.policy)
    )
    return {policy: (number, int(fen)) for policy, number, fen in connection.execute(query)}
