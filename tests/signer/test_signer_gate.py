"""A signer that only files reach: what it signed comes over whole, once and in order, whatever the gate does (G1, G2, G8)."""

from __future__ import annotations

import errno
import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from adapters.gate import GateSystem
from connectors.files import Disk
from exchange.errors import Fatal, Retriable
from exchange.ports import Endpoint
from exchange.store import ledger_rows
from sandbox.births import birth
from tests.conftest import FULL
from tests.signer.gap import FOLDERS, NAMES, PATIENCE, SECRET, USUAL, Gap, number
from tests.signer.own_home import HUB
from zhida import signer, signer_check, signer_gate, signer_reopen
from zhida.signer_gate import CHANNEL, GateTurns
from zhida.signer_settings import SignerHome

pytestmark = pytest.mark.guarantee("G1")


def correct(gap: Gap, n: int, name: str, at: str = "20300101080000.0000") -> None:
    facts = birth(n).facts
    told = {"event": "A08", "recorded_at": at, "mother": facts["mother"] | {"name": name}}
    gap.own.tell(gap.desk, facts | told)


def test_births_and_changes_come_over_and_the_receipts_go_back(gap: Gap) -> None:
    gap.own.births(gap.desk, 1, 2)
    gap.settle()
    correct(gap, 1, "李小知")
    gap.own.tell(gap.desk, birth(2).facts, event="A29", recorded_at="20300101090000.0000")
    gap.settle()
    assert gap.told() == [
        ("births", number(1), "李小直"),
        ("births", number(2), "李小直"),
        ("changes", number(1), "李小知"),
        ("changes", number(2), None),
    ]
    assert [each.revoked for _, each in gap.hub.taken.values()] == [False, False, False, True]
    assert gap.log("handed") == gap.log("receipt") == 2
    assert gap.log("read") == 4
    assert len(gap.hub.given) == 4
    assert gap.hub.codes == []


def test_the_files_say_nothing_to_whoever_does_not_know_the_secret(gap: Gap) -> None:
    gap.own.births(gap.desk, 1)
    gap.door.turn()
    files = [each.read_bytes() for each in (gap.near / "out").iterdir() if each.is_file()]
    assert files
    import base64

    content = b"".join(base64.b64decode(each.partition(b"\n")[2]) for each in files)
    for word in ("李小直", number(1), "birth-record", HUB):
        assert word.encode() not in b"".join(files) + content


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize(
    "fault",
    ["lose", "repeat", "cut", "corrupt", "head", "rename", "upper", "short", "lines", "note"],
)
def test_what_a_gate_does_to_files_loses_doubles_and_reorders_nothing(gap: Gap, fault: str) -> None:
    gap.rules = {"faults": [{"match": "*", "do": fault, "times": 3}]}
    for n in (1, 2, 3):
        gap.own.births(gap.desk, n)
        gap.round()
        correct(gap, n, f"李{n}")
    gap.settle()
    told = gap.told()
    assert sorted(each[1] for each in told if each[0] == "births") == [number(n) for n in (1, 2, 3)]
    newest = {each[1]: each[2] for each in told}
    assert newest == {number(n): f"李{n}" for n in (1, 2, 3)}
    assert gap.log("handed") == gap.log("receipt")


def test_a_change_never_overtakes_the_birth_that_it_is_about(gap: Gap) -> None:
    """The birth's file is lost; the change's lies there, and waits for it."""
    gap.own.births(gap.desk, 1)
    gap.rules = {"faults": [{"match": "*", "do": "lose"}]}
    gap.door.turn()
    gap.cross()
    gap.rules = {}
    correct(gap, 1, "李小知")
    gap.door.turn()
    gap.cross()
    for _ in range(3):
        gap.hub.look()
        gap.go(PATIENCE + 1)
    assert gap.hub.signed == []
    assert set(gap.hub.codes) == {"gate.missing"}  # people are told
    gap.go(USUAL)
    gap.settle()  # and nobody has to ask for it
    assert [each[0] for each in gap.told()] == ["births", "changes"]


def test_a_list_waits_while_the_other_s_message_is_not_taken(gap: Gap) -> None:
    gap.own.births(gap.desk, 1)
    gap.door.turn()
    correct(gap, 1, "李小知")
    gap.door.turn()
    gap.cross()
    gap.hub.look("changes")
    gap.hub.look("births", settles=False)
    gap.hub.look("changes")
    assert [each[0] for each in gap.told()] == ["births"]
    gap.hub.look("births")
    gap.hub.look("changes")
    assert [each[0] for each in gap.told()] == ["births", "changes"]


def test_no_receipt_leaves_before_all_of_a_message_is_kept(gap: Gap) -> None:
    gap.own.births(gap.desk, 1, 2)
    gap.door.turn()
    gap.cross()
    found, _ = gap.hub.adapter.poll("births", "")
    gap.hub.adapter.settle("births", [found[0].key])
    assert not [each for each in (gap.far / "out").iterdir() if each.is_file()]
    gap.hub.adapter.settle("births", [each.key for each in found])
    assert [each for each in (gap.far / "out").iterdir() if each.is_file()]


