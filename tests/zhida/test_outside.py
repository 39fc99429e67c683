"""The ledger's heads outside: witnesses by folder, time stamps of a real authority (G7, G9)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crypto import certificates, keys
from exchange import audit, audit_mark
from exchange.errors import Fatal, Rejected, Retriable
from exchange.ledger import Entry, Ledger
from exchange.locking import open_locks
from exchange.ports import Endpoint, utc_now
from exchange.store import incident_rows, ledger_rows, outside_rows, schema
from exchange.store.engine import Store
from sandbox.tsa import POLICY, Tsa
from zhida import outside, stamping, witness_home, witness_new, witness_run
from zhida.outside_file import STAMPER, Settings, Stamper, Witness
from zhida.witness_home import Home

ORIGIN = "hub.test"
PASSWORD = b"a secret of high entropy"


class Clock:
    """The machine's clock, which a test may put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def forward(self, **how: float) -> None:
        self.ahead += timedelta(**how)


class World:
    """A hub's ledger, a witness beside it, an authority: everything but a district."""

    def __init__(self, folder: Path, template: Path, tsa: Tsa) -> None:
        self.folder, self.clock, self.tsa = folder, Clock(), tsa
        self.key = keys.generate("Ed25519")
        self.url = f"sqlite:///{folder / 'store.db'}"
        (folder / "store.db").write_bytes(template.read_bytes())
        now = utc_now()
        since, until = now - timedelta(days=1), now + timedelta(days=99)
        root = certificates.issue_ca("hub", self.key, since, until)
        (folder / "hub.crt").write_bytes(root.pem)
        self.home = folder / "witness"
        way = {"folder": str(folder / "drop"), "connection": ""}
        witness_new.make(
            self.home,
            "w",
            ORIGIN,
            hub=folder / "hub.crt",
            way=way,
            suite="Ed25519",
            password=PASSWORD,
        )
        whom = Witness("w", "上级", self.home / "witness.pub", folder / "drop", timedelta(hours=24))
        self.stamper = Stamper(
            title="示例时间戳",
            connection="tsa",
            anchor=tsa.anchor,
            policy=POLICY,
            every=timedelta(minutes=10),
            within=timedelta(minutes=60),
            required_by=frozenset({"newborn"}),
        )
        self.settings = Settings({"w": whom}, self.stamper)
        self.open()

    def open(self) -> None:
        self.store = Store(self.url)
        self.ledger = Ledger(self.store, self.key, origin=ORIGIN, clock=self.clock)
        self.hub: Any = SimpleNamespace(
            store=self.store,
            trust=SimpleNamespace(hub_keys=lambda: [self.key.public]),
            clock=self.clock,
            site=SimpleNamespace(name=ORIGIN),
            outside=self.settings,
            locks=open_locks(self.store, self.folder / "locks"),
            endpoint=lambda _: Endpoint(self.tsa.address),
        )

    def write(self, *refs: str) -> None:
        for ref in refs:
            self.ledger.commit(lambda _, ref=ref: [Entry("test", ref)])

    def witness(self) -> Any:
        """One look of the witness; what is wrong."""
        return witness_run.once(self.home, PASSWORD, self.clock)[1]

    def round(self) -> dict[str, str]:
        return outside.go_round(self.hub)

    def incidents(self) -> list[str]:
        with self.store.read() as connection:
            return sorted(row.code for row in incident_rows.still_open(connection))

    def problems(self, *heads: str) -> list[str]:
        on = outside.ground(self.hub)
        kept = [*outside.kept_heads(self.store), *heads]
        return [each.code for each in outside.problems(on, self.settings, kept)]

    def status(self, holder: str) -> dict[str, Any]:
        rows = outside.status(self.store, self.settings, self.clock)
        return next(row for row in rows if row["holder"] == holder)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    with Tsa(tmp_path_factory.mktemp("tsa")) as running:
        yield running


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "store.db"
    store = Store(f"sqlite:///{path}")
    schema.upgrade(store)
    store.close()
    return path


