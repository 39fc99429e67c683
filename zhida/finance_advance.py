"""The minute's work for loans: banks' notices are taken in, each day's asking is done, what came of it leaves for the banks.

In this order, so that what was noticed is told in the same minute. A part that fails holds none of the others up.
"""

from __future__ import annotations

from exchange.errors import ZhidaError
from zhida import finance_credits, finance_push, finance_watch
from zhida.hub import Hub

_PARTS = (finance_credits.advance, finance_watch.advance, finance_push.advance)


def advance(hub: Hub) -> dict[str, int]:
    """Part of the step → how many it concerned; empty if the site has nothing to do with loans.

    Raises what the first part that failed has raised, after all of them had their turn.
    """
    found: dict[str, int] = {}
    failed: ZhidaError | None = None
    for part in _PARTS:
        try:
            found |= part(hub)
        except ZhidaError as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return found
