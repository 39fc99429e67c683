"""The called side of HTTP, with Python's own client, and with raw bytes that no client would send."""

import json
import logging
import socket
import ssl
import threading
import time
from http.client import HTTPConnection, HTTPSConnection

import pytest

from connectors import tls
from connectors.http_line import Limits
from connectors.http_message import Response
from connectors.http_server import HttpServer
from exchange.errors import Fatal
from sandbox import tls as certificates

PASSWORDS = {"server": "s" * 20, "his": "h" * 20, "hub": "u" * 20}
FAST = Limits(max_bytes=1000, patience=0.6, idle=0.6)


class Echo:
    """Answers with what it heard; remembers what it refused."""

    def __init__(self, answer=None):
        self.heard, self.refused, self._answer = [], [], answer

    def answer(self, request):
        self.heard.append(request)
        if self._answer:
            return self._answer(request)
        return Response(200, json.dumps([request.method, request.target]).encode())

    def refuse(self, error):
        self.refused.append(error)
        return Response({"http.busy": 503, "http.defect": 500}.get(error.code, 400), b"{}")

    @property
    def codes(self):
        return [error.code for error in self.refused]


@pytest.fixture
def serving():
    servers = []

    def made(door, **more):
        servers.append(HttpServer(("127.0.0.1", 0), door, **more))
        return servers[-1].__enter__()

    yield made
    for server in servers:
        server.close()


def raw(server, data, *, wait=5.0):
    """Everything that comes back until the server hangs up."""
    with socket.create_connection(("127.0.0.1", server.port), wait) as connection:
        connection.sendall(data)
        got = b""
        while more := connection.recv(65536):
            got += more
        return got


def ask(server, method="GET", target="/a", body=None, **headers):
    line = HTTPConnection("127.0.0.1", server.port, timeout=10)
    line.request(method, target, body, headers)
    found = line.getresponse()
    content = found.read()
    line.close()
    return found, content


GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def test_requests_are_answered_one_after_the_other_on_one_connection(serving):
    door = Echo()
    server = serving(door)
    line = HTTPConnection("127.0.0.1", server.port, timeout=10)
    for target in ("/1", "/2"):
        line.request("POST", target, b"x" * 900)
        found = line.getresponse()
        assert (found.status, found.read()) == (200, json.dumps(["POST", target]).encode())
        assert found.headers["cache-control"] == "no-store"
    line.close()
    assert [request.body for request in door.heard] == [b"x" * 900] * 2


def test_requests_that_come_together_are_answered_in_their_order(serving):
    assert raw(serving(Echo()), GET + LAST).count(b"HTTP/1.1 200") == 2


def test_a_body_in_chunks_is_whole(serving):
    door = Echo()
    head = b"POST /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw(serving(door), head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert door.heard[0].body == b"abcde"


def test_who_waits_for_continue_gets_it_before_the_body(serving):
    server = serving(Echo())
    head = b"POST /c HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 5) as connection:
        connection.sendall(head)
        assert connection.recv(1000).startswith(b"HTTP/1.1 100")
        connection.sendall(b"ab")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "data",
    [
        b"GET /a HTTP/1.1\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc",
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: x\r\n folded: 1\r\n: 2\r\n\r\n",
    ],
)
def test_what_can_be_read_in_two_ways_is_no_request(serving, data):
    door = Echo()
    got = raw(serving(door, limits=FAST), data)
    assert b"connection: close" in got.lower()
    assert (door.heard, door.codes) == ([], ["http.malformed"])
    assert got.startswith(b"HTTP/1.1 400")


def test_a_header_that_came_twice_is_left_out(serving):
    door = Echo()
    twice = b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: 1\r\na: 2\r\nB: 3\r\n\r\n"
    raw(serving(door), twice)
    assert "a" not in door.heard[0].headers
    assert door.heard[0].headers["b"] == "3"


@pytest.mark.parametrize(
    "data",
    [
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001,
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + b"x" * 1001,
        b"GET /" + b"a" * 30_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_too_big_is_told_and_not_read_on(serving, data):
    door = Echo()
    got = raw(serving(door, limits=FAST), data)
    assert (door.heard, door.codes) == ([], ["http.too-big"])
    assert got.startswith(b"HTTP/1.1 400")


def test_the_largest_body_that_is_allowed_is_taken(serving):
    door = Echo()
    ask(serving(door, limits=FAST), "POST", body=b"x" * 1000)
    assert len(door.heard[0].body) == 1000


def test_a_byte_now_and_then_does_not_hold_a_connection(serving):
    """The limit is one of the whole request: each byte alone would come in time."""
    door = Echo()
    server = serving(door, limits=FAST)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), 5) as connection:
        connection.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        got = b""
        connection.settimeout(0.1)
        while not got and time.monotonic() < began + 5:
            connection.sendall(b"x")
            try:
                got = connection.recv(1000)
            except TimeoutError:
                continue
    assert got
    assert (door.codes, door.refused[0].facts) == (["http.slow"], {"seconds": 1})