@pytest.fixture
def world(tmp_path: Path, template: Path, tsa: Tsa) -> Iterator[World]:
    made = World(tmp_path, template, tsa)
    yield made
    tsa.faults.clear()
    if tsa._server is None:
        tsa.start()
    made.hub.locks.close()
    made.store.close()


# --- a witness under another account -----------------------------------------------------------


@pytest.mark.guarantee("G7")
def test_hub_and_witness_converse_by_files(world: World) -> None:
    assert world.status("w")["code"] == "outside.never"
    world.write("a", "b")
    world.round()
    assert world.witness() is None
    assert world.round()["w"] == ""
    assert world.status("w")["size"] == 2
    world.write("c")
    world.round()
    assert world.witness() is None
    world.round()
    assert (world.status("w")["size"], world.status("w")["count"]) == (3, 2)
    assert [path.name[-5:] for path in sorted((world.home / "heads").iterdir())] == [
        "2.jws",
        "3.jws",
    ]
    assert world.problems() == []


@pytest.mark.guarantee("G7")
def test_a_store_put_back_is_noticed_by_both(world: World) -> None:
    """An old copy, whole in itself, on which the hub then goes on and signs."""
    _rolled_back(world)
    world.clock.forward(hours=1)
    assert world.round()["w"] == "outside.disagrees"
    wrong = world.witness()
    assert isinstance(wrong, Rejected | Retriable)
    world.write("x", "y", "z")
    world.round()
    wrong = world.witness()
    assert isinstance(wrong, Rejected)
    assert wrong.code == "witness.forked"
    assert world.round()["w"] == "outside.alarm"
    assert world.incidents() == ["outside.alarm", "outside.unstamped"][: len(world.incidents())]
    kept = sorted((world.home / "alarms").iterdir())
    assert [path.suffix for path in kept[:2]] == [".json", ".jws"]
    count = len(kept)
    assert isinstance(world.witness(), Rejected)
    assert len(list((world.home / "alarms").iterdir())) == count  # the same letter: once


@pytest.mark.guarantee("G7")
def test_a_store_put_back_that_has_grown_again_has_another_root(world: World) -> None:
    """As long as what the witness holds, and longer: only the root tells it."""
    _rolled_back(world)
    world.write("b", "c", "d")
    assert world.round()["w"] == "outside.disagrees"


def _rolled_back(world: World) -> None:
    """To before an entry that the witness has seen."""
    world.write("a")
    copy = _copied(world)
    world.write("inconvenient")
    world.round()
    assert world.witness() is None
    _put_back(world, copy)


def _copied(world: World) -> bytes:
    world.store.close()
    found = (world.folder / "store.db").read_bytes()
    world.open()
    return found


def _put_back(world: World, copy: bytes) -> None:
    world.store.close()
    for extra in world.folder.glob("store.db*"):
        extra.unlink()
    (world.folder / "store.db").write_bytes(copy)
    world.open()


@pytest.mark.guarantee("G7")
def test_a_silent_witness_is_an_incident_until_it_speaks(world: World) -> None:
    world.write("a")
    world.round()
    world.clock.forward(hours=25)
    assert world.round()["w"] == "outside.silent"
    assert "outside.silent" in world.incidents()
    assert world.witness() is None
    assert world.round()["w"] == ""
    assert "outside.silent" not in world.incidents()


@pytest.mark.guarantee("G9")
def test_a_hub_with_a_new_key_is_followed_once_its_certificate_is_there(world: World) -> None:
    world.write("a")
    world.round()
    assert world.witness() is None
    old, world.key = world.key, keys.generate("Ed25519")
    world.store.close()
    world.open()
    world.write("b")
    world.round()
    assert world.witness().code == "witness.head-signature"
    until = utc_now() + timedelta(days=9)
    late = certificates.issue_ca("hub", world.key, until, until + timedelta(days=9))
    (world.home / "hub-2.crt").write_bytes(late.pem)
    assert world.witness().code == "witness.head-signature"  # it is not valid yet
    good = certificates.issue_ca("hub", world.key, utc_now() - timedelta(hours=1), until)
    (world.home / "hub-2.crt").write_bytes(good.pem)
    assert world.witness() is None
    assert Home.read(world.home).of_size(1) is not None
    assert old.kid != world.key.kid


