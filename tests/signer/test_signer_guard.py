"""A signer whose store was put back does not go on under the unit's key as if nothing had been (G7)."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

from exchange.errors import Fatal
from sandbox.births import birth
from sandbox.hospital_message import message
from tests.signer.own_home import OwnHome
from tests.signer.test_signer_cli import call
from zhida import signer, signer_check, signer_guard, signer_log

pytestmark = pytest.mark.guarantee("G7")


def wrong(own: OwnHome) -> dict[str, str]:
    rows = signer_check.check(own.folder, own.password)
    return {str(row["step"]): str(row["code"]) for row in rows if not row["ok"]}


def start(own: OwnHome) -> None:
    """Up to the first door."""

    def opened(*_: object) -> None:
        raise AssertionError("it opened its door")

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(signer, "MllpServer", opened)
        broken.setattr(signal, "signal", lambda *_: None)
        signer.run(own.home(), own.password)


def rolled_back(own: OwnHome) -> None:
    """Two births are in the copy; the third is known to the head alone."""
    desk = own.desk()
    own.births(desk, 1, 2)
    kept = own.keep("monday")
    own.births(own.desk(), 3)
    own.put_back(kept)


def test_a_whole_log_goes_on_over_any_number_of_starts(own: OwnHome) -> None:
    for number in range(1, 4):
        own.births(own.desk(), number)
        own.close()
    assert wrong(own) == {}
    steps = {row["step"]: row["what"] for row in signer_check.check(own.folder, own.password)}
    assert steps["日志的延续"] == "接着第 3 条的树头"


def test_an_old_copy_signs_nothing_and_acknowledges_nothing(own: OwnHome) -> None:
    rolled_back(own)
    desk = own.desk()
    with pytest.raises(Fatal, match=r"signer\.not-continued") as found:
        desk.receive(message(birth(4).facts, "NEW"))
    assert found.value.facts == {"size": 2, "head": 3}
    assert own.size(desk) == 2
    assert desk.newest(birth(4).form["cszmbh"]) is None
    with pytest.raises(Fatal, match=r"signer\.not-continued"):  # it does not even start
        start(own)


def test_a_store_put_back_under_a_running_signer_is_noticed_too(own: OwnHome) -> None:
    desk = own.desk()
    own.births(desk, 1)
    kept = own.keep("monday")
    desk = own.desk()
    own.births(desk, 2)
    desk.store.close()  # its next connection finds the old file
    own.put_back(kept)
    with pytest.raises(Fatal, match=r"signer\.not-continued"):
        desk.receive(message(birth(3).facts, "NEW"))


def test_the_check_and_the_log_tell_of_it(own: OwnHome) -> None:
    rolled_back(own)
    assert wrong(own) == {"日志": "ledger.rolled-back", "日志的延续": "signer.not-continued"}
    assert call("log", "verify", "--home", str(own.folder)).exit_code == 1
    _, problems = signer_log.verify(own.home())
    assert [each.code for each in problems] == ["ledger.rolled-back"]


def test_a_store_that_is_gone_is_one_that_was_rolled_back(own: OwnHome) -> None:
    own.births(own.desk(), 1)
    own.close()
    (own.folder / "signer.sqlite").unlink()
    assert wrong(own)["日志的延续"] == "signer.not-continued"
    with pytest.raises(Fatal, match=r"signer\.not-continued"):
        start(own)


def test_the_head_may_lie_on_another_disk(own: OwnHome, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    own.set(last_head=str(tmp_path / "disk" / "head"))
    own.births(own.desk(), 1)
    whole = Path(shutil.copytree(own.folder, tmp_path / "backup"))
    own.births(own.desk(), 2)
    own.close()
    shutil.rmtree(own.folder)
    shutil.copytree(whole, own.folder)
    assert not (own.folder / signer_guard.FILE).exists()
    assert wrong(own)["日志的延续"] == "signer.not-continued"


def test_a_head_that_could_not_be_kept_stops_the_start(own: OwnHome, tmp_path: Path) -> None:
    own.set(last_head=str(tmp_path / "none" / "head"))
    assert wrong(own) == {"日志的延续": "signer.last-head"}
    with pytest.raises(Fatal, match=r"signer\.last-head"):
        start(own)


def test_a_head_of_somebody_else_is_none(own: OwnHome) -> None:
    own.births(own.desk(), 1)
    file = own.folder / signer_guard.FILE
    for spoilt in ("", "x.y.z", file.read_text()[:-20]):
        file.write_text(spoilt)
        own.births(own.desk(), 2 + len(spoilt))
        assert signer_guard.guard_of(own.home()).last() is not None