def test_who_asks_nothing_is_hung_up_on_without_a_word(serving):
    door = Echo()
    assert raw(serving(door, limits=FAST), b"") == b""
    assert door.refused == []


def test_a_broken_off_body_is_never_answered_as_if_it_were_whole(serving):
    door = Echo()
    server = serving(door)
    with socket.create_connection(("127.0.0.1", server.port), 5) as connection:
        connection.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1000)
    assert door.heard == []


def test_a_defect_is_told_by_its_kind_only(serving, caplog):
    def broken(_):
        raise KeyError("张三 320124199001010000")

    door = Echo(broken)
    server = serving(door)
    found, _ = ask(server)
    assert (found.status, door.codes) == (500, ["http.defect"])
    assert door.refused[0].facts == {"type": "KeyError"}
    assert "张三" not in caplog.text
    assert "KeyError" in caplog.text


def test_so_many_are_at_work_and_no_more(serving):
    """Who finds no place in time is told so, and is not worked on afterwards."""
    inside, leave, most = [], threading.Event(), []

    def slow(request):
        inside.append(request.target)
        most.append(len(inside))
        leave.wait(5)
        inside.remove(request.target)
        return Response(200)

    door = Echo(slow)
    server = serving(door, limits=FAST, at_once=2)
    found = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(ask(server, target=f"/{n}")[0].status))
        for n in range(3)
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 5
    while door.codes != ["http.busy"] and time.monotonic() < end:
        time.sleep(0.01)
    leave.set()
    for thread in threads:
        thread.join()
    assert (sorted(found), max(most), len(door.heard)) == ([200, 200, 503], 2, 2)


def test_closing_lets_the_request_at_work_end_and_takes_no_other(serving):
    entered, leave = threading.Event(), threading.Event()

    def slow(_):
        entered.set()
        leave.wait(5)
        return Response(200, b"done")

    server, found = serving(Echo(slow)), []
    caller = threading.Thread(target=lambda: found.append(ask(server)[1]))
    caller.start()
    assert entered.wait(5)
    closing = threading.Thread(target=server.close)
    closing.start()
    time.sleep(0.1)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", server.port), 1)
    leave.set()
    closing.join(5)
    caller.join(5)
    assert found == [b"done"]
    assert not closing.is_alive()


def test_closing_does_not_wait_for_idle_connections(serving):
    server = serving(Echo(), limits=Limits(idle=600, patience=600))
    with socket.create_connection(("127.0.0.1", server.port), 5) as connection:
        connection.sendall(GET)
        assert connection.recv(1000)
        closing = threading.Thread(target=server.close, daemon=True)
        closing.start()
        closing.join(60)
        assert not closing.is_alive()


def test_a_connection_too_many_is_hung_up_on(serving):
    server = serving(Echo(), max_connections=1)
    with socket.create_connection(("127.0.0.1", server.port), 5) as first:
        first.sendall(GET)
        assert first.recv(1000)
        with socket.create_connection(("127.0.0.1", server.port), 5) as second:
            second.settimeout(5)
            assert second.recv(10) == b""
        first.sendall(GET)
        assert first.recv(1000).startswith(b"HTTP/1.1 200")


def test_an_address_that_is_taken_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Fatal, match=r"http\.address") as told:
            HttpServer(("127.0.0.1", port), Echo())
    assert told.value.facts["port"] == port


# --- TLS ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("tls")
    certificates.make(found, PASSWORDS)
    return found


@pytest.fixture
def secured(serving, folder):
    door = Echo()
    context = tls.server(
        cert=folder / "server.crt",
        key=folder / "server.key",
        password=PASSWORDS["server"],
        client_ca=folder / "hub-ca.crt",
    )
    server = serving(door, tls=context, limits=FAST)

    def call(role=""):
        client = ssl.create_default_context(cafile=str(folder / "server-ca.crt"))
        if role:
            client.load_cert_chain(folder / f"{role}.crt", folder / f"{role}.key", PASSWORDS[role])
        line = HTTPSConnection("127.0.0.1", server.port, timeout=10, context=client)
        try:
            line.request("GET", "/a")
            return line.getresponse().status
        finally:
            line.close()

    return door, call, server


