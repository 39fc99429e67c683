"""Files that we put for others, on a disk: whole, once, never over another one."""

import errno
import json
import os
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import files
from connectors.filing import file_name, hidden
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown
from exchange.ports import Endpoint

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 1, 8, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "to" / "police"
    found.mkdir(parents=True)
    return found


@pytest.fixture
def filing(tmp_path, folder):
    def made(**more):
        told = {"folders": {"出院": {"folder": "to/police", **more}}}
        jsonschema_rs.validate(files.CALL_OPTIONS, told)
        return files.open_connector(told, Endpoint(str(tmp_path), clock=lambda: NOW))

    return made


def put(wire, content, name="a.json"):
    return wire.call("put 出院", {"name": name, "content": content}).value["outcome"]


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_put_get_list(filing, folder):
    wire = filing()
    assert wire.call("get 出院", {"name": "a.json"}).value is None
    assert put(wire, "张小直") == "put"
    assert put(wire, b"", "b 空.json") == "put"
    reply = wire.call("get 出院", {"name": "a.json"})
    assert (reply.raw, reply.value) == ("张小直".encode(), "张小直".encode())
    assert wire.call("get 出院", {"name": "b 空.json"}).value == b""
    listed = wire.call("list 出院", {})
    assert listed.value == [{"name": "a.json", "size": 9}, {"name": "b 空.json", "size": 0}]
    assert json.loads(listed.raw) == listed.value
    assert names(folder) == ["a.json", "b 空.json"]
    wire.close()


def test_the_same_again_is_fine_and_another_is_refused(filing, folder):
    wire = filing()
    assert [put(wire, b"1"), put(wire, b"1")] == ["put", "same"]
    for other in (b"2", b"12", b""):
        with pytest.raises(Rejected) as raised:
            put(wire, other)
        assert raised.value.code == "files.other-content"
        assert "a.json" not in str(raised.value)
    assert (folder / "a.json").read_bytes() == b"1"
    assert names(folder) == ["a.json"]


def test_a_marker_comes_after_its_file(filing, folder):
    assert put(filing(marker=".ok"), b"1") == "put"
    assert names(folder) == ["a.json", "a.json.ok"]
    (folder / "a.json.ok").unlink()  # killed between the two
    assert put(filing(marker=".ok"), b"1") == "same"
    assert names(folder) == ["a.json", "a.json.ok"]


@pytest.mark.guarantee("G1")
def test_what_a_kill_left_half_is_finished_and_nothing_is_left_lying(filing, folder):
    content = b"x" * 100_000
    (folder / hidden("a.json", content)).write_bytes(content[:70_000])
    assert put(filing(), content) == "put"
    assert (folder / "a.json").read_bytes() == content
    assert names(folder) == ["a.json"]


KILLED = """
import os, sys
from connectors import files
from exchange.ports import Endpoint
place = files.Disk
step = sys.argv[2]
shown = getattr(place, step)
def killed(self, *told):
    if sys.argv[3] == "after":
        shown(self, *told)
    os.kill(os.getpid(), 9)
setattr(place, step, killed)
told = {"folders": {"out": {"folder": "to/police"}}}
files.open_connector(told, Endpoint(sys.argv[1])).call("put out", {"name": "a.json", "content": b"1"})
"""


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("step", ["write", "reveal"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_step_leaves_the_whole_file_or_none(filing, folder, tmp_path, step, when):
    command = [sys.executable, "-c", KILLED, str(tmp_path), step, when]
    done = subprocess.run(command, cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -9
    whole = ["a.json"] if (step, when) == ("reveal", "after") else []
    assert [name for name in names(folder) if not name.startswith(".")] == whole
    assert put(filing(), b"1") == ("same" if whole else "put")
    assert names(folder) == ["a.json"]


@pytest.mark.guarantee("G1")
def test_many_at_once_put_one_file(filing, folder):
    wires, outcomes = [filing() for _ in range(8)], []
    content = b"x" * 300_000
    start = threading.Barrier(8)

    def work(wire):
        start.wait()
        outcomes.append(put(wire, content))

    threads = [threading.Thread(target=work, args=(wire,)) for wire in wires]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(outcomes)) in (["put"], ["put", "same"])
    assert len(outcomes) == 8
    assert (folder / "a.json").read_bytes() == content
    assert names(folder) == ["a.json"]


def test_without_hard_links_it_is_moved_and_still_replaces_nothing(filing, folder, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refused)
    wire = filing()
    assert [put(wire, b"1"), put(wire, b"1")] == ["put", "same"]
    place = files.Disk(folder)
    place.write(".x.part", b"2")
    with pytest.raises(FileExistsError):
        place.reveal(".x.part", "a.json")
    assert (folder / "a.json").read_bytes() == b"1"


def test_a_link_in_the_way_is_not_followed(filing, folder, tmp_path):
    (tmp_path / "victim").write_bytes(b"kept")
    (folder / hidden("a.json", b"1")).symlink_to(tmp_path / "victim")
    with pytest.raises(Fatal, match=r"files\.no-right"):
        put(filing(), b"1")
    (folder / "b.json").symlink_to(tmp_path / "victim")
    with pytest.raises(Fatal, match=r"files\.no-right"):
        filing().call("get 出院", {"name": "b.json"})
    assert (tmp_path / "victim").read_bytes() == b"kept"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".a",
        "..",
        "../a",
        "a/b",
        "a\\b",
        "a\x00",
        "a\nb",
        "a ",
        " a",
        "a.",
        "a:b",
        "~a",
        "a\ud800",
    ]
    + ["中" * 67, None, 7],
)
def test_a_name_that_leads_elsewhere_is_refused(filing, folder, name):
    with pytest.raises(Invalid, match=r"files\.name"):
        put(filing(), b"1", name)
    assert names(folder) == []


