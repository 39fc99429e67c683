"""Table to table: what is new comes over once, what is wrong is held, and every row is accounted for."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime

import pytest

from exchange.errors import Fatal, Forbidden, Invalid, Rejected
from exchange.store import dataset_rows, sync_rows
from tests.zhida.syncs.conftest import COLUMNS, Town, both, counted, firm


def held(town: Town) -> dict[str, int]:
    """Code → rows that are held."""
    with closing(town.hub()) as hub, hub.store.read() as connection:
        found = sync_rows.held_by_code(connection, "firms", "front/firm_in")
    return {code: count for (_, code), count in found.items()}


def equal(town: Town) -> bool:
    return town.front.rows("firm_in") == town.registry.rows("firm")


@both
def test_what_is_new_comes_over_once(town: Town) -> None:
    town.registry.put("firm", *(firm(n) for n in range(20)))
    assert town.counts() == counted(read=20, applied=20)
    assert equal(town)
    assert town.counts().applied == 0
    town.registry.put("firm", firm(30))
    assert town.counts().applied == 1
    assert equal(town)


def test_each_batch_is_one_signed_dataset(town: Town) -> None:
    town.registry.put("firm", *(firm(n) for n in range(20)))
    town.run()
    with closing(town.hub()) as hub, hub.store.read() as connection:
        made = dataset_rows.listed(connection, "firm-row")
    assert sorted(each.count for each in made) == [6, 7, 7]
    assert {(each.provider, each.source) for each in made} == {("market", "registry")}


@both
def test_rows_with_one_time_and_late_rows_are_seen(town: Town) -> None:
    town.registry.put("firm", *(firm(n, minute=60) for n in range(16)))
    assert town.counts().applied == 16
    town.registry.put("firm", firm(40, minute=60), firm(41, minute=51))
    assert town.counts() == counted(read=18, applied=2, unchanged=16)
    assert equal(town)


@both
def test_a_changed_row_is_changed_and_a_mended_target_is_left(town: Town) -> None:
    town.registry.put("firm", *(firm(n) for n in range(5)))
    town.run()
    town.registry.run(
        "UPDATE firm SET \"NAME\" = '新名', \"MTIME\" = '2026-01-04 02:00:00' WHERE \"CODE\" = '9132000003'"
    )
    assert town.counts().applied == 1
    assert equal(town)


def test_a_clock_that_is_ahead_hides_nothing(town: Town) -> None:
    late = (*firm(1)[:4], "2026-03-01 00:00:00")
    town.registry.put("firm", late)
    town.run()
    town.registry.put("firm", (*firm(2)[:4], "2026-01-06 08:59:00"))
    assert town.counts() == counted(read=2, applied=1, unchanged=1)


def test_rows_without_a_cursor_are_told_at_each_run_and_kept_once(town: Town) -> None:
    town.registry.put("firm", firm(1), (*firm(2)[:4], None))
    assert town.counts() == counted(read=2, applied=1, quarantined=1)
    assert town.counts().quarantined == 1
    assert held(town) == {"sync.no-mark": 1}


@both
def test_what_the_target_cannot_hold_is_invalid_and_stops_nobody(town: Town) -> None:
    town.front.run("DROP TABLE firm_in")
    town.front.run(
        'CREATE TABLE firm_in ("CODE" VARCHAR(18) PRIMARY KEY, "NAME" VARCHAR(4),'
        ' "CAPITAL" NUMERIC(8,1), "SINCE" DATE NOT NULL, "MTIME" TIMESTAMP)'
    )
    town.registry.put("firm", firm(1), firm(2, name="名称太长了一些"))
    town.registry.put("firm", (*firm(3)[:2], "1.25", *firm(3)[3:]))
    town.registry.put("firm", (*firm(4)[:3], None, firm(4)[4]))
    assert town.counts() == counted(read=4, applied=1, invalid=2, refused=1)
    assert held(town) == {"tables.does-not-fit": 2, "tables.not-null": 1}
    assert len(town.front.rows("firm_in")) == 1


@both
def test_a_key_that_several_rows_have_is_in_quarantine(town: Town) -> None:
    town.registry.run("DROP TABLE firm")
    town.registry.run(
        'CREATE TABLE firm ("CODE" VARCHAR(18), "NAME" VARCHAR(40), "CAPITAL" NUMERIC(14,2),'
        ' "SINCE" DATE, "MTIME" TIMESTAMP)'
    )
    town.registry.put("firm", *(firm(n) for n in range(10)), firm(3, name="又一个", minute=9))
    found = town.counts()
    assert (found.read, found.applied, found.quarantined) == (11, 9, 2)
    assert set(held(town)) == {"sync.repeated-key"}


def test_append_never_changes_a_row(town: Town) -> None:
    town.sync(mode="append")
    town.registry.put("firm", *(firm(n) for n in range(5)))
    town.run()
    town.registry.run("UPDATE firm SET \"NAME\" = '新名' WHERE \"CODE\" = '9132000004'")
    town.registry.put("firm", firm(6))
    assert town.counts() == counted(read=6, applied=1, unchanged=4, quarantined=1)
    assert town.front.rows("firm_in")[4][1] == "企业4"


@both
def test_a_snapshot_takes_away_what_is_gone(town: Town) -> None:
    town.sync(mode="snapshot", stop={"drop": 50})
    town.registry.put("firm", *(firm(n) for n in range(20)))
    assert town.counts().applied == 20
    town.registry.run("DELETE FROM firm WHERE \"CODE\" IN ('9132000000', '9132000013')")
    town.registry.run("UPDATE firm SET \"NAME\" = '新名' WHERE \"CODE\" = '9132000004'")
    assert town.counts() == counted(read=18, applied=1, unchanged=17, gone=2, deleted=2)
    assert equal(town)


@pytest.mark.parametrize("mode", ["snapshot", "upsert"])
def test_a_source_that_was_emptied_stops_before_anything(town: Town, mode: str) -> None:
    town.sync(mode=mode)
    town.registry.put("firm", *(firm(n) for n in range(20)))
    town.run()
    town.registry.run("DELETE FROM firm WHERE \"CODE\" > '9132000009'")
    with pytest.raises(Rejected, match=r"sync\.dropped"):
        town.run()
    assert len(town.front.rows("firm_in")) == 20
    town.run(accept=frozenset({"drop"}))
    assert len(town.front.rows("firm_in")) == (10 if mode == "snapshot" else 20)


def test_too_many_wrong_rows_stop_the_batch(town: Town) -> None:
    town.sync(batch=50)
    town.registry.put("firm", *(firm(n) for n in range(30)))
    town.registry.put("firm", *(firm(n, name="长" * 40) for n in range(30, 60)))
    town.front.run("DROP TABLE firm_in")
    town.front.run(
        'CREATE TABLE firm_in ("CODE" VARCHAR(18) PRIMARY KEY, "NAME" VARCHAR(10),'
        ' "CAPITAL" NUMERIC(14,2), "SINCE" DATE, "MTIME" TIMESTAMP)'
    )
    with pytest.raises(Rejected, match=r"sync\.too-many-errors"):
        town.run()
    assert town.front.rows("firm_in") == []
    assert town.counts(accept=frozenset({"errors"})) == counted(read=60, applied=30, invalid=30)


def test_without_an_agreement_over_each_column_nothing_is_read(town: Town) -> None:
    town.registry.put("firm", firm(1))
    town.agree("/CODE", "/NAME")
    with pytest.raises(Forbidden, match=r"sync\.not-agreed.*CAPITAL, SINCE, MTIME"):
        town.run()
    town.agree(purpose="other")
    with pytest.raises(Forbidden, match=r"agreement\.purpose"):
        town.run()
    town.agree("/CODE", "/NAME")
    town.sync(source={"system": "registry", "table": "firm", "columns": ["CODE", "NAME"]})
    assert town.counts().applied == 1
    assert town.front.rows("firm_in") == [("9132000001", "企业1", None, None, None)]


@pytest.mark.parametrize("drift", ["stop", "ignore", "quarantine"])
def test_a_new_column(town: Town, drift: str) -> None:
    town.sync(drift=drift)
    town.registry.put("firm", firm(1))
    town.run()
    town.registry.run('ALTER TABLE firm ADD COLUMN "LEGAL" VARCHAR(20)')
    town.registry.put("firm", (*firm(2), None), (*firm(3), "张示例"))
    if drift == "stop":
        with pytest.raises(Rejected, match=r"sync\.drift .*\+LEGAL"):
            town.run()
        return
    wrong = 1 if drift == "quarantine" else 0
    assert town.counts() == counted(read=3, unchanged=1, applied=2 - wrong, quarantined=wrong)


def test_a_renamed_column_stops_whatever_the_contract(town: Town) -> None:
    town.sync(drift="ignore")
    town.registry.put("firm", firm(1))
    town.run()
    town.registry.run('ALTER TABLE firm RENAME COLUMN "NAME" TO "NAME_CN"')
    with pytest.raises(Fatal, match=r"sync\.column-gone .*NAME_CN"):
        town.run()


def test_a_column_of_another_type(town: Town) -> None:
    town.registry.put("firm", firm(1))
    town.run()
    town.registry.run("DROP TABLE firm")
    columns = ", ".join(f'"{name}" VARCHAR(40)' for name in COLUMNS)
    town.registry.run(f"CREATE TABLE firm ({columns})")
    with pytest.raises(Rejected, match=r"sync\.drift .*~CAPITAL"):
        town.run()


@both
def test_a_backfill_reads_a_span_again_and_moves_nothing(town: Town) -> None:
    town.registry.put("firm", *(firm(n) for n in range(30)))
    town.run()
    town.front.run("DELETE FROM firm_in WHERE \"CODE\" < '9132000010'")
    assert town.counts().applied == 0
    found = town.counts(between=("2026-01-04 00:00:00", "2026-01-04 00:05:00"))
    assert found == counted(read=6, applied=6)
    assert town.counts(between=("2026-01-04", "2026-01-04")).applied == 4
    assert equal(town)
    with pytest.raises(Invalid, match=r"does-not-fit|sync\.no-span"):
        town.run(between=("yesterday", "2026-01-04"))
    with pytest.raises(Invalid, match=r"sync\.no-span"):
        town.run(between=("2026-01-05", "2026-01-04"))
    with pytest.raises(Invalid, match=r"does-not-fit|sync\.no-span"):
        town.run(between=("2026-02-29", "2026-03-01"))


@both
@pytest.mark.parametrize(
    ("form", "day"),
    [
        ("%Y-%m-%d %H:%M:%S", "2026-01-04"),
        ("%Y%m%d%H%M%S", "20260104"),
        ("%Y-%m-%dT%H:%M:%S", "2026-01-04"),
    ],
)
def test_a_day_of_times_that_are_texts_is_a_whole_day(town: Town, form: str, day: str) -> None:
    for table in (town.registry.run, town.front.run):
        table("DROP TABLE IF EXISTS " + ("firm" if table == town.registry.run else "firm_in"))
        columns = ", ".join(f'"{name}" VARCHAR(40)' for name in COLUMNS[1:])
        name = "firm" if table == town.registry.run else "firm_in"
        table(f'CREATE TABLE {name} ("CODE" VARCHAR(18) PRIMARY KEY, {columns})')
    times = [
        datetime(2026, 1, 3, 23, 59, 59),
        datetime(2026, 1, 4),
        datetime(2026, 1, 4, 23, 59, 59),
        datetime(2026, 1, 5),
    ]
    rows = [(*map(str, firm(n)[:-1]), each.strftime(form)) for n, each in enumerate(times)]
    town.registry.put("firm", *rows)
    town.run()
    town.front.run("DELETE FROM firm_in")
    assert town.counts(between=(day, day)) == counted(read=2, applied=2)
