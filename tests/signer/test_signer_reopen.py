"""After a lawful restore the log goes on, says what is lost, and whoever had come further misses nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from exchange import pointer
from exchange.document import Document
from exchange.errors import Invalid, Rejected
from sandbox.births import birth
from tests.signer.own_home import HUB, OwnHome
from tests.signer.test_signer_cli import call
from tests.signer.test_signer_guard import wrong
from zhida import signer_changes, signer_guard, signer_log, signer_reopen
from zhida.last_head import LastHead

pytestmark = pytest.mark.guarantee("G12")


def numbers(found: list[Document]) -> list[Any]:
    return [pointer.get(each.record, "/certificate/number") for each in found]


def test_it_says_what_is_lost_and_goes_on(own: OwnHome) -> None:
    own.births(own.desk(), 1, 2)
    kept = own.keep("monday")
    desk = own.desk()
    own.births(desk, 3, 4)
    places = [does(desk, 0, HUB)[1] for does in (signer_changes.births, signer_changes.changes)]
    own.put_back(kept)
    last = signer_guard.guard_of(own.home()).last()
    words = ("reopen", "--home", str(own.folder), "--reason", "硬盘坏了")
    done = json.loads(call(*words, "--json", password=own.password).stdout)
    assert last is not None
    assert (done["size"], done["lost"]) == (2, last.size)
    assert wrong(own) == {}
    [told] = signer_log.entries(own.home(), "epoch", 5)
    assert (told["reason"], told["lost"]["head"]) == ("硬盘坏了", last.token)
    # The lost head is explained, and not called a rollback.
    assert signer_log.verify(own.home(), [last.token])[1] == []
    desk = own.desk()
    own.births(desk, 3, 4, 5)  # its system sends again what came after the backup
    wanted = [birth(n).form["cszmbh"] for n in (3, 4, 5)]
    assert numbers(signer_changes.births(desk, places[0], HUB)[0]) == wanted
    own.tell(desk, birth(4).facts, recorded_at="20300101000000.0000", event="A29")
    found, then = signer_changes.changes(desk, places[1], HUB)
    assert [each.origin.kind for each in found] == ["revocation"]
    assert signer_changes.changes(desk, then, HUB)[0] == []


def test_a_head_that_was_put_back_with_the_store_knows_of_nothing_but_the_operator_does(
    own: OwnHome, tmp_path: Path
) -> None:
    own.births(own.desk(), 1)
    own.close()
    whole = shutil.copytree(own.folder, tmp_path / "backup")
    desk = own.desk()
    own.births(desk, 2)
    place = signer_changes.births(desk, 0, HUB)[1]
    own.close()
    shutil.rmtree(own.folder)
    shutil.copytree(whole, own.folder)
    with pytest.raises(Rejected, match=r"signer\.beyond"):  # whoever had come further notices
        signer_changes.births(own.desk(), place, HUB)
    words = ("reopen", "--home", str(own.folder), "--reason", "换机")
    call(*words, password=own.password, code="signer.nothing-lost")
    assert "从第 1 条接着签" in call(*words, "--with-head", password=own.password).stdout
    desk = own.desk()
    own.births(desk, 3)
    assert numbers(signer_changes.births(desk, place, HUB)[0]) == [birth(3).form["cszmbh"]]


def test_a_store_that_is_gone_begins_anew_under_a_signed_word(own: OwnHome) -> None:
    own.births(own.desk(), 1)
    own.close()
    (own.folder / "signer.sqlite").unlink()
    done = signer_reopen.reopen(own.home(), own.password.encode(), "没有备份")
    assert (done.size, done.lost.size, done.since) == (0, 1, "")
    own.births(own.desk(), 1)
    assert wrong(own) == {}


def test_what_is_not_whole_is_not_gone_on_with(own: OwnHome) -> None:
    import sqlite3

    own.births(own.desk(), 1, 2)
    kept = own.keep("monday")
    own.births(own.desk(), 3)
    with sqlite3.connect(kept) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE ledger_entry SET body = X'7B7D' WHERE seq = 0")
    database.close()
    own.put_back(kept)
    with pytest.raises(Rejected, match=r"ledger\."):
        signer_reopen.reopen(own.home(), own.password.encode(), "换机")
    assert "signer.not-continued" in wrong(own).values()


def test_a_crash_before_the_new_head_is_kept_leaves_a_log_that_goes_on(
    own: OwnHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.births(own.desk(), 1)
    kept = own.keep("monday")
    own.births(own.desk(), 2)
    own.put_back(kept)
    with monkeypatch.context() as broken:
        broken.setattr(LastHead, "write", lambda *_: None)
        signer_reopen.reopen(own.home(), own.password.encode(), "换机")
    own.births(own.desk(), 2)
    assert wrong(own) == {}


def test_a_reason_is_wanted(own: OwnHome) -> None:
    with pytest.raises(Invalid, match=r"signer\.no-reason"):
        signer_reopen.reopen(own.home(), own.password.encode(), " ")