@pytest.mark.guarantee("G8")
def test_a_file_that_somebody_else_made_is_refused_with_its_code(gap: Gap, tmp_path: Path) -> None:
    gap.own.births(gap.desk, 1)
    gap.settle()
    forger = tmp_path / "forger"
    for name in ("out", "in", "state"):
        (forger / name).mkdir(parents=True)
    for secret in ("another secret",):
        made = GateSystem(
            {"channels": {CHANNEL: {**FOLDERS, **NAMES}}}, Endpoint(str(forger), "", secret)
        )
        made.send(CHANNEL, "m", json.dumps({"stream": "births", "documents": []}).encode())
    for each in (forger / "out").iterdir():
        (gap.far / "in" / f"x{each.name}").write_bytes(each.read_bytes())
    before = len(gap.hub.signed)
    for _ in range(3):
        gap.hub.look()
        gap.go(PATIENCE + 1)
    assert set(gap.hub.codes) == {"gate.strange"}
    assert len(gap.hub.signed) == before
    assert [each.name for each in (gap.far / "in").iterdir()] == ["done"]  # it is put aside
    correct(gap, 1, "李小知")
    gap.settle()
    assert gap.told()[-1][2] == "李小知"


@pytest.mark.guarantee("G8")
@pytest.mark.parametrize("secret", [SECRET, "another secret"])
def test_nothing_that_comes_through_the_gate_makes_it_sign_or_tell(gap: Gap, secret: str) -> None:
    """The hub itself, which knows the secret, sends what it likes; so does a stranger."""
    gap.own.births(gap.desk, 1)
    gap.settle()
    far = gap.far.parent / "sender"
    for name in ("out", "in", "state"):
        (far / name).mkdir(parents=True)
    sender = GateSystem(
        {"channels": {CHANNEL: {**FOLDERS, "us": NAMES["them"], "them": NAMES["us"]}}},
        Endpoint(str(far), "", secret),
    )
    question = {"kind": "birth-record", "identity": {"/certificate/number": number(1)}}
    asked = (question, {"digest": "9f" * 32}, {"after": "0"}, {"announces_to": [HUB, "x"]})
    for n, each in enumerate(asked):
        sender.send(CHANNEL, f"m{n}", json.dumps(each).encode())
    for each_file in (far / "out").iterdir():
        (gap.near / "in" / each_file.name).write_bytes(each_file.read_bytes())
    signed, read, handed = (gap.log(kind) for kind in ("signed", "read", "handed"))
    for _ in range(4):
        gap.go(PATIENCE + 1)
        gap.door.turn()
    assert (gap.log("signed"), gap.log("read"), gap.log("handed")) == (signed, read, handed)
    with gap.desk.store.read() as connection:
        rows = ledger_rows.entries_of(connection, "refused", "gate")
    told = {(said["code"], said["by"]) for said in (json.loads(row.body) for row in rows)}
    assert told == {("signer.question", HUB) if secret == SECRET else ("gate.strange", "")}
    assert [each.name for each in (gap.near / "in").iterdir()] == ["done"]


@pytest.mark.guarantee("G8")
def test_it_hands_over_to_nobody_whom_the_unit_has_not_named(gap: Gap) -> None:
    gap.own.set(announces_to=["another"])
    with pytest.raises(Fatal, match=r"signer\.gate-to"):
        gap.start()
    rows = signer_check.check(gap.own.folder, gap.own.password, SECRET)
    assert [row["code"] for row in rows if not row["ok"]] == ["signer.gate-to"]


def test_the_check_tells_what_is_under_way(gap: Gap) -> None:
    def told() -> tuple[str, str]:
        rows = signer_check.check(gap.own.folder, gap.own.password, SECRET)
        [row] = [row for row in rows if row["step"] == "网闸"]
        return str(row["what"]), str(row["code"])

    assert told() == (f"交给 {HUB}，0 批等回执", "")
    gap.own.births(gap.desk, 1)
    gap.door.turn()
    gap.own.close()
    assert told() == (f"交给 {HUB}，1 批等回执，1 批逾期", "")  # the gap's clock is of spring 2026
    rows = signer_check.check(gap.own.folder, gap.own.password)
    assert [row["code"] for row in rows if not row["ok"]] == ["gate-cover.no-secret"]


def test_without_a_door_for_the_hub_there_is_no_signer(gap: Gap) -> None:
    told = dict(gap.own.home().told)
    for without, is_right in (("https", True), ("gate", False)):
        del told[without]
        (gap.own.folder / "signer.json").write_text(json.dumps(told))
        if is_right:
            assert SignerHome.read(gap.own.folder).told == told
    with pytest.raises(Fatal, match=r"signer\.settings"):
        SignerHome.read(gap.own.folder)


