"""A letter names data that there are checks for: a slip of the pen would be leave for nothing, found out months later."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from exchange.errors import Invalid, Problem
from exchange.names import nearest


def require_known(asked: Sequence[str], known: Collection[str]) -> None:
    """``Invalid("finance.unknown-dataset")`` for each that is none: its place and the nearest name.

    >>> require_known(["tax"], ["tax", "court"])
    """
    wrong = [
        Problem(
            "finance.unknown-dataset", {"path": f"/datasets/{n}", "nearest": nearest(each, known)}
        )
        for n, each in enumerate(asked)
        if each not in known
    ]
    if wrong:
        raise Invalid.of(wrong)
