"""A backup taken while workers go on, put back, and compared with the peers: nothing twice (G12)."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from exchange import audit, backup, epoch
from exchange.backup import DUMP, MANIFEST, SIGNED
from exchange.errors import Fatal, Invalid, Rejected
from exchange.ledger import Entry
from exchange.store import book_rows, delivery_rows, ledger_rows
from exchange.store.engine import Store
from zhida import leg_switch, legs, reconcile
from zhida import restore as restoring
from zhida.reconcile import Window
from zhida.restore import Restored
from zhida.restore_lost import Place
from zhida.restore_order import Order

STORES = ("sqlite", "postgresql")
NUMBERS = count(701)
ROOT = Path(__file__).resolve().parents[2]
ON_SQLITE = pytest.mark.parametrize("store_address", ["sqlite"], indirect=True, scope="module")
"""What the test does to the store is done to its file."""


class Vessel:
    """A town whose store is backed up and put back."""

    def __init__(self, town: Any, folder: Path) -> None:
        self.town, self.folder = town, folder
        self.kept_heads: list[str] = []
        """What a witness has collected."""

    @property
    def place(self) -> Place:
        env = self.town.district.env
        var, secret = Path(env["ZHIDA_VAR"]), env["ZHIDA_KEY_PASSWORD"].encode()
        return Place(self.town.hub.site, var, secret, self.town.clock, self.town.store)

    def backup(self, *words: str) -> dict[str, Any]:
        """By the command, in a process of its own."""
        with self.town.worker("-m", "zhida", "backup", str(self.folder), "--json", *words) as made:
            told: dict[str, Any] = json.loads(made.communicate()[0])
        assert made.returncode == 0
        return told

    def witness(self) -> None:
        with self.town.hub.store.read() as connection:
            self.kept_heads.append(ledger_rows.head(connection).token)

    def order(self) -> Order:
        return Order(self.town.operator("wang"), "磁盘损坏")

    def restore(self, **how: Any) -> Restored:
        self.town.hub.close()
        try:
            return restoring.restore(self.place, self.folder, self.order(), **how)
        finally:
            self.town.hub = self.town.open_hub()

    def keeps(self, replaced: str) -> bool:
        """Is the store that was replaced still there: a file, or a database beside the new one?"""
        if not self.town.store:
            return Path(replaced).is_file()
        beside = Store(f"{self.town.store.rpartition('/')[0]}/{replaced}")
        with beside.read() as connection:
            found = ledger_rows.head(connection)
        beside.close()
        return found is not None

    def reconcile(self) -> dict[str, Any]:
        """All of what may have been lost, and has settled, with everybody who keeps books."""
        self.town.clock.skip(31)
        now, systems = self.town.clock(), self.town.hub.site.systems
        window = Window(now - timedelta(days=3), now + timedelta(days=3))
        return {
            name: reconcile.reconcile(self.town.hub, systems[name], window)
            for name in ("police", "insurance", "oa")
        }

    def doubts(self) -> list[str]:
        with self.town.hub.store.read() as connection:
            return [row.system for row in book_rows.doubts(connection)]

    def outside_problems(self) -> list[str]:
        hub = self.town.hub
        found = audit.compare(hub.store, hub.signer.public, hub.site.name, self.kept_heads)
        return [problem.code for problem in found]


@pytest.fixture
def vessel(town: Any, tmp_path: Path) -> Vessel:
    return Vessel(town, tmp_path / "backup")


def _bear(town: Any, births: int) -> list[str]:
    born = [town.bear(next(NUMBERS)) for _ in range(births)]
    town.take_in()
    return born


def _until(done: Callable[[], bool], town: Any) -> None:
    for _ in range(30):
        if done():
            return
        town.clock.skip(31)
        town.sweep()
        town.take_in()
    raise AssertionError("it does not end")


@pytest.mark.guarantee("G12")
def test_a_backup_from_mid_run_loses_nothing_and_does_nothing_twice(
    town: Any, vessel: Vessel, police: Any
) -> None:
    finished = _bear(town, 2)
    town.finish(*finished)
    running = _bear(town, 6)
    town.sweep("birth")
    with town.sweeper(turns=2) as worker:  # works on, while the backup is taken
        manifest = vessel.backup()
        worker.communicate()
    vessel.witness()
    forgotten = _bear(town, 2)  # done and replied: they leave no trace but in the peers' books
    town.finish(*forgotten)
    under_way = _bear(town, 2)
    police.fault("reset", operation="csdj", stage="after", times=1)
    town.sweep("birth household")  # registered, of one the answer is lost; not insured, not replied
    vessel.witness()

    done = vessel.restore(replace=True)
    assert done.size == manifest["size"] < done.lost.size
    assert vessel.doubts() == ["insurance", "oa", "police"]
    assert vessel.keeps(done.replaced)

    town.take_in()
    reports = vessel.reconcile()
    assert [report.problems for report in reports.values()] == [[], [], []]
    assert vessel.doubts() == []
    known = [*finished, *running, *under_way]
    _until(lambda: all(town.is_over(certificate) for certificate in known), town)
    everyone = [*known, *forgotten]
    assert {c: town.effects(c) for c in everyone} == dict.fromkeys(everyone, (1, 1, 1))
    assert reports["police"].kept >= 2
    assert [report.problems for report in vessel.reconcile().values()] == [[], [], []]
    town.audit()
    assert vessel.outside_problems() == []


@pytest.mark.guarantee("G12")
def test_without_reconciliation_everything_is_probed_and_nothing_is_done_twice(
    town: Any, vessel: Vessel
) -> None:
    """The doubt stays; cases whose forms are still open come again and find what is there."""
    vessel.backup()
    born = _bear(town, 3)
    town.sweep("birth household insurance")
    vessel.restore(replace=True)
    town.clock.skip(31)
    town.take_in()
    _until(lambda: all(town.is_over(certificate) for certificate in born), town)
    assert {c: town.effects(c) for c in born} == dict.fromkeys(born, (1, 1, 1))
    assert all(town.calls(c) == 1 for c in born)
    assert vessel.doubts() == ["insurance", "oa", "police"]
    vessel.reconcile()


@pytest.mark.guarantee("G7")
@ON_SQLITE
def test_a_restore_is_told_from_a_rollback_by_its_signed_epoch(
    town: Any, vessel: Vessel, tmp_path: Path
) -> None:
    vessel.backup()
    _bear(town, 1)
    vessel.witness()
    done = vessel.restore(replace=True)
    assert vessel.outside_problems() == []
    with town.hub.store.read() as connection:
        (row,) = [r for r in ledger_rows.entries_of(connection, epoch.KIND) if r.ref == done.epoch]
    told = epoch.read(row.body)
    assert (told.size, told.lost) == (row.seq, done.lost)
    assert told.lost.token == vessel.kept_heads[0]

    town.hub.close()  # the same copy, put back by somebody without the hub's key
    store = Path(town.district.env["ZHIDA_VAR"]) / "store.db"
    shutil.move(store, tmp_path / "kept.db")
    shutil.copy(vessel.folder / DUMP, store)
    town.hub = town.open_hub()
    assert vessel.outside_problems() == ["ledger.rolled-back"]
    town.hub.close()
    shutil.move(tmp_path / "kept.db", store)
    town.hub = town.open_hub()
    vessel.reconcile()


def test_a_head_that_was_never_lost_is_not_explained(town: Any, vessel: Vessel) -> None:
    """After the restore our ledger grows again: from there on each size has one head."""
    vessel.backup()
    _bear(town, 1)
    vessel.restore(replace=True)
    town.clock.skip(31)
    town.take_in()
    vessel.witness()
    assert vessel.outside_problems() == []
    vessel.restore(replace=True)
    assert vessel.outside_problems() == []  # cited by the second epoch
    vessel.reconcile()


def test_a_backup_tells_what_it_is_and_keeps_the_keys_out(
    town: Any, vessel: Vessel, tmp_path: Path
) -> None:
    town.finish(*_bear(town, 1))
    made = vessel.backup("--keys", str(tmp_path / "keys"))
    assert made["origin"] == town.hub.site.name
    assert made["digest"] == backup.digest(vessel.folder / DUMP)
    assert [name[:8] for name in made["buckets"]] == ["newborn-"]
    assert sorted(each.name for each in vessel.folder.iterdir()) == [MANIFEST, SIGNED, DUMP]
    assert {each.name for each in (tmp_path / "keys").iterdir()} == {
        "lookup.key",
        *(f"{name}.key" for name in made["buckets"]),
    }
    modes = {stat.S_IMODE(each.stat().st_mode) for each in (vessel.folder, vessel.folder / DUMP)}
    assert modes == {0o700, 0o600}
    with town.worker("-m", "zhida", "backup", str(vessel.folder), stderr=-1) as again:
        assert "backup.exists" in again.communicate()[1]


# --- what a restore refuses; each time the present store stays -------------------------------


def _refused(vessel: Vessel, kind: type[Exception], **how: Any) -> str:
    before = vessel.town.audit().entries
    with pytest.raises(kind) as caught:
        vessel.restore(**how)
    assert vessel.town.audit().entries == before
    left = vessel.place.var.glob("*restoring*")
    assert list(left) == []
    return str(caught.value.code)  # type: ignore[attr-defined]


def test_a_store_with_entries_is_not_replaced_unasked(vessel: Vessel) -> None:
    vessel.town.hub.ledger.commit(lambda _: [Entry("operator", "x")])  # whatever ran before
    vessel.backup()
    assert _refused(vessel, Rejected) == "restore.not-empty"


@ON_SQLITE
def test_it_is_the_store_that_the_environment_names_that_is_put_back(
    town: Any, vessel: Vessel, tmp_path: Path
) -> None:
    """And not the one that the site's file would name."""
    before = vessel.backup()
    named = f"sqlite:///{tmp_path / 'named.db'}"
    env = town.env | town.district.operator_env("wang") | {"ZHIDA_STORE_URL": named}
    words = ["restore", str(vessel.folder), "--json", "--reason", "磁盘损坏"]
    command = [sys.executable, "-m", "zhida", *words]
    inherited = {name: os.environ[name] for name in ("PATH", "HOME")}
    done = subprocess.run(command, env=inherited | env, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    put_back = Store(named)
    with put_back.read() as connection:
        assert ledger_rows.head(connection).size == before["size"] + 2, (
            "its epoch, and whose wish it was"
        )
    put_back.close()
    with town.hub.store.read() as connection:
        assert ledger_rows.head(connection).size == before["size"]


def test_a_damaged_dump_is_not_put_back(vessel: Vessel) -> None:
    vessel.backup()
    with (vessel.folder / DUMP).open("r+b") as file:
        file.seek(5000)
        file.write(b"?")
    assert _refused(vessel, Fatal, replace=True) == "restore.damaged"


@ON_SQLITE
def test_a_ledger_that_was_changed_in_the_backup_is_not_put_back(vessel: Vessel) -> None:
    """The manifest's digest is made anew, its signature gone: only the ledger itself tells."""
    import sqlite3
    from contextlib import closing

    vessel.backup()
    with closing(sqlite3.connect(vessel.folder / DUMP)) as opened, opened:
        opened.execute("DROP TRIGGER wall_ledger_entry_delete")
        opened.execute("DELETE FROM ledger_entry WHERE seq = 1")
    file = vessel.folder / MANIFEST
    told = json.loads(file.read_text("utf-8")) | {"digest": backup.digest(vessel.folder / DUMP)}
    file.write_text(json.dumps(told), "utf-8")
    assert _refused(vessel, Fatal, replace=True) == "restore.signature"
    (vessel.folder / SIGNED).unlink()
    assert _refused(vessel, Rejected, replace=True) == "restore.unsigned"
    assert _refused(vessel, Fatal, replace=True, unsigned=True) == "restore.ledger"


def test_a_folder_without_manifest_is_no_backup(vessel: Vessel) -> None:
    vessel.folder.mkdir()
    assert _refused(vessel, Invalid, replace=True) == "restore.manifest"


def test_a_head_of_somebody_else_can_t_be_cited(vessel: Vessel) -> None:
    vessel.backup()
    assert _refused(vessel, Invalid, replace=True, lost_head="a.b.c") == "restore.lost-head"


def test_a_process_that_is_still_connected_stops_the_restore(town: Any, vessel: Vessel) -> None:
    vessel.backup()
    holding = town.open_hub()
    with holding.store.read():
        assert _refused(vessel, Fatal, replace=True) == "restore.in-use"
    holding.close()


def test_another_look_up_key_stops_the_restore(town: Any, vessel: Vessel) -> None:
    """Every event would have another effect key, and come about twice."""
    vessel.backup()
    key = vessel.place.var / "keys" / "lookup.key"
    before = key.read_bytes()
    try:
        key.unlink()
        with pytest.raises(Fatal) as caught:
            restoring.restore(vessel.place, vessel.folder, vessel.order(), replace=True)
    finally:
        key.write_bytes(before)
    assert caught.value.code == "restore.lookup-differs"


def test_a_leg_that_was_stopped_after_the_backup_stays_stopped(town: Any, vessel: Vessel) -> None:
    police = town.hub.site.system("police")
    vessel.backup()
    leg_switch.switch(town.hub, town.operator("wang"), police, wanted=legs.STOPPED, reason="检修")
    done = vessel.restore(replace=True)
    assert (done.legs, done.legs_known) == ({"police": "stopped"}, True)
    assert legs.is_stopped(town.hub.store, police)
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries(connection, 0, 100_000)
    [entry] = [json.loads(row.body) for row in rows if row.kind == "leg"]
    assert (entry["mode"], entry["epoch"]) == ("stopped", done.epoch)
    leg_switch.switch(town.hub, town.operator("wang"), police, wanted=legs.LIVE, reason="完")
    vessel.reconcile()


# --- onto a machine that has lost everything --------------------------------------------------


@pytest.mark.guarantee("G12")
@ON_SQLITE
def test_a_lost_store_is_put_back_with_the_head_that_a_witness_kept(
    town: Any, vessel: Vessel
) -> None:
    vessel.backup()
    born = _bear(town, 1)
    town.finish(*born)
    vessel.witness()
    town.hub.close()
    for file in vessel.place.var.glob("store.db*"):
        file.unlink()
    done = restoring.restore(
        vessel.place, vessel.folder, vessel.order(), lost_head=vessel.kept_heads[0]
    )
    town.hub = town.open_hub()
    assert (done.replaced, done.lost.token) == ("", vessel.kept_heads[0])
    assert not done.legs_known, "nobody is left to tell what has been stopped since"
    assert vessel.outside_problems() == []
    assert vessel.reconcile()["police"].kept >= 1, "and what the tests before this one left"
    effect = town.registered(born[0])[0]["postid"]
    with town.hub.store.read() as connection:
        assert delivery_rows.get_delivery(connection, effect).state == "applied"
    assert town.effects(born[0]) == (1, 1, 1)


def test_bodies_whose_key_is_gone_are_told(town: Any, vessel: Vessel, tmp_path: Path) -> None:
    town.finish(*_bear(town, 1))
    made = vessel.backup()
    (bucket,) = made["buckets"]
    key = vessel.place.var / "keys" / f"{bucket}.key"
    shutil.move(key, tmp_path / "away.key")
    done = vessel.restore(replace=True)
    shutil.move(tmp_path / "away.key", key)
    assert done.closed == [bucket]
    vessel.reconcile()


def test_an_event_that_the_restore_forgot_comes_again_as_a_duplicate(
    town: Any, vessel: Vessel
) -> None:
    """Its row is there from the police's books, with no case, until the case is there again."""
    vessel.backup()
    (certificate,) = _bear(town, 1)
    town.sweep("birth household")
    effect = town.registered(certificate)[0]["postid"]
    vessel.restore(replace=True)
    vessel.reconcile()
    with town.hub.store.read() as connection:
        row = delivery_rows.get_delivery(connection, effect)
    assert (row.state, row.case) == ("applied", "")
    town.take_in()
    _until(lambda: bool(town.is_over(certificate)), town)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.calls(certificate) == 1
