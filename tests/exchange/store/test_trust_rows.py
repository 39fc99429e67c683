"""Certificates by their digest, the newest list of each issuer, and a state that no clock is in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.store import schema, trust_rows
from exchange.store.engine import Store
from exchange.store.trust_rows import ListRow, SourceRow


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(f"sqlite:///{tmp_path / 'store.db'}")
    schema.upgrade(found)
    yield found
    found.close()


def test_a_certificate_stays_what_it_was(store: Store) -> None:
    with store.write() as connection:
        trust_rows.put_certificate(connection, "a", "one")
        trust_rows.put_certificate(connection, "a", "another")
        assert trust_rows.get_certificate(connection, "a") == "one"
        assert trust_rows.get_certificate(connection, "b") == ""


def test_the_state_changes_with_each_list_whenever_it_was_taken(store: Store) -> None:
    states = []
    with store.write() as connection:
        for digest, at in (("1", "2026-09"), ("2", "2026-01"), ("3", "2026-01")):
            trust_rows.put_list(connection, ListRow("ca", b"x", digest, "", "", at))
            states.append(trust_rows.state(connection, with_lists=True))
            assert trust_rows.state(connection, with_lists=False) == (-1, "")
        assert [row.digest for row in trust_rows.lists(connection)] == ["3"]
    assert len(set(states)) == 3


def test_a_source_is_as_it_was_last_seen(store: Store) -> None:
    with store.write() as connection:
        trust_rows.put_source(connection, SourceRow("ca", "2026", "2025", "wire.refused"))
        trust_rows.put_source(connection, SourceRow("ca", "2027"))
        assert trust_rows.sources(connection) == {"ca": SourceRow("ca", "2027")}
