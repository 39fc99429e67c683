"""A single firm out of the newest snapshot: the same that a run sees, and nothing stale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exchange import times
from exchange.errors import Fatal, Retriable
from sandbox.uscc import compose
from tests.zhida import known_firms
from tests.zhida.endpoint import Endpoint
from zhida import snapshot_facts, snapshot_take
from zhida.fact_rows import KEY
from zhida.snapshot_facts import SnapshotFacts

FIRMS = [compose("320114", number) for number in range(1, 41)]


def told(number: int) -> dict[str, Any]:
    return {
        "registered_name": f"示例{number}",
        "district": "320114",
        "founded": date(2026, 1, number % 28 + 1),
        "tax_clean": number % 2 == 0,
        "rd_y1": number * 10**6,
        "insured": number if number % 3 else None,
    }


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Endpoint]:
    folder = tmp_path / "town"
    folder.mkdir()
    connections = known_firms.lay(folder / "site", folder / "books")
    found = Endpoint(folder, {}, connections=connections)
    yield found
    found.hub.close()


def test_before_the_first_snapshot_nothing_is_decided(place: Endpoint) -> None:
    with pytest.raises(Retriable, match=r"serve\.no-snapshot"):
        snapshot_facts.of(place.hub)(FIRMS[0])


def test_each_firm_is_as_in_the_snapshot(place: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """In parts so small that most firms lie inside one, at its beginning or at its end."""
    monkeypatch.setattr(snapshot_take, "CHUNK", 7)
    known_firms.state(place, {uscc: told(n) for n, uscc in enumerate(FIRMS, 1)})
    frozen = known_firms.freeze(place.hub)
    facts_of = snapshot_facts.of(place.hub)
    rows = {row[KEY]: row for f in frozen.frames() for row in f.iter_rows(named=True)}
    assert len(rows) == 40
    for uscc, row in rows.items():
        firm = facts_of(uscc)
        assert firm is not None
        assert dict(firm.facts) == {k: v for k, v in row.items() if k != KEY and v is not None}
        assert firm.snapshot == frozen.id
    assert facts_of(compose("320114", 99)) is None
    assert facts_of("0") is None
    assert facts_of("Z") is None


def test_each_fact_tells_as_of_when_it_is(place: Endpoint) -> None:
    known_firms.state(place, {FIRMS[0]: told(2)})
    known_firms.freeze(place.hub)
    firm = snapshot_facts.of(place.hub)(FIRMS[0])
    assert firm is not None
    today = times.civil_day(place.clock()).isoformat()
    assert set(firm.as_of) == set(firm.facts)
    assert set(firm.as_of.values()) == {today}
    assert firm.facts["founded"] == date(2026, 1, 3)


def test_what_has_grown_stale_since_is_unknown(place: Endpoint) -> None:
    """The night's work has been dead for three days: nobody is decided on by what it left."""
    known_firms.state(place, {FIRMS[0]: told(2)})
    known_firms.freeze(place.hub)
    facts_of = snapshot_facts.of(place.hub)
    place.clock.skip(days=1, hours=23)
    firm = facts_of(FIRMS[0])
    assert firm is not None
    assert firm.facts
    place.clock.skip(hours=2)
    firm = facts_of(FIRMS[0])
    assert firm is not None
    assert firm.facts == {}


def test_a_new_snapshot_is_seen_at_the_next_question(place: Endpoint) -> None:
    known_firms.state(place, {FIRMS[0]: told(2)})
    known_firms.freeze(place.hub)
    facts_of = snapshot_facts.of(place.hub)
    assert facts_of(FIRMS[1]) is None
    place.clock.skip(minutes=1)
    known_firms.state(place, {FIRMS[0]: told(2), FIRMS[1]: told(4)})
    newest = known_firms.freeze(place.hub)
    firm = facts_of(FIRMS[1])
    assert firm is not None
    assert firm.snapshot == newest.id


def test_few_parts_stay_in_memory_and_a_changed_one_is_told(
    place: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_take, "CHUNK", 5)
    known_firms.state(place, {uscc: told(n) for n, uscc in enumerate(FIRMS, 1)})
    known_firms.freeze(place.hub)
    kept = SnapshotFacts(place.hub, snapshot_facts.of(place.hub)._fresh, kept=2)
    for uscc in FIRMS:
        assert kept(uscc) is not None
        assert len(kept._frames) <= 2
    first = min(FIRMS)
    monkeypatch.setattr(
        "exchange.part_books.PartBooks.get", lambda *_: b"something else", raising=True
    )
    with pytest.raises(Fatal, match=r"snapshot\.changed"):
        kept(first)
