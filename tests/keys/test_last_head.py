"""The hub remembers its last head outside the store, and a restore leaves it the new one (G7, G12)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exchange import audit
from exchange.errors import Fatal
from exchange.problems import describe
from exchange.store import ledger_rows
from tests.keys.conftest import both
from tests.keys.key_office import HOUR, KeyOffice
from zhida import backup, ledger_check
from zhida import restore as restoring
from zhida.last_head import LastHead
from zhida.restore_lost import Place
from zhida.watch import Watch

pytestmark = pytest.mark.guarantee("G7")


def last(office: KeyOffice) -> LastHead:
    return LastHead.of(office.var, office.hub.store_url)


def end(office: KeyOffice) -> str:
    with office.hub.store.read() as connection:
        found = ledger_rows.head(connection)
    assert found is not None
    return found.token


def write(office: KeyOffice) -> None:
    office.keep(office.signed(office.hospital_key()))


@both
def test_it_is_the_newest_head_of_every_process_and_key(office: KeyOffice) -> None:
    write(office)
    assert last(office).read() == end(office)
    other = office.open_hub()
    office.hub, other = other, office.hub
    write(office)
    office.hub, other = other, office.hub
    assert last(office).read() == end(office)
    other.close()
    office.rotate()
    write(office)
    assert last(office).read() == end(office)
    assert last(office).file.stat().st_mode & 0o777 == 0o600


def test_an_old_copy_that_was_put_back_by_hand_stops_the_hub(
    office: KeyOffice, tmp_path: Path
) -> None:
    write(office)
    backup.make(office.hub, tmp_path / "backup")
    shutil.copytree(office.var, tmp_path / "old")
    write(office)
    lost = end(office)
    office.hub.close()
    for file in office.var.glob("store.db*"):
        file.unlink()
    for file in (tmp_path / "old").glob("store.db*"):
        shutil.copy(file, office.var)
    office.hub = office.open_hub()
    with pytest.raises(Fatal) as found:
        write(office)
    assert found.value.code == "ledger.not-continued"
    assert found.value.facts["head"] > found.value.facts["size"]
    assert "zhida restore" in describe(found.value.code, found.value.facts)[1]
    office.hub.close()
    office.now += HOUR
    place = Place(office.hub.site, office.var, office.secret, lambda: office.now)
    done = restoring.restore(place, tmp_path / "backup", office.order(), replace=True)
    assert done.lost.token == lost
    office.hub = office.open_hub()
    assert last(office).read() == end(office) == done.head
    write(office)
    office.reopen()
    write(office)
    told = audit.compare(
        office.hub.store, office.hub.trust.hub_keys(), office.hub.site.name, [lost]
    )
    assert told == []


def test_of_a_store_that_is_gone_nobody_says_how_far_it_had_come(
    office: KeyOffice, tmp_path: Path
) -> None:
    """What another machine, or a witness, has seen beyond our own last head is no rollback."""
    write(office)
    backup.make(office.hub, tmp_path / "backup")
    write(office)
    ours = last(office).read()
    write(office)
    seen_elsewhere = end(office)
    last(office).write(ours)
    office.hub.close()
    for file in office.var.glob("store.db*"):
        file.unlink()
    office.now += HOUR
    place = Place(office.hub.site, office.var, office.secret, lambda: office.now)
    done = restoring.restore(place, tmp_path / "backup", office.order())
    assert done.lost.token == ""
    office.hub = office.open_hub()
    keys, name = office.hub.trust.hub_keys(), office.hub.site.name
    assert audit.compare(office.hub.store, keys, name, [ours, seen_elsewhere]) == []
    last(office).write(seen_elsewhere)  # the other machine's folder
    office.reopen()
    write(office)
    assert last(office).read() == end(office)


def test_what_can_not_be_kept_stops_nothing(office: KeyOffice, tmp_path: Path) -> None:
    gone = LastHead(tmp_path / "no folder" / "x.jws")
    gone.write("token")
    assert gone.read() == ""
    (tmp_path / "y.jws").write_bytes(b"\xff\xfe")
    assert LastHead(tmp_path / "y.jws").read() == ""
    short = LastHead(tmp_path / "z.jws")
    short.write("a longer token")
    short.write("token")
    assert short.read() == "token"
    last(office).file.unlink(missing_ok=True)
    write(office)
    assert last(office).read() == end(office)


def test_a_spoilt_one_is_none_for_who_verifies_too(
    office: KeyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(office)
    monkeypatch.setenv("ZHIDA_VAR", str(office.var))
    monkeypatch.setenv("ZHIDA_STORE_URL", office.hub.store_url)
    watch = Watch(office.hub.site, office.hub.store, office.hub.clock)
    for text in (last(office).read(), "eyJh.half", "\0" * 1024):
        last(office).write(text)
        assert ledger_check.whole(watch, heads=[], new=False)[2] == []


def test_each_store_has_its_own(tmp_path: Path) -> None:
    one, other = (LastHead.of(tmp_path, f"sqlite:///{tmp_path}/{n}.db") for n in "ab")
    one.write("token")
    assert (one.read(), other.read()) == ("token", "")
