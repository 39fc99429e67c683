"""Two sides and a gate between them that does what gates do; the clock is the test's own."""

import itertools
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema_rs
import pytest

from connectors import gate
from connectors.gate_file import Head, opened, sealed
from exchange.errors import Fatal, Invalid, Rejected
from exchange.ports import Endpoint
from sandbox.gate import made

ROOT = Path(__file__).parents[2]
MINUTE = 60


class Clock:
    def __init__(self):
        self.now = datetime(2026, 1, 8, tzinfo=UTC)

    def __call__(self):
        return self.now


class Side:
    """One side: its folder, its wire, its feed."""

    def __init__(self, root, clock, us, them, **about):
        self.root, self.cursor = root, ""
        for name in ("in", "out", "state"):
            (root / name).mkdir(parents=True, exist_ok=True)
        self.told = {"out": "out", "in": "in", "state": "state", "us": us, "them": them}
        self.options = {"channels": {"births": {**self.told, **about}}}
        jsonschema_rs.validate(gate.OPTIONS, self.options)
        self.endpoint = Endpoint(str(root), password="secret", clock=clock)
        self.open()

    def open(self, password="secret"):
        """A new life."""
        endpoint = Endpoint(str(self.root), password=password, clock=self.endpoint.clock)
        self.wire = gate.open_connector(self.options, endpoint)
        self.feed = gate.open_feed(self.options, endpoint)

    def send(self, message, content):
        return self.wire.call("send births", {"message": message, "content": content}).value

    def state(self, message):
        value = self.wire.call("receipt births", {"message": message}).value
        return value["state"] + (" overdue" if value.get("overdue") else "")

    def receive(self, limit=100, settle=True):
        found, self.cursor = self.feed.receive("births", self.cursor, limit=limit)
        if settle:
            self.feed.settle("births", [parcel.key for parcel in found])
        return [
            parcel.error.code.removeprefix("gate.") if parcel.error else parcel.raw
            for parcel in found
        ]

    def files(self, folder="in"):
        return sorted(file.name for file in (self.root / folder).iterdir() if file.is_file())


class Both:
    """Ours, theirs, and the gate, whose turns the test makes."""

    def __init__(self, folder, **about):
        self.clock, self.rules = Clock(), {"delay_s": 60}
        for name in ("inner", "outer"):
            (folder / name).mkdir()
        self._ferries = made(folder / "inner", folder / "outer", lambda: self.rules)
        settings = {"patience_s": 600, "delay_s": 300, **about}
        self.ours = Side(folder / "inner", self.clock, "hub", "police", **settings)
        self.theirs = Side(folder / "outer", self.clock, "police", "hub", **settings)

    def pass_time(self, seconds=2 * MINUTE):
        for _ in range(4):
            self.clock.now += timedelta(seconds=seconds / 4)
            for ferry in self._ferries:
                ferry.turn(self.clock.now.timestamp())

    def fault(self, do, match="m*", **more):
        self.rules["faults"] = [{"match": match, "do": do, **more}]


@pytest.fixture
def both(tmp_path):
    return Both(tmp_path)


@pytest.fixture
def small(tmp_path):
    """A gate that takes small files only."""
    (tmp_path / "small").mkdir()
    found = Both(tmp_path / "small", max_file_bytes=4096)
    found.rules["max_bytes"] = 4096
    return found


# --- the usual way --------------------------------------------------------------------------------


def test_a_message_waits_until_its_receipt_is_there(both):
    ours, theirs = both.ours, both.theirs
    assert ours.state("a") == "unsent"
    assert ours.send("a", "张小直") == {"state": "waiting", "sequence": 1, "overdue": False}
    assert ours.files("out") == ["m0000100.txt", "m0000101.txt"]
    assert theirs.receive() == []
    both.pass_time()
    assert theirs.receive() == ["张小直".encode()]
    assert (theirs.files(), theirs.receive()) == ([], [])
    assert ours.state("a") == "waiting"
    both.pass_time()
    assert ours.state("a") == "received"
    assert ours.send("a", "张小直") == {"state": "received", "sequence": 1}
    assert (ours.files(), ours.files("out")) == ([], [])