@pytest.mark.guarantee("G7")
def test_what_a_witness_co_signed_with_its_former_key_is_good_and_nothing_new_is(
    world: World,
) -> None:
    world.write("a")
    world.round()
    assert world.witness() is None
    world.round()
    whom, former = world.settings.witnesses["w"], world.folder / "w-2025.pub"
    former.write_bytes(whom.key.read_bytes())
    whom.key.write_bytes(keys.generate("Ed25519").public.to_pem())
    assert world.problems() == ["outside.kept-answer"]
    known = replace(whom, former_keys=(former,))
    world.settings = world.hub.outside = Settings({"w": known}, world.stamper)
    assert world.problems() == []
    world.witness()  # it goes on with the former key
    assert world.round()["w"] == "outside.answer"


@pytest.mark.parametrize("spoil", ["key", "folder"])
def test_what_is_wrong_with_one_stops_no_other(world: World, spoil: str) -> None:
    world.write("a")
    whom = world.settings.witnesses["w"]
    changed = (
        {"key": world.folder / "none"} if spoil == "key" else {"folder": world.home / "hub.crt"}
    )
    bad = replace(whom, name="x", **changed)
    world.hub.outside = Settings({"x": bad, "w": whom}, world.stamper)
    if spoil == "key":
        (world.folder / "drop").mkdir()
        (world.folder / "drop" / outside.ANSWER).write_text("a.b.c")
        world.hub.outside.witnesses["w"] = replace(whom, folder=world.folder / "other")
    told = world.round()
    assert told == {
        "x": f"outside.{'no-key' if spoil == 'key' else 'folder'}",
        "w": "",
        STAMPER: "",
    }
    assert told["x"] in world.incidents()


@pytest.mark.parametrize("answer", [b"", b"nonsense", b"e30.e30.AA"])
def test_an_answer_of_somebody_else_counts_for_nothing(world: World, answer: bytes) -> None:
    world.write("a")
    world.round()
    (world.folder / "drop" / outside.ANSWER).write_bytes(answer)
    assert world.round()["w"] == ("outside.answer" if answer else "")
    other = keys.generate("Ed25519")
    token, _ = witness_home.look(Home.read(world.home), b"", other, world.clock)
    (world.folder / "drop" / outside.ANSWER).write_text(token)
    assert world.round()["w"] == "outside.answer"
    assert world.status("w")["size"] == 0


def test_a_spoilt_letter_is_refused_and_kept(world: World) -> None:
    world.write("a")
    world.round()
    (world.folder / "drop" / outside.LETTER).write_bytes(b"{}")
    wrong = world.witness()
    assert wrong.code == "witness.letter"
    assert len(list((world.home / "alarms").glob("*.json"))) == 1
    world.write("b")
    world.round()
    assert world.witness() is None


def test_a_witness_notices_that_its_own_files_were_changed(world: World) -> None:
    world.write("a")
    world.round()
    world.witness()
    [head] = (world.home / "heads").iterdir()
    head.write_text("nonsense")
    with pytest.raises(Fatal) as found:
        world.witness()
    assert found.value.code == "witness.own-file"


@pytest.mark.parametrize(
    "told", ["{}", "[]", "x", '{"witness": "w", "origin": "o", "hub": "hub.crt", "more": 1}']
)
def test_settings_that_are_none_are_refused(world: World, told: str) -> None:
    (world.home / "witness.json").write_text(told)
    with pytest.raises(Fatal) as found:
        world.witness()
    assert found.value.code == "witness.settings"


def test_a_witness_that_nobody_told_where_to_look_says_so(world: World) -> None:
    told = json.loads((world.home / "witness.json").read_text())
    del told["folder"]
    (world.home / "witness.json").write_text(json.dumps(told))
    with pytest.raises(Fatal) as found:
        world.witness()
    assert found.value.code == "witness.settings"


# --- time stamps -------------------------------------------------------------------------------


