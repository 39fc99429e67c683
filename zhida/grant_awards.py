"""What a run of matching found becomes awards: one row for each match, whatever comes of it.

A row names its firm by a keyed digest; the whole decision lies sealed beside it. A firm whose claim
is another award's already (this year's, or the only one ever) is kept as screened out, so that the
sum over the states of a run is always what was matched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Any

from exchange import canonical, times
from exchange.ports import Record
from exchange.store import award_rows
from exchange.store.award_rows import CHUNK, AwardRow
from exchange.store.engine import Connection
from exchange.store.grant_rows import RunRow
from matters.policy import Policy
from zhida.hub import Hub
from zhida.task import bucket

MATTER = "grant-award"
HELD = "grant.held"
"""Code of a match whose claim is another award's."""


@dataclass(frozen=True, slots=True)
class Match:
    """One firm that fulfils one policy (or one stage of it), after settling."""

    policy: Policy
    version: str
    stage: str
    uscc: str
    name: str
    amount_fen: int
    """Zero: settling left nothing, and ``code`` says why."""
    code: str = ""
    row: int = 0
    """Its place in the run's dataset of decisions."""
    account: Mapping[str, str] = field(default_factory=dict)
    """``name``, ``account``, ``bank_cnaps``, ``source``: where a policy that asks nothing pays to."""


@dataclass(frozen=True, slots=True)
class Content:
    """What lies sealed in an award."""

    award: Record
    """The ``grant-award`` document to come."""
    account: Mapping[str, str]


def keep(hub: Hub, run: RunRow, matches: Iterable[Match]) -> Counter[str]:
    """A row each; how many are ``matched``, ``screened-out``, or were there (``known``).

    Done again after it died half way it keeps what is missing.
    """
    left, words = iter(matches), Counter[str]()
    while chunk := list(islice(left, CHUNK)):
        rows = [_row(hub, run, each) for each in chunk]
        with hub.store.write() as connection:
            words.update(_add(connection, row) for row in rows)
    return words


def _add(connection: Connection, row: AwardRow) -> str:
    if award_rows.add(connection, row):
        return row.state
    if award_rows.get(connection, row.id) is not None:
        return "known"
    award_rows.add(connection, replace(row, state="screened-out", code=HELD))
    return "screened-out"


def list_of(hub: Hub, run: str, policy: str, version: str) -> str:
    """The number of the list of one policy in one run."""
    return hub.vault.tag("grant-list", run, policy, version)


def occurrence(policy: Policy, day: date) -> str:
    """In which span the same thing is had once: never again, the year, or the day."""
    return {"once": "", "yearly": str(day.year)}.get(policy.times, day.isoformat())


def firm_of(hub: Hub, uscc: str) -> str:
    """How a firm is named where its number must not stand."""
    return hub.vault.tag("enterprise", uscc)


def _row(hub: Hub, run: RunRow, match: Match) -> AwardRow:
    policy, firm = match.policy.name, firm_of(hub, match.uscc)
    day = date.fromisoformat(run.day)
    identifier = hub.vault.tag("award", run.id, policy, match.version, match.stage, firm)
    due = match.amount_fen > 0
    told = {"award": _record(hub, run, match, identifier), "account": dict(match.account)}
    sealed_in = bucket(hub.site.matter(MATTER), day)
    return AwardRow(
        id=identifier,
        run=run.id,
        list="",
        batch="",
        policy=policy,
        version=match.version,
        stage=match.stage,
        firm=firm,
        occurrence=occurrence(match.policy, day),
        amount_fen=max(match.amount_fen, 0),
        state="matched" if due else "screened-out",
        code=match.code,
        case="",
        row=match.row,
        sealed=hub.vault.seal(sealed_in, canonical.dumps(told), about=identifier),
        updated_at=times.stamp(hub.clock()),
    )


def _record(hub: Hub, run: RunRow, match: Match, identifier: str) -> dict[str, Any]:
    """As the policy is now: what is decided later on the way does not change it."""
    policy = match.policy
    staged = {"stage": match.stage} if match.stage else {}
    return {
        "id": identifier,
        "list": list_of(hub, run.id, policy.name, match.version),
        "policy": policy.name,
        "title": policy.title,
        "version": match.version,
        **staged,
        "firm": {"uscc": match.uscc, "name": match.name},
        "amount_fen": match.amount_fen,
        "confirm": policy.confirm,
        "publicity": policy.publicity,
        "route": policy.route,
        "fund": policy.fund,
        "decision": run.decisions or run.id,
        "row": match.row,
    }


def content(hub: Hub, row: AwardRow) -> Content:
    """What lies sealed in it."""
    told = canonical.loads(hub.vault.unseal(row.sealed, about=row.id))
    return Content(told["award"], told["account"])
