"""Against OpenSSH's own server: picked up, and put there, like on a disk."""

import contextlib
import os
import shutil
import socket
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import paramiko
import pytest
from paramiko.sftp import SFTPError

from connectors import sftp
from connectors.filing import hidden
from connectors.sftp import Remote
from connectors.sftp_line import Line, Server
from exchange.errors import Fatal, Rejected, Retriable, Unknown
from exchange.ports import Endpoint
from tests.sftp_server import SftpServer

PHRASE = "test-only"


class Peer(SftpServer):
    def __init__(self, home):
        super().__init__(home, {"user": PHRASE, "stranger": PHRASE})

    def endpoint(self, *, host_key="host", key="user", port=0):
        extra = {"host_key": self.key(host_key), "key": str(self.home / key)}
        extra["key_password"] = PHRASE
        now = datetime(2026, 1, 8, 1, 0, tzinfo=UTC)
        address = f"127.0.0.1:{port or self.port}"
        return Endpoint(address, os.environ.get("USER", "root"), extra=extra, clock=lambda: now)


@pytest.fixture(scope="module")
def peer(tmp_path_factory):
    found = Peer(tmp_path_factory.mktemp("sshd"))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def drop(peer):
    return Path(tempfile.mkdtemp(dir=peer.home))


@pytest.fixture
def feed(peer, drop):
    opened = []

    def made(endpoint=None, **options):
        told = {"folders": {"births": {"folder": drop.name, **options}}, "timeout_s": 5}
        opened.append(sftp.open_feed(told, endpoint or peer.endpoint()))
        return opened[-1]

    yield made
    for one in opened:
        one.close()


def receive(feed):
    return list(feed.receive("births", "", limit=100)[0])


def test_files_are_claimed_received_and_filed_away_like_on_a_disk(feed, drop):
    (drop / "张小直.csv.part").write_bytes(b"half")
    (drop / "b.csv").write_bytes("姓名\n小直\n小达\n".encode("gb18030"))
    births = feed(split="csv")
    first, second = receive(births)
    assert first.raw == "姓名\n小直\n".encode("gb18030")
    births.settle("births", [first.key])
    assert receive(births) == [second]
    births.close()
    assert receive(births) == [first, second]  # forgotten with the session: they come again
    births.settle("births", [first.key, second.key])
    assert receive(births) == []
    assert [p.name.partition("~")[2] for p in (drop / "done" / "2026-01-08").iterdir()] == ["b.csv"]
    assert (drop / "张小直.csv.part").exists()


def test_markers_work_over_sftp_too(feed, drop):
    births = feed(complete="marker")
    (drop / "a.json").write_bytes(b"1")
    assert receive(births) == []
    (drop / "a.json.ok").touch()
    assert [parcel.raw for parcel in receive(births)] == [b"1"]


@pytest.mark.guarantee("G10")
def test_a_link_is_not_followed_and_a_big_file_not_fetched(feed, drop):
    (drop / "a").symlink_to("/etc/hostname")
    (drop / "b").write_bytes(b"x" * 11)
    errors = {parcel.error.code for parcel in receive(feed(max_bytes=10))}
    assert errors == {"files.not-a-file", "files.too-big"}


@pytest.mark.guarantee("G8")
@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"host_key": "stranger"}, "sftp.host-key"), ({"key": "stranger"}, "sftp.login")],
)
def test_a_server_that_is_another_and_a_login_that_is_refused_are_told(peer, feed, wrong, code):
    with pytest.raises(Fatal) as raised:
        receive(feed(peer.endpoint(**wrong)))
    assert raised.value.code == code


@pytest.mark.guarantee("G8")
def test_without_a_pinned_key_nobody_is_spoken_to(peer, feed):
    with pytest.raises(Fatal, match=r"sftp\.host-key-form"):
        receive(feed(Endpoint(f"127.0.0.1:{peer.port}", "root", "secret")))


def test_a_server_that_is_away_is_tried_again(peer, feed, drop, free_port):
    with pytest.raises(Retriable, match=r"wire\.refused"):
        receive(feed(peer.endpoint(port=free_port())))
    births = feed()
    (drop / "a").write_bytes(b"1")
    (parcel,) = receive(births)
    births._place._line._client.get_transport().sock.shutdown(socket.SHUT_RDWR)
    with pytest.raises(Retriable, match=r"sftp\.lost"):
        births.settle("births", [parcel.key])
    assert receive(births) == []  # settled: the move that was lost is made up for
    assert len(list((drop / "done").rglob("*~a"))) == 1


def test_a_missing_folder_is_told(feed, drop):
    drop.rmdir()
    with pytest.raises(Fatal, match=r"sftp\.no-folder") as raised:
        receive(feed())
    assert raised.value.facts["folder"] == drop.name


def test_a_name_that_is_not_utf_8_is_told_and_what_can_be_read_comes_after(feed, drop):
    (drop / "b.csv").write_bytes(b"1")
    odd = drop / os.fsdecode("张.csv".encode("gbk"))
    odd.write_bytes(b"2")
    births = feed()
    with pytest.raises(Fatal, match=r"sftp\.encoding") as raised:
        receive(births)
    assert list(raised.value.facts) == ["peer"]
    odd.unlink()
    assert [parcel.raw for parcel in receive(births)] == [b"1"]