@pytest.mark.guarantee("G7")
def test_the_newest_head_is_stamped_and_openssl_agrees(world: World, tmp_path: Path) -> None:
    world.write("a", "b")
    assert world.round()[STAMPER] == ""
    with world.store.read() as connection:
        [row] = outside_rows.every(connection)
    assert (row.size, row.head) == (2, _head(world.store))
    import base64

    (tmp_path / "a.tsr").write_bytes(base64.b64decode(row.seal))
    (tmp_path / "head.jws").write_text(row.head)
    command = ["openssl", "ts", "-verify", "-in", "a.tsr", "-data", "head.jws", "-CAfile"]
    done = subprocess.run(
        [*command, str(world.tsa.anchor)], cwd=tmp_path, capture_output=True, check=False
    )
    assert b"OK" in done.stdout
    assert world.problems() == []


def _head(store: Store) -> str:
    with store.read() as connection:
        found = ledger_rows.head(connection)
    assert found is not None
    return found.token


@pytest.mark.guarantee("G7")
def test_stamps_that_lead_to_a_former_root_are_good_and_no_new_one_is(
    world: World, tmp_path: Path
) -> None:
    world.write("a")
    assert world.round()[STAMPER] == ""
    with Tsa(tmp_path / "next") as other:
        moved = replace(world.stamper, anchor=other.anchor, policy="1.2.3")
        world.settings = world.hub.outside = Settings({}, moved)
        assert world.problems() == ["outside.kept-stamp"]
        known = replace(moved, former_anchors=(world.tsa.anchor,))
        world.settings = world.hub.outside = Settings({}, known)
    assert world.problems() == []
    world.write("b")
    outside.go_round(world.hub, now=True)
    assert world.status(STAMPER)["code"] == "outside.bad-stamp"


def test_one_stamp_an_interval(world: World) -> None:
    world.write("a")
    world.round()
    asked = world.tsa.asked
    world.write("b")
    world.round()
    assert world.tsa.asked == asked
    outside.go_round(world.hub, now=True)
    assert world.status(STAMPER)["size"] == 2
    world.write("c")
    world.clock.forward(minutes=11)
    world.round()
    assert world.status(STAMPER)["size"] == 3


@pytest.mark.guarantee("G9")
@pytest.mark.parametrize("fault", ["busy", "refuse", "other", "forge"])
def test_what_the_authority_does_wrong_is_no_stamp(world: World, fault: str) -> None:
    world.write("a")
    world.tsa.faults.append(fault)
    code = "wire.time-stamp-status" if fault == "busy" else "outside.bad-stamp"
    assert world.round()[STAMPER] == code
    assert world.status(STAMPER)["size"] == 0
    assert world.round()[STAMPER] == ""
    assert world.status(STAMPER)["size"] == 1


@pytest.mark.guarantee("G9")
def test_an_authority_that_is_off_for_seven_days_loses_nothing(world: World) -> None:
    """Heads wait; what needs stamps stops after its time; one stamp anchors all, marked late."""
    world.write("a")
    world.round()
    world.tsa.stop()
    world.clock.forward(minutes=20)
    for day in range(7):
        world.write(f"day {day}")
        assert world.round()[STAMPER] == "wire.refused"
        stopped = stamping.held_up(world.settings, world.store, "newborn", world.clock())
        assert bool(stopped) == (day > 0)
        assert not stamping.held_up(world.settings, world.store, "grants", world.clock())
        world.clock.forward(days=1)
    assert "outside.unstamped" in world.incidents()
    world.tsa.start()
    assert world.round()[STAMPER] == ""
    with world.store.read() as connection:
        newest = outside_rows.newest(connection, STAMPER)
    assert newest is not None
    assert newest.size == 8
    late = replace(newest, at=_stamped_then(world, newest.at))
    assert stamping.is_late(late, world.stamper.within)
    assert not stamping.held_up(world.settings, world.store, "newborn", world.clock())
    assert "outside.unstamped" not in world.incidents()


def _stamped_then(world: World, at: str) -> str:
    """The authority's clock is the machine's; the test's is a week ahead."""
    from exchange import times

    return times.stamp(times.instant(at) + world.clock.ahead)


