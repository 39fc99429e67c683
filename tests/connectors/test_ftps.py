"""Against vsftpd, which wants the data connection to resume the control connection's session."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest
from cryptography.hazmat.primitives import serialization

from connectors import ftps, large
from connectors.filing import hidden
from exchange.errors import Fatal, Rejected, Retriable
from exchange.ports import Endpoint

pytestmark = pytest.mark.peer("vsftpd")

CONFIG = """
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
anonymous_enable=YES
no_anon_password=NO
anon_root={home}
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
anon_umask=022
write_enable=YES
local_enable=NO
secure_chroot_dir={empty}
pasv_address=127.0.0.1
mdtm_write=NO
utf8_filesystem=YES
seccomp_sandbox=NO
xferlog_enable=NO
ssl_enable={tls}
allow_anon_ssl=YES
force_anon_data_ssl={tls}
force_anon_logins_ssl={tls}
require_ssl_reuse=YES
strict_ssl_read_eof=YES
rsa_cert_file={cert}
rsa_private_key_file={key}
ca_certs_file={ca}
require_cert={mutual}
validate_cert={mutual}
"""


class Peer:
    def __init__(self, folder, pki, free_port):
        self.folder, self.pki, self.free_port = folder, pki, free_port
        self.home, self.processes = folder / "home", []
        (folder / "empty").mkdir()
        self.home.mkdir()
        self.home.chmod(0o755)  # an anonymous user's root must not be writable
        self.key = folder / "server.key"
        password = pki.password.encode()
        loaded = serialization.load_pem_private_key(pki.server.key.read_bytes(), password)
        form = serialization.PrivateFormat.PKCS8
        plain = serialization.NoEncryption()
        self.key.write_bytes(loaded.private_bytes(serialization.Encoding.PEM, form, plain))
        self.port = self.start()

    def start(self, *, tls="YES", mutual="NO", more=""):
        port = self.free_port()
        config = self.folder / f"vsftpd{port}.conf"
        config.write_text(
            CONFIG.format(
                port=port, home=self.home, empty=self.folder / "empty", tls=tls, mutual=mutual,
                cert=self.pki.server.cert, key=self.key, ca=self.pki.ca,
            ).lstrip() + more
        )  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(["vsftpd", config], stdout=log, stderr=log)
        self.processes.append(process)
        for _ in range(3_000):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return port
            time.sleep(0.02)
        pytest.fail((self.folder / "log").read_text())

    def endpoint(self, *, port=0, login="ftp", ca=None, **extra):
        told = {"ca": str(ca or self.pki.ca), **extra}
        now = datetime(2026, 1, 8, 1, 0, tzinfo=UTC)
        address = f"127.0.0.1:{port or self.port}"
        return Endpoint(address, login, "secret", extra=told, clock=lambda: now)


@pytest.fixture(scope="module")
def peer(pki, free_port):
    if shutil.which("vsftpd") is None:
        pytest.fail("vsftpd is missing: tests/peers/install.sh heavy")
    folder = Path(tempfile.mkdtemp(prefix="zhida-ftps-"))
    folder.chmod(0o755)
    found = Peer(folder, pki, free_port)
    yield found
    for process in found.processes:
        process.terminate()
        process.wait(10)
    shutil.rmtree(folder)


@pytest.fixture
def drop(peer):
    found = Path(tempfile.mkdtemp(dir=peer.home))
    os.chown(found, pwd.getpwnam("ftp").pw_uid, -1)
    return found


@pytest.fixture
def opened(peer, drop):
    wires = []

    def feed(endpoint=None, **about):
        told = {"folders": {"births": {"folder": drop.name, **about}}, "timeout_s": 5}
        jsonschema_rs.validate(ftps.OPTIONS, told)
        wires.append(ftps.open_feed(told, endpoint or peer.endpoint()))
        return wires[-1]

    def wire(endpoint=None, **about):
        told = {"folders": {"out": {"folder": drop.name, **about}}, "timeout_s": 5}
        jsonschema_rs.validate(ftps.CALL_OPTIONS, told)
        wires.append(ftps.open_connector(told, endpoint or peer.endpoint()))
        return wires[-1]

    yield feed, wire
    for one in wires:
        one.close()


def receive(feed):
    return list(feed.receive("births", "", limit=100)[0])


def put(wire, content, name="a.bin"):
    return wire.call("put out", {"name": name, "content": content}).value["outcome"]


def place(drop, name, content):
    name = os.fsdecode(name)
    (drop / name).write_bytes(content)
    os.chown(drop / name, pwd.getpwnam("ftp").pw_uid, -1)


def test_files_are_claimed_received_and_filed_away_like_on_a_disk(opened, drop):
    place(drop, "张小直.csv.part", b"half")
    place(drop, "b 1.csv", "姓名\n小直\n小达\n".encode("gb18030"))
    births = opened[0](split="csv")
    first, second = receive(births)
    assert first.raw == "姓名\n小直\n".encode("gb18030")
    births.settle("births", [first.key])
    births.close()
    assert receive(births) == [first, second]
    births.settle("births", [first.key, second.key])
    assert receive(births) == []
    done = [p.name.partition("~")[2] for p in (drop / "done" / "2026-01-08").iterdir()]
    assert (done, (drop / "张小直.csv.part").exists()) == (["b 1.csv"], True)


def test_links_and_big_files_are_told(opened, drop):
    (drop / "done").mkdir()
    place(drop / "done", "kept", b"x")
    (drop / "a").symlink_to("done/kept")  # one that leads out of its root a server hides itself
    os.chown(drop / "done", pwd.getpwnam("ftp").pw_uid, -1)
    place(drop, "b", b"x" * 11)
    errors = {parcel.error.code for parcel in receive(opened[0](max_bytes=10))}
    assert errors == {"files.not-a-file", "files.too-big"}


def test_put_get_and_list(opened, drop):
    wire, big = opened[1](marker=".ok"), os.urandom(3_000_000)
    assert [put(wire, big), put(wire, big)] == ["put", "same"]
    assert put(wire, "张小直", "张 小直.csv") == "put"
    assert wire.call("get out", {"name": "a.bin"}).value == big
    assert wire.call("get out", {"name": "b.bin"}).value is None
    with pytest.raises(Rejected, match=r"files\.other-content"):
        put(wire, b"2")
    found = ["a.bin", "a.bin.ok", "张 小直.csv", "张 小直.csv.ok"]
    assert [one["name"] for one in wire.call("list out", {}).value] == found
    assert sorted(p.name for p in drop.iterdir()) == found
    with pytest.raises(Rejected, match=r"files\.too-big-to-read"):
        opened[1](max_bytes=10).call("get out", {"name": "a.bin"})


def test_a_put_that_was_cut_off_is_finished_by_the_next(opened, drop):
    place(drop, hidden("a.bin", b"x" * 100), b"x" * 70)
    assert put(opened[1](), b"x" * 100) == "put"
    assert [(p.name, p.read_bytes()) for p in drop.iterdir()] == [("a.bin", b"x" * 100)]


def test_a_lost_session_and_what_is_missing_are_told(opened, peer, drop, free_port):
    wire = opened[1]()
    put(wire, b"1")
    wire._place._line.ftp.sock.shutdown(socket.SHUT_RDWR)
    with pytest.raises(Retriable, match=r"ftps\.lost"):
        put(wire, b"1")
    assert put(wire, b"1") == "same"
    with pytest.raises(Retriable, match=r"wire\.refused"):
        put(opened[1](peer.endpoint(port=free_port())), b"1")
    place(drop, "张".encode("gbk"), b"x")
    with pytest.raises(Fatal, match=r"ftps\.encoding"):
        put(wire, b"1", "b.bin")
    (drop / os.fsdecode("张".encode("gbk"))).unlink()
    drop.chmod(0o555)
    with pytest.raises(Fatal, match=r"ftps\.no-right"):
        put(wire, b"1", "b.bin")
    shutil.rmtree(drop)
    with pytest.raises(Fatal, match=r"ftps\.no-folder") as raised:
        put(wire, b"1")
    assert raised.value.facts["folder"] == drop.name


@pytest.mark.guarantee("G8")
def test_who_is_not_the_server_and_who_has_no_tls_hears_no_password(opened, peer, pki):
    with pytest.raises(Retriable, match=r"wire\.tls"):
        put(opened[1](peer.endpoint(ca=pki.foreign_ca)), b"1")
    with pytest.raises(Fatal, match=r"ftps\.no-tls"):
        put(opened[1](peer.endpoint(port=peer.start(tls="NO"))), b"1")
    with pytest.raises(Fatal, match=r"ftps\.login"):
        put(opened[1](peer.endpoint(login="stranger")), b"1")


@pytest.mark.guarantee("G8")
def test_a_server_may_want_our_certificate(opened, peer, pki):
    port = peer.start(mutual="YES")
    mine = {"cert": str(pki.client.cert), "key": str(pki.client.key), "key_password": pki.password}
    assert put(opened[1](peer.endpoint(port=port, **mine)), b"1") == "put"
    with pytest.raises((Retriable, Fatal)) as raised:
        put(opened[1](peer.endpoint(port=port)), b"1")
    assert raised.value.code in ("wire.tls", "ftps.lost", "ftps.login")


def test_a_server_with_too_many_callers_is_tried_again(opened, peer):
    port = peer.start(more="max_clients=1\n")
    first = opened[1](peer.endpoint(port=port))
    for _ in range(50):  # the look whether it is up still counts as a caller
        with contextlib.suppress(Retriable):
            put(first, b"1")
            break
        time.sleep(0.1)
    with pytest.raises(Retriable, match=r"ftps\.busy"):
        put(opened[1](peer.endpoint(port=port)), b"1")
    first.close()


def test_a_revoked_server_hears_no_password(opened, peer, pki):
    assert put(opened[1](peer.endpoint(crl=str(pki.crl))), b"1") == "put"
    with pytest.raises(Retriable, match=r"wire\.tls"):
        put(opened[1](peer.endpoint(crl=str(pki.old_crl))), b"1")


@pytest.fixture
def large_place(peer, drop):
    told = {"folders": {"out": {"folder": drop.name}}, "timeout_s": 5}
    found = large.open_place("ftps", told, peer.endpoint(), "out")
    yield found
    found.close()


def large_read(place, name, offset):
    with place.told(), contextlib.closing(place.read(name, offset)) as pieces:
        return b"".join(pieces)


@pytest.mark.parametrize("offset", [0, 1, 200_000, 299_999])
def test_a_large_file_is_read_from_anywhere_in_it(large_place, drop, offset):
    data = bytes(range(250)) * 1200
    place(drop, "a.dwg", data)
    with large_place.told():
        assert large_place.seen("a.dwg").bytes == len(data)
        assert large_place.seen("b.dwg") is None
    assert large_read(large_place, "a.dwg", offset) == data[offset:]
    with contextlib.closing(large_place.read("a.dwg", 0)) as pieces:
        next(pieces)  # who stops in the middle finds a new session the next time
    assert large_read(large_place, "a.dwg", offset) == data[offset:]


def test_a_large_file_is_written_on_at_its_end(large_place, drop):
    with large_place.told():
        large_place.append("a.part", 0, b"12345")
        large_place.append("a.part", 5, b"678")
        large_place.reveal("a.part", "a.dwg")
    assert (drop / "a.dwg").read_bytes() == b"12345678"
    with large_place.told(), pytest.raises(FileExistsError):
        large_place.append("b.part", 0, b"1")
        large_place.reveal("b.part", "a.dwg")