@pytest.fixture
def filing(peer, drop):
    opened = []

    def made(**more):
        told = {"folders": {"out": {"folder": drop.name, **more}}, "timeout_s": 5}
        jsonschema_rs.validate(sftp.CALL_OPTIONS, told)
        opened.append(sftp.open_connector(told, peer.endpoint()))
        return opened[-1]

    yield made
    for one in opened:
        one.close()


def put(wire, content, name="a.bin"):
    return wire.call("put out", {"name": name, "content": content}).value["outcome"]


def test_put_get_and_list_over_sftp(filing, drop):
    wire = filing(marker=".ok")
    big = os.urandom(3_000_000)
    assert [put(wire, big), put(wire, big)] == ["put", "same"]
    assert put(wire, "张小直", "张小直.csv") == "put"
    assert wire.call("get out", {"name": "a.bin"}).value == big
    assert wire.call("get out", {"name": "b.bin"}).value is None
    with pytest.raises(Rejected, match=r"files\.other-content"):
        put(wire, b"2")
    found = ["a.bin", "a.bin.ok", "张小直.csv", "张小直.csv.ok"]
    assert [one["name"] for one in wire.call("list out", {}).value] == found
    assert sorted(p.name for p in drop.iterdir()) == found


def test_a_put_that_was_cut_off_is_finished_by_the_next(filing, drop):
    (drop / hidden("a.bin", b"x" * 100)).write_bytes(b"x" * 70)
    assert put(filing(), b"x" * 100) == "put"
    assert [(p.name, p.read_bytes()) for p in drop.iterdir()] == [("a.bin", b"x" * 100)]


def test_somebody_who_was_first_is_not_replaced(filing, drop):
    wire = filing()
    place = wire._place
    with place.told():
        place.write(f"{drop.name}/.x.part", b"ours")
    (drop / "a.bin").write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        place.reveal(f"{drop.name}/.x.part", f"{drop.name}/a.bin")
    assert (drop / "a.bin").read_bytes() == b"theirs"


def test_a_link_in_the_way_of_a_put_is_refused(filing, drop):
    (drop / "victim").write_bytes(b"kept")
    (drop / hidden("a.bin", b"1")).symlink_to(drop / "victim")
    with pytest.raises(Fatal, match=r"sftp\.no-right"):
        put(filing(), b"1")
    assert (drop / "victim").read_bytes() == b"kept"


def test_a_lost_session_and_a_lost_folder_are_told(filing, drop):
    wire = filing()
    put(wire, b"1")
    wire._place._line._client.get_transport().sock.shutdown(socket.SHUT_RDWR)
    with pytest.raises(Retriable, match=r"sftp\.lost"):
        put(wire, b"1")
    assert put(wire, b"1") == "same"
    shutil.rmtree(drop)
    with pytest.raises(Fatal, match=r"sftp\.no-folder") as raised:
        put(wire, b"1")
    assert raised.value.facts["folder"] == drop.name


@pytest.mark.guarantee("G1")
def test_only_a_move_without_an_answer_is_unknown(filing, drop, monkeypatch):
    moved = paramiko.SFTPClient.rename

    def refused(*_):
        raise OSError("Failure")  # as paramiko tells SSH_FX_FAILURE

    def lost(self, old, new):
        moved(self, old, new)
        self.get_channel().get_transport().sock.shutdown(socket.SHUT_RDWR)
        self.listdir(".")

    wire = filing()
    monkeypatch.setattr(paramiko.SFTPClient, "rename", refused)
    with pytest.raises(Retriable, match=r"sftp\.refused"):
        put(wire, b"1")
    monkeypatch.setattr(paramiko.SFTPClient, "rename", lost)
    with pytest.raises(Unknown, match=r"files\.uncertain"):
        put(wire, b"1")
    assert (drop / "a.bin").read_bytes() == b"1"


def test_a_key_file_that_cannot_be_used_is_told(peer, feed, drop):
    endpoint = peer.endpoint()
    for wrong in ({"key": "/no/such/file"}, {"key_password": "wrong"}):
        with pytest.raises(Fatal, match=r"sftp\.key-file") as raised:
            receive(feed(replace(endpoint, extra={**endpoint.extra, **wrong})))
        assert PHRASE not in str(raised.value)


def test_the_declaration_is_valid():
    told = {"folders": {"births": {"folder": "in"}}, "timeout_s": 3}
    jsonschema_rs.validate(sftp.OPTIONS, told)


def test_a_server_that_talks_nonsense_is_tried_again():
    line = Line(Server("h", 22, "hub", ""))
    with pytest.raises(Retriable, match=r"sftp\.lost"), line.told():
        raise SFTPError("Garbage packet received")


def test_what_became_a_link_since_it_was_listed_is_not_opened(peer, drop):
    (drop / "secret").write_bytes(b"s3cr3t")
    (drop / "a").symlink_to(drop / "secret")
    line = Line(Server.of(peer.endpoint(), 5))
    with contextlib.closing(Remote(line)) as remote:
        assert remote.read(str(drop / "secret"), 10) == b"s3cr3t"
        with pytest.raises(PermissionError):
            remote.read(str(drop / "a"), 10)
