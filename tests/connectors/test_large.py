"""Large files on a disk and over OpenSSH's SFTP server: read from the middle, written on at their end."""

from __future__ import annotations

import os
import random
import shutil
from contextlib import closing

import pytest

from connectors import large
from connectors.large import PLACES, Seen, checked
from exchange.errors import Fatal, Invalid, Retriable
from exchange.ports import Endpoint
from tests.sftp_server import SftpServer

DATA = random.Random(1).randbytes(3_000_001)
FOLDERS = {"folders": {"out": {"folder": "out"}}, "timeout_s": 10}


@pytest.fixture(scope="module")
def sshd(tmp_path_factory):
    server = SftpServer(tmp_path_factory.mktemp("sshd"))
    server.start()
    told = server.connection
    yield server.home, Endpoint(f"127.0.0.1:{server.port}", told["login"], extra=told["extra"])
    server.stop()


@pytest.fixture(params=["files", "sftp"])
def place(request, tmp_path):
    if request.param == "files":
        home, endpoint = tmp_path, Endpoint(str(tmp_path))
    else:
        home, endpoint = request.getfixturevalue("sshd")
    shutil.rmtree(home / "out", ignore_errors=True)
    (home / "out").mkdir()
    found = large.open_place(request.param, FOLDERS, endpoint, "out")
    found.home = home
    yield found
    found.close()


def read(place, name, offset=0):
    with closing(place.read(name, offset)) as pieces:
        return b"".join(pieces)


@pytest.mark.parametrize("offset", [0, 1, 32_768, 2_097_152, len(DATA) - 1, len(DATA)])
def test_it_is_read_from_anywhere_in_it(place, offset):
    (place.home / "out/a.dwg").write_bytes(DATA)
    assert read(place, "a.dwg", offset) == DATA[offset:]


def test_pieces_are_small_and_a_reader_may_stop(place):
    (place.home / "out/a.dwg").write_bytes(DATA)
    with closing(place.read("a.dwg", 0)) as pieces:
        assert 0 < len(next(pieces)) <= large.PIECE
    assert read(place, "a.dwg", len(DATA) - 9) == DATA[-9:]


def test_a_change_shows_in_the_mark(place):
    file = place.home / "out/a.dwg"
    assert place.seen("a.dwg") is None
    file.write_bytes(b"1234")
    first = place.seen("a.dwg")
    assert (first.bytes, place.seen("a.dwg")) == (4, first)
    os.utime(file, (1, 1))
    assert place.seen("a.dwg") == Seen(4, place.seen("a.dwg").mark) != first


def test_folders_below_are_gone_into(place):
    (place.home / "out/a1").mkdir()
    (place.home / "out/a1/结构 01.dwg").write_bytes(b"x")
    assert place.seen("a1/结构 01.dwg").bytes == 1
    assert read(place, "a1/结构 01.dwg") == b"x"
    assert place.seen("a2/结构 01.dwg") is None


@pytest.mark.guarantee("G10")
def test_no_link_is_followed_and_nothing_but_a_file_is_read(place):
    (place.home / "secret").mkdir(exist_ok=True)
    (place.home / "secret/a").write_bytes(b"secret")
    (place.home / "out/link").symlink_to(place.home / "secret/a")
    (place.home / "out/folder").symlink_to(place.home / "secret")
    (place.home / "out/real").mkdir()
    os.mkfifo(place.home / "out/pipe")
    for name in ("link", "folder/a", "real", "pipe"):
        for ask in (place.seen, lambda name: read(place, name)):
            with pytest.raises(Fatal, match=r"no-right"), place.told():
                ask(name)


@pytest.mark.guarantee("G10")
@pytest.mark.parametrize(
    "name", ["", "..", "../a", "a/../b", "/a", "a//b", ".a", "a/.b", "a\\b", "a\0b"]
)
def test_a_name_that_leads_elsewhere_is_none(place, name):
    for ask in (place.seen, lambda name: read(place, name)):
        with pytest.raises(Invalid, match=r"files\.name"):
            ask(name)


def test_a_folder_that_is_not_there_is_no_missing_file(place):
    (place.home / "out").rmdir()
    with pytest.raises(Fatal, match=r"no-folder"), place.told():
        place.seen("a.dwg")


def test_it_is_written_on_at_its_end_and_shown_when_whole(place):
    half = len(DATA) // 2
    place.append("a.part", 0, DATA[:half])
    place.append("a.part", half, b"torn")
    place.append("a.part", half, DATA[half:])
    assert place.seen("a.dwg") is None
    place.reveal("a.part", "a.dwg")
    assert (place.home / "out/a.dwg").read_bytes() == DATA
    assert place.seen("a.part") is None
    place.append("b.part", 0, b"other")
    with pytest.raises(FileExistsError):
        place.reveal("b.part", "a.dwg")
    place.append("b.part", 0, b"x")
    assert read(place, "b.part") == b"x"


def test_a_file_cut_while_it_is_read_is_told(sshd):
    home, endpoint = sshd
    shutil.rmtree(home / "out", ignore_errors=True)
    (home / "out").mkdir()
    (home / "out/a").write_bytes(DATA * 3)
    with (
        closing(large.open_place("sftp", FOLDERS, endpoint, "out")) as place,
        pytest.raises(Retriable, match=r"sftp\.lost"),
        place.told(),
    ):
        for _ in place.read("a", 0):
            os.truncate(home / "out/a", 100_000)


def test_every_place_is_there():
    for wire in PLACES:
        assert hasattr(__import__(PLACES[wire], fromlist=["x"]), "open_place")
    assert checked("a/b") == "a/b"
    with pytest.raises(Invalid):
        checked("/".join("a" * 17))