def test_both_directions_at_once_and_new_lives(both):
    for number in range(3):
        both.ours.send(f"a{number}", f"to them {number}")
        both.theirs.send(f"a{number}", f"to us {number}")
        both.ours.open()
    both.pass_time()
    assert both.theirs.receive() == [f"to them {number}".encode() for number in range(3)]
    assert both.ours.receive() == [f"to us {number}".encode() for number in range(3)]
    both.pass_time()
    assert [both.theirs.state(f"a{number}") for number in range(3)] == ["received"] * 3
    assert both.ours.receive() == []
    assert [both.ours.state(f"a{number}") for number in range(3)] == ["received"] * 3


def test_the_same_message_is_sent_once_and_another_content_is_refused(both):
    assert both.ours.send("a", b"1") == both.ours.send("a", b"1")
    with pytest.raises(Rejected, match=r"gate\.other-content") as raised:
        both.ours.send("a", b"2")
    assert raised.value.facts == {"channel": "births", "sequence": 1}
    assert both.ours.send("b", b"2")["sequence"] == 2


def test_a_big_message_crosses_in_parts(small):
    content = os.urandom(20_000)
    small.ours.send("a", content)
    assert len(small.ours.files("out")) == 11
    assert all(file.stat().st_size <= 4096 for file in (small.ours.root / "out").iterdir())
    small.pass_time()
    assert small.theirs.receive() == [content]


def test_an_empty_message_and_one_of_equal_parts(small):
    small.ours.send("a", b"")
    small.ours.send("b", bytes(9000))
    small.pass_time()
    assert small.theirs.receive() == [b"", bytes(9000)]


def test_every_file_is_plain_text(both):
    both.ours.send("a", bytes(range(256)))
    for file in (both.ours.root / "out").iterdir():
        assert file.read_bytes().isascii()
        assert b"\0" not in file.read_bytes()


# --- what gates do --------------------------------------------------------------------------------


@pytest.mark.parametrize("do", ["rename", "upper", "short", "lines", "repeat"])
def test_names_line_ends_and_repetitions_do_no_harm(small, do):
    small.fault(do)
    small.ours.send("a", b"x" * 3000)
    small.pass_time()
    assert small.theirs.receive() == [b"x" * 3000]
    assert small.theirs.files() == []
    small.fault(do, "r*")
    small.pass_time()
    assert small.ours.state("a") == "received"


def test_a_message_that_comes_again_later_gets_its_receipt_again(both):
    both.ours.send("a", b"1")
    copies = {file.name: file.read_bytes() for file in (both.ours.root / "out").iterdir()}
    both.fault("lose", "r*", times=1)
    both.pass_time()
    assert both.theirs.receive() == [b"1"]
    both.pass_time(20 * MINUTE)
    assert both.ours.state("a") == "waiting overdue"
    for name, raw in copies.items():  # an operator has the gate send them once more
        (both.ours.root / "out" / name).write_bytes(raw)
    both.pass_time()
    assert both.theirs.receive() == []
    both.pass_time()
    assert both.ours.state("a") == "received"


def test_overtaking_is_put_in_order_again(both):
    both.ours.send("a", b"1")
    both.fault("hold", "m00001*")
    both.ours.send("b", b"2")
    both.pass_time()
    assert both.theirs.receive() == []
    both.rules["faults"] = []
    both.pass_time()
    assert both.theirs.receive() == [b"1", b"2"]


def test_a_gap_is_told_once_and_holds_up_nobody_for_ever_and_who_comes_late_is_welcome(both):
    both.fault("hold", "m0000[12]*")
    for number in range(1, 5):
        both.ours.send(str(number), str(number))
    both.pass_time()
    assert both.theirs.receive() == []
    both.theirs.open()  # patience outlives the process: it is in the cursor
    both.pass_time(11 * MINUTE)
    found, _ = both.theirs.feed.receive("births", both.theirs.cursor, limit=9)
    assert dict(found[0].error.facts) == {"channel": "births", "first": 1, "last": 2}
    assert both.theirs.receive() == ["missing", b"3", b"4"]
    assert both.theirs.receive() == []
    both.rules["faults"] = []
    both.pass_time()
    assert both.theirs.receive() == [b"1", b"2"]
    both.pass_time()
    assert [both.ours.state(str(number)) for number in range(1, 5)] == ["received"] * 4


