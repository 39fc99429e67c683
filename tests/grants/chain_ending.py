"""What must hold when the chain has come to rest, read from three sides that know nothing of each other.

The clauses' SQL says what is due; the treasury's books say what was paid; the portal's books say who
was asked, and what became of it. The hub's own rows must agree with each of them.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from exchange import audit
from exchange.store import award_rows, grant_rows
from exchange.store.award_rows import AwardRow
from matters.award_states import STATES
from sandbox import grant_books
from sandbox.books import read_effects
from sandbox.grant_books import PAID, Payment
from tests.grants import district_oracle
from tests.grants.district_oracle import Night
from zhida import dataset_books
from zhida.hub import Hub


@dataclass
class Ending:
    """Of a district in ``folder`` whose hub is ``hub``."""

    folder: Path
    hub: Hub
    firms: int
    rows: list[AwardRow] = field(default_factory=list)
    """Of the first night."""
    later: list[AwardRow] = field(default_factory=list)
    """Of the nights that came while its awards were on their way."""
    decided: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.hub.store.read() as connection:
            runs = sorted(grant_rows.runs(connection), key=lambda run: run.began_at)
            every = [
                row for state in STATES for row in award_rows.some(connection, state, limit=10**9)
            ]
        matched = {row.run for row in every}
        self.run = next(run for run in runs if run.id in matched)  # one before had no facts yet
        for row in every:
            (self.rows if row.run == self.run.id else self.later).append(row)
        books = dataset_books.of(self.hub)
        self.decided = [dict(row) for row in books.rows(books.get(self.run.decisions))]
        self.night: Night = district_oracle.night(self.firms, date.fromisoformat(self.run.day))
        self.payments: list[Payment] = grant_books.payments(self.folder)

    def states(self) -> Counter[str]:
        return Counter(row.state for row in self.rows)

    def summary(self) -> dict[str, Any]:
        """Counts and fen, for who reads the log."""
        paid = [each for each in self.payments if each.status == PAID]
        return {
            "matched": len(self.night.gross),
            "gross_fen": sum(self.night.gross.values()),
            "due_fen": sum(self.night.due.values()),
            "states": dict(self.states()),
            "paid": (len(paid), sum(each.fen for each in paid)),
            "orders": len(self.payments),
        }

    def check(self) -> None:
        """Everything."""
        self.matched_is_what_the_clauses_give()
        self.settled_is_what_the_clauses_leave()
        self.each_match_is_in_one_state()
        self.another_night_gives_nothing_twice()
        self.each_award_is_paid_once()
        self.who_is_not_paid_has_a_reason()
        found = audit.verify(self.hub.store, self.hub.signer.public, self.hub.site.name)
        assert found.problems == []

    def matched_is_what_the_clauses_give(self) -> None:
        found = {(d["uscc"], d["policy"], d["stage"]): d["gross_fen"] for d in self.decided}
        assert len(found) == len(self.decided)
        wrong = dict(found.items() ^ self.night.gross.items())
        assert not wrong, (Counter(policy for _, policy, _ in wrong), list(wrong.items())[:5])

    def settled_is_what_the_clauses_leave(self) -> None:
        due = Counter[tuple[str, str]]()
        for each in self.decided:
            due[each["uscc"], each["policy"]] += each["due_fen"]
        wrong = {**+due}.items() ^ self.night.due.items()
        assert not wrong, sorted(wrong)[:5]

    def each_match_is_in_one_state(self) -> None:
        """A row for each decision, with its amount."""
        assert [row.row for row in sorted(self.rows, key=lambda row: row.row)] == list(
            range(len(self.decided))
        )
        assert all(row.amount_fen == self.decided[row.row]["due_fen"] for row in self.rows)
        assert sum(row.amount_fen for row in self.rows) == sum(self.night.due.values())

    def another_night_gives_nothing_twice(self) -> None:
        assert {row.state for row in self.later} <= {"screened-out"}

    def each_award_is_paid_once(self) -> None:
        """In the treasury's own books, to its own firm, what is due, and no other money at all."""
        paid = [each for each in self.payments if each.status == PAID]
        assert grant_books.twice(self.payments) == []
        of_hub = {row.id: row for row in self.rows if row.state == "paid"}
        assert {each.award for each in paid} == of_hub.keys()
        titles = self._titles()
        for each in paid:
            told = self.decided[of_hub[each.award].row]
            assert (each.uscc, each.fen) == (told["uscc"], told["due_fen"])
            assert each.title == titles[told["policy"]]
        orders = grant_books.orders(self.folder)
        assert max(Counter(row["orderno"] for row in orders).values()) == 1

    def _titles(self) -> dict[str, str]:
        from matters import grants

        return {name: policy.title for name, policy in grants.load().policies.items()}

    def who_is_not_paid_has_a_reason(self) -> None:
        """By the portal's and the treasury's books: silent, declined, or not yet asked for an account."""
        asked = read_effects(self.folder / "portal" / "books.sqlite", "doings")
        first = [
            row for row in asked if row["kind"] == "question" and '"attempt"' not in row["given"]
        ]
        silent = {row["about"] for row in first if row["state"] == "1"}
        declined = {row["about"] for row in first if row["state"] == "3"}
        assert len({row["about"] for row in first}) == len(first), "a firm was asked twice"
        by_state: dict[str, set[str]] = {}
        for row in self.rows:
            by_state.setdefault(row.state, set()).add(row.id)
        assert by_state.get("awaiting-confirmation", set()) == silent
        assert by_state.get("declined", set()) == declined
        back = {each.award for each in self.payments if each.status == grant_books.RETURNED}
        returned = by_state.get("returned", set())
        assert returned == back - by_state.get("paid", set())
        again = [row for row in asked if row["kind"] == "question" and '"attempt"' in row["given"]]
        open_ = {row["about"] for row in again if row["state"] != "2"}
        assert returned == open_, "whoever told another account is paid, or is asked for the next"
        rest = by_state.keys() - {"paid", "awaiting-confirmation", "declined", "returned"}
        assert rest <= {"screened-out", "confirmed", "objected"}, rest
        self._nobody_knows_their_account(by_state.get("confirmed", set()))

    def _nobody_knows_their_account(self, waiting: set[str]) -> None:
        for row in self.rows:
            if row.id in waiting:
                assert self.decided[row.row]["account"] == {}

    def tables_of_the_treasury(self) -> Counter[str]:
        """Order number → rows in the payers' front-end tables: whatever the hub has ever written there."""
        found: Counter[str] = Counter()
        for payer in grant_books.PAYERS:
            with closing(sqlite3.connect(self.folder / payer / "frontend.sqlite")) as db:
                found.update(row[0] for row in db.execute("SELECT ORDERNO FROM ZF_SQ"))
        return found
