"""The table of which bodies of ledger entries are gone by right.

The wall on ``ledger_entry`` (migration 0017) lets exactly the bodies go that lie in one of its runs.
Nothing is believed for standing here: the signed entry that a run cites counts (``exchange.pruning``).
"""

from __future__ import annotations

from exchange.store.tables import count, table

ledger_prune = table(
    "ledger_prune", count("first", key=True), count("entry", key=True), count("last")
)
"""Runs of entries, both ends included, and the place of the ``pruned`` entry that names them."""