@pytest.mark.guarantee("G9")
@pytest.mark.parametrize("minutes", [-10, 10])
def test_ten_minutes_between_clocks_are_no_fault(world: World, minutes: int) -> None:
    world.clock.forward(minutes=minutes, seconds=5)
    world.write("a")
    assert world.round()[STAMPER] == ""


def test_an_authority_far_in_the_future_is_told(world: World) -> None:
    world.clock.forward(minutes=-30)
    world.write("a")
    assert world.round()[STAMPER] == "outside.clock"


def test_a_stamp_of_the_past_does_not_verify_for_another_head(world: World) -> None:
    world.write("a")
    world.round()
    with world.store.read() as connection:
        [row] = outside_rows.every(connection)
    for wrong in (
        replace(row, head=row.head + "x"),
        replace(row, seal="AAAA"),
        replace(row, at="2020-01-01T00:00:00.000000Z"),
    ):
        with pytest.raises(Fatal) as found:
            stamping.check(wrong, world.stamper)
        assert found.value.code == "outside.kept-stamp"


# --- verification against all of it --------------------------------------------------------------


@pytest.mark.guarantee("G7")
def test_the_second_wall_is_missed(world: World) -> None:
    world.write("a")
    with pytest.raises(Fatal), world.store.write() as connection:
        connection.exec_driver_sql("UPDATE ledger_entry SET kind = 'x'")
    with world.store.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER wall_ledger_entry_update")
    assert world.problems() == ["ledger.no-wall"]


@pytest.mark.guarantee("G7")
def test_an_audit_goes_on_from_where_the_last_one_ended(world: World) -> None:
    _entries(world, 300)
    first = audit.verify(world.store, world.key.public, ORIGIN)
    assert first.mark is not None
    kept = audit_mark.dumps(first.mark)
    _entries(world, 300)
    mark = audit_mark.loads(kept, world.key.public, ORIGIN)
    assert mark == first.mark
    again = audit.verify(world.store, world.key.public, ORIGIN, after=mark)
    assert (again.entries, again.since, again.problems) == (600, 300, [])
    assert again.mark == audit.verify(world.store, world.key.public, ORIGIN).mark
    with world.store.write() as connection:
        for name in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER wall_ledger_entry_{name}")
        connection.exec_driver_sql("UPDATE ledger_entry SET body = '{}' WHERE seq = 400")
    found = audit.verify(world.store, world.key.public, ORIGIN, after=mark)
    assert found.problems[0].code == "ledger.entry-changed"
    assert found.mark is None


def _entries(world: World, count: int) -> None:
    world.ledger.commit(lambda _: [Entry("test", f"{number}") for number in range(count)])


def test_a_mark_that_was_changed_is_none(world: World) -> None:
    _entries(world, 300)
    found = audit.verify(world.store, world.key.public, ORIGIN)
    assert found.mark is not None
    told = json.loads(audit_mark.dumps(found.mark))
    other = keys.generate("Ed25519").public
    assert audit_mark.loads(audit_mark.dumps(found.mark), other, ORIGIN) is None
    for name, value in (
        ("frontier", "00"),
        ("head", "a.b.c"),
        ("open_tiles", {}),
        ("open_tiles", 7),
    ):
        spoilt = json.dumps({**told, name: value}).encode()
        assert audit_mark.loads(spoilt, world.key.public, ORIGIN) is None
    tiles = {"0": told["open_tiles"]["0"][64:] + "00" * 32, "1": told["open_tiles"]["1"]}
    spoilt = json.dumps({**told, "open_tiles": tiles}).encode()
    assert audit_mark.loads(spoilt, world.key.public, ORIGIN) is None


def test_what_was_verified_and_is_gone_is_verified_anew(world: World) -> None:
    world.write("a")
    copy = _copied(world)
    world.write("b")
    mark = audit.verify(world.store, world.key.public, ORIGIN).mark
    assert mark is not None
    _put_back(world, copy)
    found = audit.verify(world.store, world.key.public, ORIGIN, after=mark)
    assert (found.entries, found.since) == (1, 0)
    assert "ledger.rolled-back" in world.problems(mark.head)
