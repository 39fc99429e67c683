"""A consumer's download: resumed, waited for, and never taken for right without its digest."""

from __future__ import annotations

import hashlib
import http.server
import json
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from connectors import tls
from exchange.errors import Fatal, Rejected, Retriable
from tests.zhida.endpoint import PASSWORDS
from tests.zhida.large_office import Office
from zhida import file_get
from zhida.file_get import Wanted

DATA = random.Random(6).randbytes(700_000)
DIGEST = hashlib.sha256(DATA).hexdigest()


class Peer:
    """Answers as it is told, once for each of ``says``; then well."""

    def __init__(self) -> None:
        self.url = ""
        self.says: list[Any] = []
        self.asked: list[str] = []
        self.tag = f'"sha256-{DIGEST}"'
        self.ranges = True


class Door(http.server.BaseHTTPRequestHandler):
    peer: Peer

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.peer.asked.append(wanted)
        say = self.peer.says.pop(0) if self.peer.says else None
        if isinstance(say, tuple):
            status, headers, body = say
            self.head(status, headers)
            self.wfile.write(json.dumps(body).encode())
            return
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start = int(first) if first and self.peer.ranges else 0
        stop = int(last) + 1 if last else len(DATA)
        self.give(start, stop, say)

    def give(self, start: int, stop: int, most: int | None) -> None:
        """``most``: it breaks off after so many bytes."""
        if start >= len(DATA):
            self.head(416, {"Content-Range": f"bytes */{len(DATA)}"})
            return
        headers = {"Content-Length": str(stop - start)} | (
            {"ETag": self.peer.tag} if self.peer.tag else {}
        )
        if start or stop < len(DATA):
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(DATA)}"
        self.head(206 if "Content-Range" in headers else 200, headers)
        self.wfile.write(DATA[start : stop if most is None else start + most])

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


@pytest.fixture
def peer() -> Iterator[Peer]:
    told = Peer()
    door = type("Told", (Door,), {"peer": told})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}/files/x"
    yield told
    server.shutdown()
    server.server_close()


def get(peer: Any, folder: Path, **more: Any) -> tuple[dict[str, Any], list[float]]:
    slept: list[float] = []
    told = file_get.get(Wanted(peer.url, folder / "a.dwg", **more), sleep=slept.append)
    return told, slept


def test_what_breaks_off_goes_on(peer: Peer, tmp_path: Path) -> None:
    peer.says = [100_000, 300_000, 1]
    told, slept = get(peer, tmp_path)
    assert (tmp_path / "a.dwg").read_bytes() == DATA
    assert told["digest"] == f"sha256:{DIGEST}"
    assert peer.asked == ["", "bytes=100000-", "bytes=400000-", "bytes=400001-"]
    assert slept == [1, 1, 1]
    assert [path.name for path in tmp_path.iterdir()] == ["a.dwg"]


def test_a_server_without_ranges_is_read_again(peer: Peer, tmp_path: Path) -> None:
    peer.ranges, peer.says = False, [100_000]
    get(peer, tmp_path)
    assert (tmp_path / "a.dwg").read_bytes() == DATA


def test_it_comes_back_when_it_is_told_to(peer: Peer, tmp_path: Path) -> None:
    peer.says = [(503, {"Retry-After": "20"}, {"code": "file.not-here"})] * 7
    assert get(peer, tmp_path)[1] == [20.0] * 7
    peer.says = [(503, {"Retry-After": "20"}, {"code": "file.not-here"})] * 7
    (tmp_path / "a.dwg").unlink()
    with pytest.raises(Retriable, match=r"file\.come-back") as raised:
        get(peer, tmp_path, patience=60.0)
    assert raised.value.facts["code"] == "file.not-here"


def test_who_never_sends_a_byte_is_given_up(peer: Peer, tmp_path: Path) -> None:
    peer.says = [0] * 99
    with pytest.raises(Retriable, match=r"wire\.cut-answer"):
        get(peer, tmp_path)
    assert len(peer.asked) == 5


