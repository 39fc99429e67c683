"""``GET /files/{claim}``: whole and in parts, for whom an agreement allows it, recorded once each."""

from __future__ import annotations

import logging
import os
import random
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.client import HTTPSConnection, IncompleteRead
from pathlib import Path
from typing import Any

import pytest

from connectors.http_line import Limits
from connectors.http_server import HttpServer
from exchange.errors import Forbidden, Retriable
from exchange.file_chunks import Reader
from exchange.ledger import Ledger
from exchange.sealed_file import CHUNK
from tests.zhida.endpoint import PASSWORDS
from tests.zhida.large_office import Office, agreement, sm3
from zhida import file_intake, file_permit, serve
from zhida.files_served import FileDesk
from zhida.serve_file import load
from zhida.serve_route import Call, Route

DATA = random.Random(8).randbytes(3 * CHUNK + 4321)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = Office(tmp_path / "town")
    yield found
    found.hub.close()


@pytest.fixture
def served(office: Office) -> Iterator[Any]:
    known = office.claim("a.dwg", DATA)
    file_intake.take_in(office.hub, known)
    with office.endpoint.serving():
        yield known


def ask(
    office: Office, target: str, *, role: str = "hub", method: str = "GET", **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    line = _line(office, role)
    try:
        line.request(method, target, headers={k.replace("_", "-"): v for k, v in headers.items()})
        found = line.getresponse()
        return found.status, found.read(), {k.lower(): v for k, v in found.headers.items()}
    finally:
        line.close()


def _line(office: Office, role: str = "hub") -> HTTPSConnection:
    folder = office.endpoint.folder
    context = ssl.create_default_context(cafile=str(folder / "tls/server-ca.crt"))
    context.load_cert_chain(folder / f"tls/{role}.crt", folder / f"tls/{role}.key", PASSWORDS[role])
    port = office.endpoint.connections["hub_door"]["port"]
    return HTTPSConnection("127.0.0.1", port, timeout=30, context=context)


def test_the_whole_file_with_its_digest_as_its_tag(office: Office, served: Any) -> None:
    status, body, headers = ask(office, f"/files/{served.claim.id}")
    assert (status, body == DATA) == (200, True)
    assert headers["etag"] == f'"sha256-{served.claim.digests["sha256"]}"'
    assert headers["content-type"] == "application/octet-stream"
    assert (headers["accept-ranges"], headers["content-disposition"]) == ("bytes", "attachment")
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        (f"bytes={CHUNK - 1}-{CHUNK}", CHUNK - 1, CHUNK + 1),
        (f"bytes={2 * CHUNK}-", 2 * CHUNK, len(DATA)),
        ("bytes=-7", len(DATA) - 7, len(DATA)),
        ("bytes=5-99999999999", 5, len(DATA)),
    ],
)
def test_a_part_of_it(office: Office, served: Any, header: str, start: int, stop: int) -> None:
    status, body, headers = ask(office, f"/files/{served.claim.id}", Range=header)
    assert (status, body == DATA[start:stop]) == (206, True)
    assert headers["content-range"] == f"bytes {start}-{stop - 1}/{len(DATA)}"


def test_a_part_that_is_not_in_it(office: Office, served: Any) -> None:
    status, _, headers = ask(office, f"/files/{served.claim.id}", Range=f"bytes={len(DATA)}-")
    assert (status, headers["content-range"]) == (416, f"bytes */{len(DATA)}")


def test_conditions_are_minded(office: Office, served: Any) -> None:
    target, tag = f"/files/{served.claim.id}", f'"sha256-{served.claim.digests["sha256"]}"'
    assert ask(office, target, If_None_Match=tag)[:2] == (304, b"")
    assert ask(office, target, Range="bytes=1-1", If_Range=tag)[:2] == (206, DATA[1:2])
    assert ask(office, target, Range="bytes=1-1", If_Range='"sha256-0"')[0] == 200


def test_head_tells_without_giving(office: Office, served: Any) -> None:
    status, body, headers = ask(office, f"/files/{served.claim.id}", method="HEAD")
    assert (status, body, headers["content-length"]) == (200, b"", str(len(DATA)))
    assert office.endpoint.entries("file-read") == []


def test_one_connection_carries_several_answers(office: Office, served: Any) -> None:
    line = _line(office)
    for header in ("bytes=0-9", "bytes=-9"):
        line.request("GET", f"/files/{served.claim.id}", headers={"Range": header})
        assert len(line.getresponse().read()) in (9, 10)
    line.request("HEAD", "/nothing")
    assert line.getresponse().read() == b""
    line.request("GET", f"/files/{served.claim.id}")
    assert line.getresponse().read() == DATA
    line.close()