@pytest.mark.parametrize("do", ["cut", "corrupt"])
@pytest.mark.parametrize("which", ["m0000101.txt", "m0000100.txt"])
def test_a_cut_or_damaged_file_is_told_and_the_message_sent_again(both, do, which):
    both.fault(do, which, times=1)
    both.ours.send("a", b"x" * 3000)
    both.ours.send("b", b"2")
    both.pass_time()
    assert both.theirs.receive() == []
    both.pass_time(11 * MINUTE)
    told = both.theirs.receive()
    both.pass_time()
    if which == "m0000101.txt":
        assert told == ["damaged", b"2"]
        assert both.ours.state("a") == "damaged"
    else:  # its head is one line: nothing is left of a manifest
        assert told == ["damaged", b"2", "strange"]
        assert both.ours.state("a") == "waiting overdue"
        return
    assert both.ours.send("a", b"x" * 3000) == {"state": "waiting", "sequence": 1, "overdue": False}
    both.pass_time()
    assert both.theirs.receive() == [b"x" * 3000]
    both.pass_time()
    assert both.ours.state("a") == "received"


def test_a_half_written_file_is_only_early(both):
    both.fault("half", times=2)
    both.ours.send("a", b"x" * 3000)
    both.clock.now += timedelta(seconds=MINUTE)
    for seconds in (0, MINUTE):
        both.clock.now += timedelta(seconds=seconds)
        both._ferries[0].turn(both.clock.now.timestamp())
    assert both.theirs.files() == ["m0000100.txt", "m0000101.txt"]
    assert both.theirs.receive() == []
    both.pass_time()
    assert both.theirs.receive() == [b"x" * 3000]


def test_a_lost_part_a_note_of_the_scanner_and_a_damaged_head_are_told(small):
    for number, do in enumerate(("lose", "note", "head"), 1):
        small.fault(do, f"m0000{number}01.txt", times=1)
        small.ours.send(do, b"x" * 3000)
        small.pass_time()
        small.theirs.receive()
    small.pass_time(11 * MINUTE)
    assert small.theirs.receive() == ["damaged", "strange", "strange"]
    small.pass_time(11 * MINUTE)
    assert small.theirs.receive() == ["damaged"]
    small.pass_time(11 * MINUTE)
    assert small.theirs.receive() == ["damaged"]
    small.pass_time()
    assert [small.ours.state(do) for do in ("lose", "note", "head")] == ["damaged"] * 3
    assert len(list((small.theirs.root / "in" / "done").rglob("*~*"))) == len(
        {file.name for file in (small.theirs.root / "in" / "done").rglob("*~*")}
    )


def test_what_is_strange_is_told_after_a_while_and_put_away(both):
    stranger = Side(both.theirs.root.parent / "x", both.clock, "bank", "hub")
    stranger.send("a", b"1")
    into = both.theirs.root / "in"
    for file in (stranger.root / "out").iterdir():
        shutil.copy(file, into / f"x{file.name}")
    (into / "张三.docx").write_bytes(b"PK..")
    (into / "link").symlink_to("/etc/passwd")
    (into / "writing.TMP").write_bytes(b"x")
    assert both.theirs.receive() == []
    both.pass_time(11 * MINUTE)
    found, _ = both.theirs.feed.receive("births", both.theirs.cursor, limit=9)
    reasons = sorted(parcel.error.facts["reason"] for parcel in found)
    assert reasons == ["misdirected", "misdirected", "no-file", "unknown"]
    assert "张三" not in str([(parcel.key, parcel.error) for parcel in found])
    assert both.theirs.receive() == ["strange"] * 4
    assert both.theirs.files() == ["writing.TMP"]


