"""Who has a backup put back, and why: what came after it is lost by somebody's decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.ledger import Entry
from exchange.revocation import Revocations
from zhida import operators
from zhida.operators import Signatory
from zhida.site import Site
from zhida.site_operators import OPERATE

RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Order:
    """An operator's word that this is to be done."""

    who: Signatory
    reason: str


def of_this_process(site: Site, reason: str, now: datetime) -> Order:
    """By whom this process is run. ``Forbidden`` without the role, ``Invalid`` without a reason."""
    who = operators.this_person(site, OPERATE, now)
    return Order(who, operators.needed_reason(reason))


def require_allowed(order: Order, known: Revocations, now: datetime) -> None:
    """``Forbidden`` if a store knows the operator's certificate as revoked or withdrawn."""
    operators.require_unrevoked(order.who.site, order.who.operator, known, now)


def entry(order: Order, epoch: str, told: Mapping[str, Any], now: datetime) -> Entry:
    """The ledger's word beside the epoch, signed by the operator."""
    token = order.who.sign(RESTORED, {"epoch": epoch, **told}, reason=order.reason, now=now)
    details = {**told, "operator": order.who.operator.name, "token": token}
    return Entry(RESTORED, epoch, details=details)