class DiedError(BaseException):
    """Stands for kill -9 in the middle."""


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("where", [(GateSystem, "send"), (Disk, "reveal"), (Disk, "write")])
def test_a_death_between_the_log_and_the_file_neither_loses_nor_doubles(
    gap: Gap, where: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise DiedError

    gap.own.births(gap.desk, 1, 2)
    with monkeypatch.context() as broken:
        broken.setattr(*where, die)
        with pytest.raises(DiedError):
            gap.door.turn()
    assert gap.log("handed") == 1
    correct(gap, 1, "李小知")
    gap.start()
    gap.settle()
    assert [each[:2] for each in gap.told()] == [
        ("births", number(1)),
        ("births", number(2)),
        ("changes", number(1)),
    ]
    assert gap.log("handed") == gap.log("receipt") == 2


def test_a_full_disk_is_told_and_what_was_to_go_goes_later(
    gap: Gap, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    gap.own.births(gap.desk, 1)
    with monkeypatch.context() as broken:
        broken.setattr(Disk, "write", full)
        for _ in range(2):
            with pytest.raises(Retriable, match=r"files\.unavailable"):
                gap.door.turn()
            gap.own.births(gap.desk, 2 + gap.own.count)
    gap.settle()
    assert len(gap.told()) == 3


@pytest.mark.guarantee("G2")
def test_at_random(gap: Gap) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"\nseed {seed}")
    chance, births = random.Random(seed), 0
    for turn in range(60 if FULL else 15):
        do = chance.choice(("lose", "repeat", "cut", "corrupt", "upper", "lines", "hold"))
        gap.rules = {"faults": [{"match": "*", "do": do, "times": chance.randrange(1, 3)}]}
        if chance.random() < 0.6:
            births += 1
            gap.own.births(gap.desk, births)
        elif births:
            correct(
                gap, chance.randrange(births) + 1, f"李{turn}", f"203001{turn + 10}080000.0000"[:19]
            )
        if chance.random() < 0.3:
            gap.start()
        gap.round()
    gap.rules = {}
    gap.settle()
    told = gap.told()
    first = [each[1] for each in told if each[0] == "births"]
    assert sorted(first) == [number(n) for n in range(1, births + 1)]
    assert {each[1]: each[2] for each in told} == {
        number(n): gap.desk.newest(number(n)).record["mother"]["name"]  # type: ignore[union-attr]
        for n in range(1, births + 1)
    }
    assert gap.log("handed") == gap.log("receipt")


def test_what_goes_wrong_is_told_once_and_the_door_turns_on(
    gap: Gap, capsys: pytest.CaptureFixture[str]
) -> None:
    import threading

    turns = [Retriable("files.unavailable", folder="f", reason="ENOSPC")] * 2 + [
        ValueError("x"),
        None,
    ]
    done, seen = threading.Event(), iter(turns)

    class Door:
        def turn(self) -> None:
            error = next(seen, None)
            if error is not None:
                raise error
            done.set()

    with GateTurns(Door(), 0.01):  # type: ignore[arg-type]
        assert done.wait(60)
    told = capsys.readouterr().err
    assert told.count("ENOSPC") == 1
    assert "ValueError" in told


def test_the_process_opens_no_other_door(gap: Gap) -> None:
    told = dict(gap.own.home().told)
    del told["https"]
    home = SignerHome(gap.own.folder, told)
    doors = signer._doors(home, gap.desk, gap.own.password, SECRET)
    first, second = next(doors), next(doors)
    assert isinstance(second, signer_gate.GateTurns)
    assert second.every == signer_gate.EVERY_S
    assert next(doors, None) is None
    first.__exit__(None, None, None)


@pytest.mark.guarantee("G12")
def test_after_a_restore_what_is_signed_again_is_handed_over_again(gap: Gap) -> None:
    """The store is the backup's, the gate's state is not: no number is given twice."""
    gap.own.births(gap.desk, 1)
    gap.settle()
    kept = gap.own.keep("monday")
    gap.start()
    gap.own.births(gap.desk, 2)
    gap.settle()
    gap.own.put_back(kept)
    signer_reopen.reopen(gap.own.home(), gap.own.password.encode(), "硬盘坏了")
    gap.start()
    gap.own.births(gap.desk, 2, 3)
    correct(gap, 2, "李小知")
    gap.settle()
    assert [each[1:] for each in gap.told()[2:]] == [(number(2), "李小知"), (number(3), "李小直")]
    assert gap.hub.codes == []


@pytest.mark.guarantee("G12")
def test_an_old_state_of_the_gate_is_noticed_and_another_channel_goes_on(
    gap: Gap, tmp_path: Path
) -> None:
    shutil.copytree(gap.near / "state", tmp_path / "old")
    gap.own.births(gap.desk, 1)
    gap.settle()
    shutil.rmtree(gap.near / "state")
    shutil.copytree(tmp_path / "old", gap.near / "state")
    gap.own.births(gap.desk, 2)
    for _ in range(3):
        gap.round()
    assert set(gap.hub.codes) == {"gate.number-again"}
    assert len(gap.told()) == 1
    gap.channel("main2")
    gap.settle()
    assert [each[1] for each in gap.told()] == [number(1), number(2)]
