"""A store that a test has emptied: what the hub remembers of its ledger's end must go with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zhida.hub import Hub
from zhida.last_head import LastHead


def forget(hubs: Iterable[Hub], var: Any) -> None:
    """These, as if none of them had ever signed a head on this machine (``exchange.continuity``)."""
    for hub in hubs:
        guard: Any = hub.ledger._guard
        guard._end = guard._mine = None
        known: Any = hub.trust.decisions
        known._file.unlink(missing_ok=True)
        known._decisions, known._lists, known._seen = {}, {}, ()
        LastHead.of(var, hub.store_url).file.unlink(missing_ok=True)