@pytest.mark.guarantee("G8")
def test_without_the_secret_nobody_makes_messages_or_receipts(both):
    both.ours.open("guessed")
    both.ours.send("a", b"1")
    both.pass_time()
    assert both.theirs.receive() == []
    both.pass_time(11 * MINUTE)
    assert both.theirs.receive() == ["strange", "strange"]
    both.pass_time()
    assert both.ours.state("a") == "waiting overdue"


@pytest.mark.parametrize(
    ("change", "state"),
    [({"sequence": 2}, "waiting"), ({"digest": "0" * 64}, "waiting"), ({}, "received")],
)
def test_a_receipt_for_another_number_or_content_says_nothing(both, change, state):
    both.ours.send("a", b"1")
    file = both.ours.root / "out" / both.ours.files("out")[0]
    told = {"kind": "receipt", "sender": both.theirs.told["us"], "part": 0, "outcome": "received"}
    receipt = replace(opened(file.read_bytes(), "secret").head, **told | change)
    (both.ours.root / "in" / "r.txt").write_bytes(sealed(receipt, b"", "secret"))
    assert both.ours.state("a") == state


# --- crashes and lost states ----------------------------------------------------------------------

KILLED = """
import json, os, sys
from connectors import gate, gate_send, gate_state
from exchange.ports import Endpoint
target, name, count = {"put": (gate_send.Side, "put", 0), "write": (gate_state.State, "_write", 0)}[sys.argv[3]]
left, real = [int(sys.argv[4])], getattr(target, name)
def killed(self, *told):
    if left[0] == 0:
        os.kill(os.getpid(), 9)
    left[0] -= 1
    return real(self, *told)
setattr(target, name, killed)
options = json.loads(sys.argv[2])
endpoint = Endpoint(sys.argv[1], password="secret")
if sys.argv[5] == "send":
    gate.open_connector(options, endpoint).call("send births", {"message": "a", "content": "x" * 3000})
else:
    feed = gate.open_feed(options, endpoint)
    found, _ = feed.receive("births", "", limit=9)
    feed.settle("births", [parcel.key for parcel in found])
"""


def killed(side, step, count, act):
    command = [sys.executable, "-c", KILLED, str(side.root), json.dumps(side.options), step]
    done = subprocess.run([*command, str(count), act], cwd=ROOT, check=False, timeout=60)
    return done.returncode


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize(
    ("step", "count"), [("write", 0), ("write", 1), ("put", 0), ("put", 1), ("write", 2)]
)
def test_a_kill_while_sending_burns_no_number_and_sends_once(both, step, count):
    assert killed(both.ours, step, count, "send") == -9
    assert both.ours.send("a", "x" * 3000)["sequence"] == 1
    assert both.ours.send("b", "2")["sequence"] == 2
    both.pass_time()
    assert both.theirs.receive() == [b"x" * 3000, b"2"]


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize(("step", "count"), [("write", 0), ("write", 1), ("put", 0)])
def test_a_kill_while_settling_loses_nothing_and_answers_in_the_end(both, step, count):
    both.ours.send("a", b"1")
    both.pass_time()
    assert killed(both.theirs, step, count, "settle") == -9
    again = both.theirs.receive()
    assert again == ([] if step == "put" else [b"1"])
    both.pass_time()
    assert both.ours.state("a") == "received"


def test_what_was_not_settled_comes_again(both):
    both.ours.send("a", b"1")
    both.pass_time()
    assert both.theirs.receive(settle=False) == [b"1"]
    both.pass_time()
    assert both.ours.state("a") == "waiting"
    both.theirs.open()
    assert both.theirs.receive() == [b"1"]


def test_an_older_state_is_noticed_on_both_sides(both):
    both.ours.send("a", b"1")
    both.pass_time()
    assert both.theirs.receive() == [b"1"]
    shutil.rmtree(both.ours.root / "state")
    (both.ours.root / "state").mkdir()
    both.ours.send("b", b"another")  # under number 1 again
    both.pass_time()
    assert both.theirs.receive() == ["number-again"]
    both.pass_time()
    assert both.ours.state("b") == "waiting"  # the receipt for the first content says nothing
    both.ours.send("c", b"3")
    shutil.rmtree(both.ours.root / "state")
    (both.ours.root / "state").mkdir()
    both.ours.send("d", b"4")
    with pytest.raises(Fatal, match=r"gate\.number-used"):
        both.ours.send("e", b"5")


