"""Which policy a case of grants is about: nine rows that are called alike are nine policies' rows."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.store import about_rows
from exchange.store.about_rows import About
from exchange.store.award_rows import CHUNK
from exchange.store.case_rows import CaseRow
from exchange.store.engine import Connection
from zhida import site_words
from zhida.watch import Watch

MATTERS = frozenset({"grant-award", "grant-list", "grant-payment"})
"""Whose cases stand beside a row of the tables of grants."""
NOTHING = {"policy": "", "policy_zh": "", "batch": ""}


def of_cases(
    watch: Watch, connection: Connection, rows: Sequence[CaseRow]
) -> dict[str, dict[str, str]]:
    """Case → ``policy``, ``policy_zh`` and ``batch`` (the case in which finance looks at it), or nothing."""
    asked = [row.id for row in rows if row.matter in MATTERS]
    found: dict[str, About] = {}
    for first in range(0, len(asked), CHUNK):
        found |= about_rows.of_cases(connection, asked[first : first + CHUNK])
    titles = {
        name: site_words.policy(watch.site, name) for name in {a.policy for a in found.values()}
    }
    told = {
        case: {"policy": a.policy, "policy_zh": titles[a.policy], "batch": a.batch}
        for case, a in found.items()
    }
    return {row.id: told.get(row.id, NOTHING) for row in rows}
