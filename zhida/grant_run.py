"""A run of grants: snapshot → decisions, signed as one dataset → an award for each match.

The dataset and the note of it in the run commit together, so from there on a run that died is taken
up with the very decisions that were signed; before that nothing of it can be seen, and it is decided
anew. A run ends ``matched``; what becomes of its awards is ``zhida.grant_advance``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from exchange import canonical, times
from exchange.dataset import Dataset, Form
from exchange.document import Origin, new_id
from exchange.ledger import Entry
from exchange.ports import Record
from exchange.store import award_rows, grant_rows
from exchange.store.engine import Connection
from exchange.store.grant_rows import RunRow
from matters.grants import Grants
from matters.parts import OWN
from zhida import dataset_books, grant_awards, task
from zhida.grant_awards import Match
from zhida.hub import Hub

if TYPE_CHECKING:
    from zhida.grant_matching import Decided
    from zhida.snapshot import Snapshot

LOCK = "grants/run"
FORM = Form("grant-decisions", ("uscc", "policy", "stage"))
KIND = "grant-decisions"
BEGUN, DECIDED, MATCHED = "begun", "decided", "matched"
Tell = Callable[[str, int], None]
"""Is told now and then what is being done, and how far it is."""


@dataclass(frozen=True, slots=True)
class Running:
    """One run at work."""

    hub: Hub
    grants: Grants
    tell: Tell = lambda *_: None

    def run(self, frozen: Snapshot, day: date) -> RunRow | None:
        """A new run over a snapshot, or the rest of the one that died. None: another is at it."""
        with self.hub.locks.hold(LOCK) as owned:
            if not owned:
                return None
            row = _unfinished(self.hub) or self._begin(frozen, day)
            return self._finish(row)

    def _begin(self, frozen: Snapshot, day: date) -> RunRow:
        digests = {name: policy.digest for name, policy in sorted(self.grants.policies.items())}
        row = RunRow(
            id=new_id(),
            day=day.isoformat(),
            state=BEGUN,
            snapshot=frozen.id,
            decisions="",
            policies=canonical.dumps(digests).decode(),
            counts="{}",
            began_at=times.stamp(self.hub.clock()),
            ended_at="",
        )
        with self.hub.store.write() as connection:
            grant_rows.add_run(connection, row)
        return row

    def _finish(self, row: RunRow) -> RunRow:
        if row.state == BEGUN:
            row = self._decide(row)
        books = dataset_books.of(self.hub)
        found = books.get(row.decisions)
        grant_awards.keep(self.hub, row, self._matches(books.rows(found)))
        return self._matched(row)

    def _decide(self, row: RunRow) -> RunRow:
        from zhida import snapshot

        decided = self._decided(row, snapshot.find(self.hub, row.snapshot))
        counts = canonical.dumps({n: dict(c) for n, c in decided.counts.items()}).decode()

        def also(connection: Connection, made: Dataset) -> list[Entry]:
            told = {"decisions": made.id, "counts": counts}
            grant_rows.end_run(connection, row.id, DECIDED, **told)
            details = {"snapshot": row.snapshot, "decisions": made.id, "count": made.count}
            return [Entry("grant-run", row.id, "", details)]

        day = times.civil_day(self.hub.clock())
        bucket = task.bucket(self.hub.site.matter(grant_awards.MATTER), day)
        made = dataset_books.of(self.hub).write(
            decided.rows,
            replace(FORM, about=_about(row)),
            Origin(KIND, self.hub.site.unit, self.hub.site.unit, "hub", OWN, self.hub.clock()),
            bucket=bucket,
            also=also,
        )
        return replace(row, state=DECIDED, decisions=made.id, counts=counts)

    def _decided(self, row: RunRow, frozen: Snapshot) -> Decided:
        from matters.fact_columns import FIRM
        from zhida import grant_matching

        hub = self.hub
        with hub.store.read() as connection:
            had = award_rows.had(connection)
        past = grant_matching.Past(had, lambda firm: grant_awards.firm_of(hub, firm))
        day = date.fromisoformat(row.day)
        tell = lambda count: self.tell("match", count)  # noqa: E731
        return grant_matching.decide(frozen.frames(FIRM), self.grants, day, past, tell=tell)

    def _matches(self, rows: Iterator[Record]) -> Iterator[Match]:
        """Out of the signed rows, in their order."""
        for number, told in enumerate(rows):
            if number % award_rows.CHUNK == 0:
                self.tell("keep", number)
            yield Match(
                policy=self.grants.policies[told["policy"]],
                version=told["version"],
                stage=told["stage"],
                uscc=told["uscc"],
                name=told["name"],
                amount_fen=told["due_fen"],
                code=told["code"],
                row=number,
                account=told["account"],
            )

    def _matched(self, row: RunRow) -> RunRow:
        ended = times.stamp(self.hub.clock())
        with self.hub.store.write() as connection:
            grant_rows.end_run(connection, row.id, MATCHED, ended_at=ended)
            award_rows.forget_screened(connection, row.id)
        return replace(row, state=MATCHED, ended_at=ended)


def _about(row: RunRow) -> dict[str, object]:
    """What everybody sees who is shown one decision: which run, by which data and rules."""
    policies = canonical.loads(row.policies.encode())
    return {"run": row.id, "day": row.day, "snapshot": row.snapshot, "policies": policies}


def _unfinished(hub: Hub) -> RunRow | None:
    with hub.store.read() as connection:
        found = [r for s in (DECIDED, BEGUN) for r in grant_rows.runs(connection, state=s)]
    return found[0] if found else None