def test_each_fetch_is_one_entry_whole_or_part(office: Office, served: Any) -> None:
    ask(office, f"/files/{served.claim.id}")
    ask(office, f"/files/{served.claim.id}", Range="bytes=10-19")
    told = [
        (e["ref"], e["client"], e["unit"], e["agreement"], e["from"], e["bytes"], e["whole"])
        for e in office.endpoint.entries("file-read")
    ]
    who = (served.claim.id, "portal", "portal-office", "portal")
    assert told == [(*who, 0, len(DATA), True), (*who, 10, 10, False)]


@pytest.mark.guarantee("G8")
def test_nothing_leaves_if_it_can_t_be_recorded(
    office: Office, served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise Retriable("store.unavailable", reason="test")

    monkeypatch.setattr(Ledger, "commit", broken)
    status, body, _ = ask(office, f"/files/{served.claim.id}")
    assert status == 503
    assert b"store.unavailable" in body
    assert DATA[:50] not in body


@pytest.mark.guarantee("G8")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "agreement.none"),
        (agreement("r", "enterprise-services", "/sha256", purpose="grants"), "agreement.purpose"),
        (agreement("r", "enterprise-services", "/title", "/name", "/sm3"), "file.not-covered"),
        (agreement("r", "enterprise-services", "/sha256") + "requires: /readers/fire\n", "file.no-use"),
        (
            agreement("r", "enterprise-services", "/sha256").replace("2026-01-01", "2099-01-01")
            .replace("valid_until: \"20", "valid_until: \"99"),
            "agreement.not-yet",
        ),
        (
            agreement("r", "enterprise-services", "/sha256").replace(
                "valid_until: \"", "valid_until: \"2026-01-02\" # \""
            ),
            "agreement.expired",
        ),
    ],
)  # fmt: skip
def test_whom_no_agreement_allows_it_gets_a_reason_and_nothing_else(
    tmp_path: Path, text: str | None, code: str
) -> None:
    office = Office(tmp_path / "t", files={"agreements/robot.yaml": text} if text else {})
    known = office.claim("a.dwg", DATA)
    file_intake.take_in(office.hub, known)
    with office.endpoint.serving():
        for method in ("GET", "HEAD"):
            status, body, headers = ask(
                office, f"/files/{known.claim.id}", role="his", method=method
            )
            assert (status, "etag" in headers) == (403, False)
            assert method == "HEAD" or f'"code":"{code}"'.encode() in body
        assert ask(office, f"/files/{known.claim.id}", role="his", If_None_Match="*")[0] == 403
    assert office.endpoint.entries("file-read") == []
    told = [(e["ref"], e["unit"], e["code"]) for e in office.endpoint.entries("file-withheld")]
    assert told == [(known.claim.id, "enterprise-services", code)] * 3
    office.hub.close()


@pytest.mark.guarantee("G8")
def test_a_claim_in_the_bucket_of_another_purpose_is_not_given(office: Office) -> None:
    known = office.claim("a.dwg", DATA, bucket="something-else-2040-01")
    file_intake.take_in(office.hub, known)
    with office.endpoint.serving():
        status, body, _ = ask(office, f"/files/{known.claim.id}")
    assert (status, b"file.no-matter" in body) == (403, True)


@pytest.mark.guarantee("G8")
def test_a_claim_by_digest_and_size_alone_gives_nobody_another_unit_s_file(tmp_path: Path) -> None:
    """The registry's file is here; the tax office, which may tell the robot, claims the same content."""
    text = agreement("robot", "enterprise-services", "/sha256").replace("registry", "tax")
    office = Office(tmp_path / "t", files={"agreements/robot.yaml": text})
    theirs = office.claim("a.dwg", DATA)
    file_intake.take_in(office.hub, theirs)
    known = office.claim("a.dwg", provider="tax", bytes=len(DATA), **theirs.claim.digests)
    with office.endpoint.serving():
        status, body, _ = ask(office, f"/files/{known.claim.id}", role="his")
    assert (status, b"file.not-here" in body) == (503, True)
    assert office.endpoint.entries("file-read") == []
    office.hub.close()


def test_a_claim_that_was_corrected_is_given_to_nobody(office: Office, served: Any) -> None:
    newer = office.claim("b.dwg", DATA[:100], supersedes=served.claim.id)
    status, body, _ = ask(office, f"/files/{served.claim.id}")
    assert (status, newer.claim.id.encode() in body) == (410, True)


