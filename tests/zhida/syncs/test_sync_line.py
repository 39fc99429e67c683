"""When a line stops by itself: paused, a system stopped or outside its hours; and what a death leaves."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from exchange import canonical
from exchange.errors import Fatal
from exchange.store import leg_rows
from exchange.store.leg_rows import LegRow
from tests.zhida.syncs.conftest import Town, counted, firm
from zhida import dataset_books, sync_file, sync_line, sync_look, sync_run, sync_to
from zhida.sync_asked import Asked
from zhida.sync_line import Work


def test_outside_its_hours_a_system_is_left_alone(town: Town) -> None:
    town.registry.put("firm", *(firm(n) for n in range(10)))
    told = {"system": "front", "title": "x", "unit": "licensing", "adapter": "database"}
    options = {"driver": "sqlite", "database": town.front.place}
    town.write(
        "systems",
        "front",
        {**told, "connection": "front", "options": options, "window": "22:00-06:00"},
    )
    assert town.run().state == "paused"
    assert town.front.rows("firm_in") == []


@pytest.mark.parametrize(("system", "mode"), [("registry", "stopped"), ("front", "shadow")])
def test_a_stopped_source_and_a_target_in_shadow_are_left_alone(
    town: Town, system: str, mode: str
) -> None:
    town.registry.put("firm", *(firm(n) for n in range(10)))
    with closing(town.hub()) as hub, hub.store.write() as connection:
        leg_rows.put(
            connection, LegRow(system, mode, "2026-01-06T01:00:00.000000Z", "wang", "示例")
        )
    assert town.run().state == "paused"
    assert town.front.rows("firm_in") == []


def test_paused_in_the_middle_it_goes_on_where_it_stood(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.registry.put("firm", *(firm(n) for n in range(20)))
    close = Work.close

    def pausing(work: Work, *told: Any) -> None:
        close(work, *told)
        sync_look.pause(work.books.hub, work.sync, until_resumed=True)

    with monkeypatch.context() as patch:
        patch.setattr(Work, "close", pausing)
        done = town.run()
    assert (done.state, done.counts["applied"]) == ("paused", 7)
    with closing(town.hub()) as hub:
        sync_look.pause(hub, sync_file.find(town.site, "firms"), until_resumed=False)
    assert town.counts() == counted(read=13, applied=13)


def test_two_at_once_are_one(town: Town) -> None:
    with closing(town.hub()) as hub, closing(town.hub()) as other:
        [line] = sync_to.lines(sync_file.find(town.site, "firms"))
        with other.locks.hold(f"sync/{line.key}"):
            assert sync_look.look(hub, line, Asked()).state == "busy"
        assert sync_look.look(hub, line, Asked()).state == "done"


def test_a_place_that_somebody_else_moved_stops_the_batch(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.registry.put("firm", firm(1))
    town.run()
    apply = Work.apply

    def late(work: Work, *told: Any, **more: Any) -> Any:
        town.front.run("UPDATE zhida_sync SET batch = 'another'")
        return apply(work, *told, **more)

    town.registry.put("firm", firm(2))
    with monkeypatch.context() as patch, pytest.raises(Fatal, match=r"tables\.place-moved"):
        patch.setattr(Work, "apply", late)
        town.run()
    assert len(town.front.rows("firm_in")) == 1
    assert town.counts().applied == 0  # the batch that was left is finished, in no row of this run
    assert len(town.front.rows("firm_in")) == 2


def test_a_row_that_was_synced_can_be_found_in_its_signed_dataset(town: Town) -> None:
    town.registry.put("firm", firm(1), firm(2))
    town.run()
    with closing(town.hub()) as hub:
        from exchange.store import dataset_rows

        with hub.store.read() as connection:
            [row] = dataset_rows.listed(connection, "firm-row")
        books = dataset_books.of(hub)
        found = books.find(books.get(row.id), ("9132000002",))
        assert found is not None
        assert found.salted.record["CAPITAL"] == "10000.50"
        [line] = sync_to.lines(sync_file.find(town.site, "firms"))
        assert sync_run.run(hub, line, Asked()).counts["applied"] == 0


def test_what_was_read_is_kept_in_few_pieces() -> None:
    """Each is sealed and written by itself: a piece a row was a wait for the disk a row."""
    records = [{"CODE": str(number), "NAME": None if number % 2 else "x"} for number in range(5000)]
    stated = [{n: v for n, v in each.items() if v is not None} for each in records]
    pieces = list(sync_line._lines(stated))
    assert [piece.count(b"\n") for piece in pieces] == [4096, 904]
    assert b"".join(pieces) == b"".join(canonical.dumps(each) + b"\n" for each in stated)
