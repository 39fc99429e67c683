"""A proposal is decided on once."""

from __future__ import annotations

from exchange.store import proposal_rows
from exchange.store.engine import Store
from exchange.store.proposal_rows import ProposalRow


def row(identifier: str, at: str = "2026-03-02T01:00:00.000000Z") -> ProposalRow:
    return ProposalRow(identifier, "give-up", "{}", "why", "wang", at, "a.b.c")


def test_it_is_settled_once_and_only_while_it_is_open(store: Store) -> None:
    with store.write() as connection:
        proposal_rows.put(connection, row("abcd"))
        assert proposal_rows.settle(connection, "abcd", state="approved", decided_by="li")
        assert not proposal_rows.settle(connection, "abcd", state="rejected", decided_by="zhao")
        assert not proposal_rows.settle(connection, "none", state="approved")
        found = proposal_rows.get(connection, "abcd")
    assert found is not None
    assert (found.state, found.decided_by) == ("approved", "li")


def test_open_ones_are_listed_oldest_first(store: Store) -> None:
    with store.write() as connection:
        for identifier, at in (("new", "2"), ("old", "1"), ("done", "0")):
            proposal_rows.put(connection, row(identifier, at))
        proposal_rows.settle(connection, "done", state="void")
        assert [each.id for each in proposal_rows.listed(connection, "open")] == ["old", "new"]
        assert [each.id for each in proposal_rows.listed(connection)] == ["done", "old", "new"]


def test_the_beginning_of_an_id_is_taken_as_it_stands(store: Store) -> None:
    with store.write() as connection:
        for identifier in ("ab12", "ab34", "a%34"):
            proposal_rows.put(connection, row(identifier))
        found = [each.id for each in proposal_rows.beginning_with(connection, "a%")]
    assert found == ["a%34"]