def test_a_refusal_is_told_by_its_code(peer: Peer, tmp_path: Path) -> None:
    peer.says = [(403, {}, {"code": "agreement.none"})]
    with pytest.raises(Rejected, match=r"file\.not-given") as raised:
        get(peer, tmp_path)
    assert (raised.value.facts["status"], raised.value.facts["code"]) == (403, "agreement.none")
    peer.says = [(404, {}, ["<html>"])]
    with pytest.raises(Rejected) as raised:
        get(peer, tmp_path)
    assert raised.value.facts["code"] == "-"


def test_another_digest_leaves_nothing(peer: Peer, tmp_path: Path) -> None:
    peer.tag = f'"sha256-{"0" * 64}"'
    with pytest.raises(Rejected, match=r"file\.got-other") as raised:
        get(peer, tmp_path)
    assert raised.value.facts["found"] == DIGEST
    assert list(tmp_path.iterdir()) == []


def test_the_digest_in_hand_counts_more_than_the_server_s(peer: Peer, tmp_path: Path) -> None:
    peer.tag = ""
    with pytest.raises(Rejected, match=r"file\.no-tag"):
        get(peer, tmp_path)
    get(peer, tmp_path, digest=f"sha256:{DIGEST}")  # it has all come already: 416
    assert peer.asked == ["", f"bytes={len(DATA)}-"]
    assert (tmp_path / "a.dwg").read_bytes() == DATA
    (tmp_path / "a.dwg").unlink()
    peer.tag = f'"sha256-{DIGEST}"'
    with pytest.raises(Rejected, match=r"file\.got-other"):
        get(peer, tmp_path, digest="sm3:" + "0" * 64)


def test_what_has_all_come_only_wants_its_digest(peer: Peer, tmp_path: Path) -> None:
    (tmp_path / "a.dwg.part").write_bytes(DATA)
    get(peer, tmp_path)
    assert peer.asked == [f"bytes={len(DATA)}-", "bytes=0-0"]
    assert (tmp_path / "a.dwg").read_bytes() == DATA


def test_a_longer_part_is_another_file_s(peer: Peer, tmp_path: Path) -> None:
    (tmp_path / "a.dwg.part").write_bytes(DATA + b"more")
    get(peer, tmp_path)
    assert (tmp_path / "a.dwg").read_bytes() == DATA


def test_what_is_there_is_not_overwritten(peer: Peer, tmp_path: Path) -> None:
    (tmp_path / "a.dwg").write_bytes(b"mine")
    with pytest.raises(Rejected, match=r"file\.exists"):
        get(peer, tmp_path)
    with pytest.raises(Fatal, match=r"file\.unwritable"):
        get(peer, tmp_path / "nowhere")
    assert (tmp_path / "a.dwg").read_bytes() == b"mine"


def test_from_the_hub_itself_over_tls_while_it_fetches(tmp_path: Path) -> None:
    """On demand: the first answer is "come back", and the holder's file comes meanwhile."""
    office = Office(tmp_path / "town")
    known, folder = office.claim("a.dwg", DATA), office.endpoint.folder / "tls"
    (office.endpoint.folder / "got").mkdir()
    context = tls.client(
        ca=str(folder / "server-ca.crt"), cert=str(folder / "hub.crt"),
        key=str(folder / "hub.key"), password=PASSWORDS["hub"],
    )  # fmt: skip
    with closing(office.hub), office.endpoint.serving():
        port = office.endpoint.connections["hub_door"]["port"]
        out = office.endpoint.folder / "got/a.dwg"
        wanted = Wanted(f"https://127.0.0.1:{port}/files/{known.claim.id}", out, tls=context)
        slept: list[float] = []

        def wait(seconds: float) -> None:
            slept.append(seconds)
            office.endpoint.clock.skip(seconds=seconds)
            threading.Event().wait(0.2)

        told = file_get.get(wanted, sleep=wait)
    assert told["digest"] == f"sha256:{DIGEST}"
    assert slept[0] == 20.0