def test_a_number_far_ahead_is_no_gap_of_millions(both):
    (both.ours.root / "state" / "last.json").write_text('{"sequence": 40000000, "message": ""}')
    both.ours.send("a", b"1")
    both.pass_time()
    both.theirs.receive()
    both.pass_time(11 * MINUTE)
    assert both.theirs.receive() == ["strange", "strange"]


# --- what is wrong on our side --------------------------------------------------------------------


def test_what_cannot_be_sent_is_told(both, small):
    for body in ({}, {"message": ""}, {"message": 7}, []):
        with pytest.raises(Invalid, match=r"gate\.no-message-id"):
            both.ours.wire.call("send births", body)
    for content in (None, 7, "\ud800"):
        with pytest.raises(Invalid, match=r"gate\.content"):
            both.ours.send("a", content)
    with pytest.raises(Invalid, match=r"gate\.too-big"):
        small.ours.send("a", bytes(3_000_000))
    with pytest.raises(Fatal, match=r"wire\.no-operation"):
        both.ours.wire.call("send deaths", {"message": "a", "content": ""})
    with pytest.raises(Fatal, match=r"wire\.no-stream"):
        both.ours.feed.receive("deaths", "", limit=1)


def test_folders_must_be_there_and_be_of_one_channel_each(both):
    told = both.ours.told
    two = {"a": told, "b": {**told, "state": "state2"}}
    with pytest.raises(Fatal, match=r"gate\.same-folder"):
        gate.open_connector({"channels": two}, both.ours.endpoint)
    with pytest.raises(Fatal, match=r"files\.no-folder"):
        gate.open_feed({"channels": {"a": {**told, "out": "oot"}}}, both.ours.endpoint)
    shutil.rmtree(both.ours.root / "out")
    with pytest.raises(Fatal, match=r"files\.no-folder"):
        both.ours.send("a", b"1")


def test_a_long_talk_with_a_gate_in_a_process_of_its_own(tmp_path):
    both = Both(tmp_path, patience_s=2, delay_s=3)
    both.ours.endpoint = both.theirs.endpoint = Endpoint("", clock=lambda: datetime.now(UTC))
    for side in (both.ours, both.theirs):
        side.open()
    rules = tmp_path / "rules.json"
    faults = [
        {"match": f"*{n}01.txt", "do": do, "times": 1}
        for n, do in zip("13579", ("repeat", "upper", "cut", "lose", "lines"), strict=True)
    ]
    rules.write_text(json.dumps({"delay_s": 0.2, "faults": faults}))
    command = [sys.executable, "-m", "sandbox.gate", "--inner", str(both.ours.root)]
    ferry = subprocess.Popen(
        [*command, "--outer", str(both.theirs.root), "--rules", str(rules)], cwd=ROOT
    )
    try:
        expected = [f"message {number}".encode() for number in range(12)]
        got, end = [], datetime.now(UTC) + timedelta(seconds=60)
        for number in itertools.cycle(range(12)):
            both.ours.send(f"{number}", expected[number])
            got += [each for each in both.theirs.receive() if isinstance(each, bytes)]
            if all(both.ours.state(f"{n}") == "received" for n in range(12)):
                break
            assert datetime.now(UTC) < end
        assert sorted(got) == sorted(expected)
    finally:
        ferry.terminate()
        assert ferry.wait(10) == 0


def test_a_sender_whose_parts_do_not_make_its_message_is_told(both):
    about = {"channel": "main", "sender": "hub", "sequence": 1, "parts": 1, "message": "0" * 64}
    head = Head(kind="part", part=1, size=1, digest="1" * 64, content="", **about)
    for name, each in (("p", head), ("m", replace(head, kind="manifest", part=0))):
        content = b"1" if each.part else b""
        (both.theirs.root / "in" / name).write_bytes(sealed(each, content, "secret"))
    assert both.theirs.receive() == []
    both.pass_time(11 * MINUTE)
    assert both.theirs.receive() == ["damaged"]
