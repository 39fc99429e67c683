"""What the states of an award come to for a report: served, waiting, or why not.

Each state is in one class, so that what was matched is always the sum of the classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Class = Literal["paid", "waiting", "objected", "declined", "refused", "released", "screened-out"]

CLASSES: Mapping[Class, tuple[str, ...]] = {
    "paid": ("paid", "clawback", "recovered"),
    "waiting": (
        "matched",
        "listed",
        "cleared",
        "awaiting-confirmation",
        "confirmed",
        "in-review",
        "approved",
        "ordered",
        "returned",
    ),
    "objected": ("objected",),
    "declined": ("declined",),
    "refused": ("refused-by-head", "dropped", "refused-by-finance", "not-paid"),
    "released": ("released",),
    "screened-out": ("screened-out",),
}
"""``paid`` is what the treasury paid once, also if it was asked back afterwards."""
TITLES: Mapping[Class, str] = {
    "paid": "已兑现",
    "waiting": "在办",
    "objected": "公示有异议",
    "declined": "企业放弃",
    "refused": "未同意",
    "released": "退回重新列入",
    "screened-out": "复核无金额",
}
ELIGIBLE: tuple[Class, ...] = ("paid", "waiting", "objected", "declined", "refused")
"""Matched with an amount. Who was released is matched anew, and counts there."""


def states(classes: tuple[Class, ...]) -> tuple[str, ...]:
    """All states of these classes.

    >>> states(("objected", "declined"))
    ('objected', 'declined')
    """
    return tuple(state for each in classes for state in CLASSES[each])