@pytest.mark.guarantee("G8")
def test_an_agreement_that_is_withdrawn_in_the_middle_cuts_it(
    office: Office, served: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The reader sees that it has not got all, and is told why when it asks for the rest."""
    monkeypatch.setattr(file_permit, "BYTES", 2 * CHUNK)
    chunk = Reader.chunk

    def withdrawn(reader: Reader, number: int) -> bytes:
        if number == 1:
            office.hub.site = replace(office.hub.site, agreements=())
        return chunk(reader, number)

    monkeypatch.setattr(Reader, "chunk", withdrawn)
    target = f"/files/{served.claim.id}"
    with pytest.raises(IncompleteRead) as raised, caplog.at_level(logging.ERROR):
        ask(office, target)
    assert raised.value.partial == DATA[: 2 * CHUNK]
    assert "answer cut code=agreement.none" in caplog.text
    status, body, _ = ask(office, target, Range=f"bytes={2 * CHUNK}-")
    assert (status, b"agreement.none" in body) == (403, True)


@pytest.mark.guarantee("G8")
def test_an_agreement_that_ends_in_the_middle_cuts_it(office: Office) -> None:
    stream = handed_out(office)
    pieces = iter(stream)
    assert next(pieces) == DATA[:CHUNK]
    office.endpoint.clock.skip(days=201)
    with closing(stream), pytest.raises(Forbidden, match=r"agreement\.expired"):
        next(pieces)


def test_what_leaves_under_another_agreement_is_noted_with_it(office: Office) -> None:
    stream = handed_out(office, Range=f"bytes=5-{2 * CHUNK}")
    (mine,) = (each for each in office.hub.site.agreements if each.id == "portal")
    pieces = iter(stream)
    first = next(pieces)
    new = (replace(mine, id="portal-2"),)
    office.hub.site = replace(office.hub.site, agreements=new)
    office.endpoint.clock.skip(minutes=1)
    with closing(stream):
        assert first + b"".join(pieces) == DATA[5 : 2 * CHUNK + 1]
    told = [(e["agreement"], e["from"], e["bytes"]) for e in office.endpoint.entries("file-read")]
    assert told == [("portal", 5, 2 * CHUNK - 4), ("portal-2", CHUNK, CHUNK + 1)]


def handed_out(office: Office, **headers: str) -> Any:
    """The body of an answer to the portal, of which nothing has been read."""
    known = office.claim("a.dwg", DATA)
    file_intake.take_in(office.hub, known)
    client = load(office.hub.site).clients["portal"]
    told = {name.lower(): value for name, value in headers.items()}
    return (
        FileDesk(office.hub).give(Call("1", client, {"claim": known.claim.id}, headers=told)).stream
    )


@pytest.mark.parametrize("name", ["0" * 32, "", "..", "%2e%2e"])
def test_what_is_no_claim_is_not_found(office: Office, served: Any, name: str) -> None:
    assert ask(office, f"/files/{name}")[0] == 404


def test_half_an_id_is_a_guess(office: Office, served: Any) -> None:
    assert ask(office, f"/files/{served.claim.id[:12]}")[0] == 404


def test_what_is_not_here_is_fetched_and_asked_for_again(office: Office) -> None:
    known = office.claim("a.dwg", DATA)
    desk = FileDesk(office.hub)
    client = load(office.hub.site).clients["portal"]
    call = Call("1", client, {"claim": known.claim.id})
    with pytest.raises(Retriable, match=r"file\.not-here") as raised:
        desk.give(call)
    assert raised.value.facts["retry_after"] == 20
    desk.wait()
    told = desk.give(call)
    assert told.stream is not None
    assert b"".join(told.stream) == DATA
    told.stream.close()


def test_there_are_only_so_many_at_a_time(office: Office) -> None:
    known = office.claim("a.dwg", DATA)
    file_intake.take_in(office.hub, known)
    desk, client = FileDesk(office.hub, at_once=1), load(office.hub.site).clients["portal"]
    call = Call("1", client, {"claim": known.claim.id})
    first = desk.give(call)
    with pytest.raises(Retriable, match=r"file\.too-many"):
        desk.give(call)
    assert first.stream is not None
    first.stream.close()
    assert len(office.endpoint.entries("file-read")) == 1
    second = desk.give(call)
    assert second.stream is not None
    second.stream.close()


def test_a_file_whose_key_is_destroyed_or_that_was_changed_gives_nothing(
    office: Office, served: Any, caplog: pytest.LogCaptureFixture
) -> None:
    file = next(office.area.glob("*.whole"))
    with file.open("r+b") as opened:
        opened.seek(2 * CHUNK + 500_000)
        opened.write(b"!")
    target = f"/files/{served.claim.id}"
    assert ask(office, target, Range="bytes=0-9")[1] == DATA[:10]
    with pytest.raises(Exception, match="IncompleteRead"), caplog.at_level(logging.ERROR):
        ask(office, target)
    assert "answer cut code=file.broken" in caplog.text
    office.hub.vault.destroy(served.bucket)
    status, body, _ = ask(office, target)
    assert (status, b"serve.out-of-order" in body) == (500, True)


def test_a_reader_that_stops_is_hung_up_on_and_gives_its_place_back(office: Office) -> None:
    """As many as there are places stop reading: after the patience the next one is served."""
    known = office.claim("a.dwg", random.Random(9).randbytes(24 * CHUNK))
    file_intake.take_in(office.hub, known)
    desk = Route("GET", "/files/{claim}", "files", FileDesk(office.hub, at_once=2).give)
    with (
        serve.open_server(office.hub, limits=Limits(patience=3.0), answers=[desk]) as server,
        closing(_stopped(office, server, known.claim.id)),
        closing(_stopped(office, server, known.claim.id)),
    ):
        for wanted in (503, 206):
            end = time.monotonic() + 60
            while _status(office, known.claim.id) != wanted:
                assert time.monotonic() < end, wanted


def _status(office: Office, claim: str) -> int:
    office.endpoint.clock.skip(seconds=1)  # its rate counts by this clock
    time.sleep(0.05)
    return ask(office, f"/files/{claim}", Range="bytes=0-0")[0]


def _stopped(office: Office, server: HttpServer, claim: str) -> ssl.SSLSocket:
    """Asks, and never reads."""
    context = _line(office)._context  # type: ignore[attr-defined]
    plain = socket.create_connection(("127.0.0.1", server.port))
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    secured: ssl.SSLSocket = context.wrap_socket(plain, server_hostname="127.0.0.1")
    secured.sendall(f"GET /files/{claim} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return secured


def test_curl_resumes_what_broke_off(office: Office, served: Any, tmp_path: Path) -> None:
    """A foreign client: stopped in the middle, then ``curl -C -`` until it has it all."""
    curl = shutil.which("curl")
    if curl is None:
        pytest.fail("curl is missing: apt-get install curl")
    folder, out = office.endpoint.folder, tmp_path / "got"
    port = office.endpoint.connections["hub_door"]["port"]
    (tmp_path / "rc").write_text(
        f'cacert = "{folder}/tls/server-ca.crt"\ncert = "{folder}/tls/hub.crt"\n'
        f'key = "{folder}/tls/hub.key"\npass = "{PASSWORDS["hub"]}"\n'
    )
    base = [curl, "-sS", "--fail", "-K", str(tmp_path / "rc"), "-o", str(out)]
    url = f"https://127.0.0.1:{port}/files/{served.claim.id}"
    subprocess.run([*base, "-r", f"0-{CHUNK + 99}", url], check=True, timeout=60)
    assert out.stat().st_size == CHUNK + 100
    subprocess.run([*base, "-C", "-", url], check=True, timeout=60)
    assert out.read_bytes() == DATA
    told = [(e["from"], e["bytes"]) for e in office.endpoint.entries("file-read")]
    assert told == [(0, CHUNK + 100), (CHUNK + 100, len(DATA) - CHUNK - 100)]


def test_names_and_digests_stand_in_no_log(
    office: Office, served: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ask(office, f"/files/{served.claim.id}")
    for _ in range(100):
        if "file claim=" in caplog.text:
            break
        time.sleep(0.02)
    assert f"file claim={served.claim.id} bytes={len(DATA)} of={len(DATA)}" in caplog.text
    assert "a.dwg" not in caplog.text


def test_two_readers_at_once_each_get_their_own(office: Office, served: Any) -> None:
    got: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: got.append(ask(office, f"/files/{served.claim.id}")[1]))
        for _ in range(4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each == DATA for each in got] == [True] * 4


def test_sm3_alone_is_enough(office: Office) -> None:
    text = agreement("robot", "enterprise-services", "/sm3")
    (office.endpoint.site / "agreements/robot.yaml").write_text(text)
    office.hub.site = office.endpoint.open_hub().site
    office.hub.site.matters["drawings"] = type("M", (), {"purpose": "acceptance"})()  # type: ignore[index]
    (office.out / "b.dwg").write_bytes(DATA[:10])
    known = office.claim("b.dwg", bytes=10, sm3=sm3(DATA[:10]))
    file_intake.take_in(office.hub, known)
    with office.endpoint.serving():
        status, body, headers = ask(office, f"/files/{known.claim.id}", role="his")
        assert (status, body) == (200, DATA[:10])
        assert headers["etag"] == f'"sm3-{sm3(DATA[:10])}"'
        assert ask(office, f"/files/{known.claim.id}")[0] == 403
    assert os.listdir(office.area)
