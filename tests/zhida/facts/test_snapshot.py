"""Snapshots: every firm once, what nobody told is unknown, and nothing can be changed unseen."""

from __future__ import annotations

import json

import polars as pl
import pytest

from exchange.errors import Fatal
from exchange.store import ledger_rows
from exchange.store.dataset_tables import sealed_part, snapshot
from zhida import snapshot as snapshots
from zhida import snapshot_take
from zhida.snapshot_take import Taking

HOLDERS = ("tax", "human-resources", "market-supervision")


@pytest.fixture
def take(hub, told):
    return lambda: Taking(hub, told).run()


def whole(found) -> pl.DataFrame:
    return pl.concat(list(found.frames()))


def test_every_firm_that_anybody_knows_is_there_once(town, hub, sync, take, monkeypatch) -> None:
    monkeypatch.setattr(snapshot_take, "CHUNK", 150)
    monkeypatch.setattr("zhida.fact_frames.WINDOW", 100)
    monkeypatch.setattr("exchange.dataset_writing.chunks.__defaults__", (64,))
    district = town.hand_over(420)
    for holder in HOLDERS:
        sync(holder)
    made = take()
    assert [frame.height for frame in made.frames()] == [150, 150, made.count - 300]
    frame = whole(snapshots.find(hub))
    known = [n for n in range(420) if any(district.knows(h, n) for h in HOLDERS)]
    assert frame["uscc"].to_list() == sorted(district.code(n) for n in known)
    assert made.count == len(known)
    rows = {row["uscc"]: row for row in frame.iter_rows(named=True)}
    for holder, facts in town.asked().items():
        for fact in facts:
            for n, value in enumerate(district.column(fact, range(420), facts)):
                if n in known:
                    wanted = value if district.knows(holder, n) else None
                    assert rows[district.code(n)][fact.name] == wanted


def test_a_fact_of_the_catalogue_that_nobody_gives_is_a_column_of_nulls(
    town, told, sync, take
) -> None:
    town.hand_over(20)
    sync("tax")
    frame = whole(take())
    assert set(frame.columns) == {"uscc", *told.facts}
    assert frame["digital_invest_y1"].null_count() == frame.height
    kinds = {
        "flag": pl.Boolean,
        "code": pl.String,
        "count": pl.Int64,
        "money": pl.Int64,
        "date": pl.Date,
    }
    assert all(frame.schema[name] == kinds[fact.kind] for name, fact in told.facts.items())


def test_a_firm_that_the_tax_bureau_alone_knows_has_the_rest_unknown(town, sync, take) -> None:
    district = town.hand_over(20)
    for holder in HOLDERS:
        sync(holder)
    row = whole(take()).row(by_predicate=pl.col("uscc") == district.code(13), named=True)
    assert row["district"] is None
    assert row["insured_end_y1"] is None


def test_what_is_too_old_is_unknown_and_that_is_said(town, sync, take, later) -> None:
    town.hand_over(20)
    sync("tax")
    later(days=2, minutes=1)
    town.hand_over(20, ["market-supervision"])
    sync("market-supervision")
    made = take()
    states = {source.system: source.state for source in made.sources}
    assert states["tax-facts"] == "stale"
    assert states["human-resources-facts"] == "missing"
    frame = whole(made)
    assert frame["tax_clean"].null_count() == frame.height
    assert frame["rd_deduction_y1"].null_count() == frame.height
    assert frame.height == 20  # it is still known that the firms exist


def test_nothing_known_is_an_empty_snapshot(take) -> None:
    made = take()
    assert (made.count, list(made.frames())) == (0, [])


def test_it_stays_as_it_was_when_the_facts_change(town, sync, take, later) -> None:
    town.hand_over(20)
    sync("tax")
    made = take()
    before = whole(made)
    later(days=1)
    town.hand_over(20, ["tax"], seed=7)
    sync("tax", force=True)
    assert whole(made).equals(before)
    assert not whole(take()).equals(before)


def test_another_day_or_another_source_is_another_digest(town, sync, take, later) -> None:
    town.hand_over(20)
    sync("tax")
    one = take()
    later(seconds=1)
    other = take()
    assert one.digest != other.digest
    assert whole(one).equals(whole(other))


@pytest.mark.parametrize("change", ["part", "sources", "count", "digest-of-part"])
def test_what_was_changed_is_noticed(town, hub, sync, take, change) -> None:
    town.hand_over(20)
    sync("tax")
    made = take()
    with hub.store.write() as connection:
        if change == "part":
            connection.execute(sealed_part.delete().where(sealed_part.c.owner == made.id))
        elif change == "sources":
            row = connection.execute(snapshot.select()).one()
            forged = row.sources.replace('"fresh"', '"stale"')
            connection.execute(snapshot.update().values(sources=forged))
        elif change == "count":
            connection.execute(snapshot.update().values(count=3))
        else:
            connection.execute(sealed_part.update().where(sealed_part.c.owner == made.id).values(digest="ab" * 32))  # fmt: skip
    with pytest.raises(Fatal, match=r"snapshot\.changed"):
        next(snapshots.find(hub, made.id[:8]).frames())


def test_another_content_under_the_same_digest_is_noticed(town, hub, sync, take) -> None:
    town.hand_over(20)
    sync("tax")
    made = take()
    kept, rows = made.parts.digests(made.id, "frame")[0]
    made.parts.drop(made.id)
    from exchange.part_books import place

    made.parts.put(place(made.id, "frame", 0, rows, kept), b"other", "grants-2036-01")
    with pytest.raises(Fatal, match=r"snapshot\.changed"):
        next(made.frames())


def test_the_ledger_says_what_it_was_made_of_and_nothing_of_a_firm(town, hub, sync, take) -> None:
    district = town.hand_over(20)
    done = sync("tax")
    made = take()
    with hub.store.read() as connection:
        bodies = [entry.body for entry in ledger_rows.entries(connection, 0, 99)]
    told = json.loads(bodies[-1])
    assert (told["kind"], told["digest"], told["count"]) == ("snapshot", made.digest, made.count)
    assert done.dataset in {each["dataset"] for each in told["sources"]}
    assert not any(district.code(n).encode() in body for n in range(20) for body in bodies)


def test_one_that_is_not_there(hub) -> None:
    for beginning in ("", "ab", "abcdef"):
        with pytest.raises(Fatal, match=r"snapshot\.unknown"):
            snapshots.find(hub, beginning)


def test_one_that_fails_half_way_leaves_nothing(town, hub, sync, take, monkeypatch) -> None:
    town.hand_over(20)
    sync("tax")
    with hub.store.read() as connection:
        before = len(connection.execute(sealed_part.select()).all())
    monkeypatch.setattr(snapshot_take, "_commit", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take()
    with hub.store.read() as connection:
        assert len(connection.execute(sealed_part.select()).all()) == before