@settings(deadline=None)  # a machine under load takes its time
@given(st.text(max_size=80))
def test_a_name_that_is_taken_stays_in_its_folder(name):
    try:
        taken = file_name({"name": name})
    except Invalid:
        return
    assert Path("/folder", taken).parent == Path("/folder")
    assert not taken.startswith(".")
    assert len(taken.encode()) <= 200


def test_what_is_too_big_or_too_many_is_told(filing, folder):
    with pytest.raises(Invalid, match=r"files\.content-too-big"):
        put(filing(max_bytes=3), b"1234")
    (folder / "a.json").write_bytes(b"1234")
    with pytest.raises(Rejected, match=r"files\.too-big-to-read"):
        filing(max_bytes=3).call("get 出院", {"name": "a.json"})
    (folder / "b.json").touch()
    with pytest.raises(Rejected, match=r"files\.too-many"):
        filing(most=1).call("list 出院", {})
    for content in (None, 7, "\ud800"):
        with pytest.raises(Invalid, match=r"files\.content"):
            put(filing(), content)


def test_what_is_not_declared_cannot_be_spoken_of(filing, folder):
    for operation in ("put 出生", "delete 出院", "put", "put ../x"):
        with pytest.raises(Fatal) as raised:
            filing().call(operation, {"name": "a", "content": b""})
        assert (raised.value.code, raised.value.facts["nearest"][-2:]) in [
            ("wire.no-operation", "出院"),
            ("wire.no-operation", "-"),
        ]
    folder.rmdir()
    for operation in ("put 出院", "get 出院", "list 出院"):
        with pytest.raises(Fatal, match=r"files\.no-folder"):
            filing().call(operation, {"name": "a", "content": b""})


def test_a_full_disk_is_tried_again(filing, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Retriable, match="ENOSPC"):
        put(filing(), b"1")


@pytest.mark.parametrize(("theirs", "outcome"), [(b"1", "same"), (b"2", None)])
def test_who_is_late_by_a_moment_replaces_nothing_and_leaves_nothing(
    filing, folder, monkeypatch, theirs, outcome
):
    wire, written = filing(), files.Disk.write

    def overtaken(self, path, content):
        written(self, path, content)
        (folder / "a.json").write_bytes(theirs)

    monkeypatch.setattr(files.Disk, "write", overtaken)
    if outcome:
        assert put(wire, b"1") == outcome
    else:
        with pytest.raises(Rejected, match=r"files\.other-content"):
            put(wire, b"1")
    assert (names(folder), (folder / "a.json").read_bytes()) == (["a.json"], theirs)


def test_a_file_is_on_its_disk_before_it_is_shown_and_its_name_after(filing, monkeypatch):
    steps, synced, linked = [], os.fsync, os.link

    def fsync(opened):
        steps.append("folder" if stat.S_ISDIR(os.fstat(opened).st_mode) else "file")
        synced(opened)

    def link(*told, **more):
        steps.append("shown")
        linked(*told, **more)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "link", link)
    put(filing(), b"1")
    assert steps == ["file", "shown", "folder"]


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("there", [True, False])
def test_a_move_without_an_answer_is_unknown(filing, folder, monkeypatch, there):
    revealed = files.Disk.reveal

    def lost(self, source, target):
        if there:
            revealed(self, source, target)
        raise OSError(errno.EIO, "no answer")

    monkeypatch.setattr(files.Disk, "reveal", lost)
    with pytest.raises(Unknown, match=r"files\.uncertain") as raised:
        put(filing(), b"1")
    assert raised.value.facts == {"folder": "出院", "reason": "files.unavailable"}
    assert (folder / "a.json").exists() == there


def test_a_file_that_another_worker_moved_and_its_receiver_took_is_unknown(
    filing, folder, monkeypatch
):
    revealed = files.Disk.reveal

    def overtaken(self, source, target):
        (folder / hidden("a.json", b"1")).unlink()
        revealed(self, source, target)

    monkeypatch.setattr(files.Disk, "reveal", overtaken)
    with pytest.raises(Unknown, match=r"files\.uncertain"):
        put(filing(), b"1")