def test_the_caller_is_told_by_its_certificate(secured):
    door, call, _ = secured
    assert call("hub") == 200
    assert door.heard[0].common_name == "sandbox hub"


@pytest.mark.parametrize("role", ["", "his"])
def test_without_a_certificate_of_the_right_authority_nothing_is_heard(secured, role):
    door, call, _ = secured
    with pytest.raises((ssl.SSLError, ConnectionError)):
        call(role)
    assert (door.heard, door.refused) == ([], [])


def test_who_never_shakes_hands_is_hung_up_on(secured, caplog):
    _, _, server = secured
    caplog.set_level(logging.INFO)
    with socket.create_connection(("127.0.0.1", server.port), 60) as connection:
        assert connection.recv(10) == b""


def test_a_revoked_certificate_opens_nothing(serving, folder, tmp_path):
    """A list that is out of date, or none, lets nobody in: who no longer renews it must notice."""
    door = Echo()
    context = tls.server(
        cert=folder / "server.crt",
        key=folder / "server.key",
        password=PASSWORDS["server"],
        client_ca=folder / "hub-ca.crt",
        crl=folder / "hub-ca.crt",  # a file without any list
    )
    server = serving(door, tls=context, limits=FAST)
    client = ssl.create_default_context(cafile=str(folder / "server-ca.crt"))
    client.load_cert_chain(folder / "hub.crt", folder / "hub.key", PASSWORDS["hub"])
    line = HTTPSConnection("127.0.0.1", server.port, timeout=10, context=client)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        line.request("GET", "/a")
        line.getresponse()
    line.close()
    assert door.heard == []


class Stream:
    """A body that tells whether it was closed, and breaks where it is told."""

    def __init__(self, pieces, size=None, breaks=None):
        self.pieces, self.breaks = pieces, breaks
        self.size = sum(map(len, pieces)) if size is None else size
        self.closed = threading.Event()

    def __iter__(self):
        yield from self.pieces
        if self.breaks:
            raise self.breaks

    def close(self):
        self.closed.set()


def streaming(serving, stream, **more):
    return serving(Echo(lambda _: Response(200, stream=stream, content_type="a/b")), **more)


def test_a_body_is_sent_as_it_comes_and_the_connection_goes_on(serving):
    stream = Stream([b"ab", b"", b"c" * 200_000])
    server = streaming(serving, stream)
    line = HTTPConnection("127.0.0.1", server.port, timeout=10)
    for _ in range(2):
        line.request("GET", "/a")
        found = line.getresponse()
        assert found.headers["content-length"] == "200002"
        assert found.headers["content-type"] == "a/b"
        assert found.read() == b"ab" + b"c" * 200_000
        assert stream.closed.wait(5)
    line.close()


@pytest.mark.parametrize("answer", [Response(200, b"{}"), None])
def test_the_answer_to_head_has_a_length_and_no_body(serving, answer):
    stream = Stream([b"ab"])
    server = serving(Echo(lambda _: answer or Response(200, stream=stream)))
    line = HTTPConnection("127.0.0.1", server.port, timeout=10)
    for method, wanted in (("HEAD", False), ("GET", True), ("HEAD", False)):
        line.request(method, "/a")
        found = line.getresponse()
        assert found.headers["content-length"] == "2"
        assert (found.read() != b"") == wanted
    line.close()
    assert answer or stream.closed.wait(5)


def test_what_goes_wrong_in_the_middle_is_seen_as_a_cut(serving, caplog):
    stream = Stream([b"ab"], size=5, breaks=Fatal("file.broken", chunk=1))
    told = raw(streaming(serving, stream), GET)
    assert told.endswith(b"\r\n\r\nab")
    assert stream.closed.wait(5)
    assert "answer cut code=file.broken" in caplog.text


def test_who_hangs_up_or_stops_reading_costs_nothing_more(serving):
    for stops in (True, False):
        stream = Stream([b"x" * 1_000_000] * 50)
        server = streaming(serving, stream, limits=FAST)
        with socket.create_connection(("127.0.0.1", server.port), 5) as connection:
            connection.sendall(GET)
            assert connection.recv(100)
            if stops:
                assert stream.closed.wait(20)
        assert stream.closed.wait(20)
