"""What the options make of the wire: TLS, revocation, proxy, statuses."""

import base64
import select
import socket
from types import SimpleNamespace

import pytest

from connectors.reading import Reading
from connectors.rest import open_connector
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown
from exchange.ports import Endpoint
from exchange.problems import describe


@pytest.fixture
def wire():
    """``wire(url, extra, …options)``, closed after the test."""
    opened = []

    def made(url, extra=None, *, reading=None, **options):
        endpoint = Endpoint(url, extra=extra or {})
        opened.append(open_connector({"timeout_s": 5, **options}, endpoint, reading=reading))
        return opened[-1]

    yield made
    for one in opened:
        one.close()


def error_of(kind, one, operation="POST /act", body=None):
    with pytest.raises(kind) as raised:
        one.call(operation, body)
    assert type(raised.value) is kind
    told = "".join(describe(raised.value.code, raised.value.facts))
    assert "?" not in told, "a fact that the text names is missing"
    return raised.value


@pytest.fixture
def https(peer, server_tls):
    def made(issued=None, **more):
        return peer(lambda c: (c.request(), c.answer()), tls=server_tls(issued, **more)).url

    return made


def test_tls_with_the_connection_s_authority(wire, https, pki):
    assert wire(https(), {"ca": str(pki.ca)}).call("POST /act").value == {}
    assert error_of(Retriable, wire(https(), {"ca": str(pki.foreign_ca)})).code == "wire.tls"


def test_a_client_certificate_is_shown(wire, https, pki):
    extra = {"ca": str(pki.ca), "cert": str(pki.client.cert), "key": str(pki.client.key)}
    url = https(client_ca=pki.ca)
    assert wire(url, {**extra, "key_password": pki.password}).call("POST /act").value == {}
    with pytest.raises(Fatal, match=r"wire\.tls-file"):
        wire(url, {**extra, "key_password": "wrong"})
    assert error_of(Retriable, wire(url, {"ca": str(pki.ca)})).code == "wire.tls"


def test_a_revoked_server_is_refused(wire, https, pki):
    listed = {"ca": str(pki.ca), "crl": str(pki.crl)}
    assert wire(https(), listed).call("POST /act").value == {}
    error = error_of(Retriable, wire(https(pki.revoked_server), listed))
    assert (error.code, error.facts["reason"]) == ("wire.tls", "certificate revoked")


def test_a_revocation_list_out_of_date_refuses_everybody(wire, https, pki):
    old = {"ca": str(pki.ca), "crl": str(pki.old_crl)}
    error = error_of(Retriable, wire(https(), old))
    assert (error.code, error.facts["reason"]) == ("wire.tls", "CRL has expired")


def test_a_revocation_list_that_is_none_is_named(wire, https, pki, tmp_path):
    for file in (tmp_path / "no.pem", pki.server.key):
        with pytest.raises(Fatal, match=r"wire\.tls-file"):
            wire(https(), {"ca": str(pki.ca), "crl": str(file)})


def test_a_proxy_is_used_only_if_told_and_gets_its_own_login(wire, peer, monkeypatch):
    came = []

    def script(conversation):
        came.append(conversation.request()[0])
        conversation.answer()

    proxy = peer(script).url
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    extra = {"proxy_login": "网关", "proxy_password": "p@:/w"}
    wire("http://oa.example:8080/base", extra, proxy=proxy).call("POST /act", {})
    assert came[0].startswith(b"POST http://oa.example:8080/base/act HTTP/1.1\r\n")
    told = came[0].partition(b"Proxy-Authorization: Basic ")[2].partition(b"\r\n")[0]
    assert base64.b64decode(told) == "网关:p@:/w".encode()


def test_a_proxy_that_is_not_there_means_that_nothing_was_sent(wire, free_port):
    extra = {"proxy_login": "gate", "proxy_password": "pr0xy-pass"}
    proxy = f"http://127.0.0.1:{free_port()}"
    error = error_of(Retriable, wire("http://oa.example", extra, proxy=proxy))
    assert error.code == "wire.proxy"
    assert "pr0xy-pass" not in str(error)


def joined(one, other):
    """Carries bytes between two sockets until one of them ends."""
    while True:
        for ready in select.select([one, other], [], [])[0]:
            data = ready.recv(65536)
            if not data:
                return
            (other if ready is one else one).sendall(data)


@pytest.fixture
def tunnel(peer, https):
    """A proxy that leads every CONNECT to one TLS server, and the heads that it saw."""
    port, seen = int(https().rpartition(":")[2]), []

    def script(conversation):
        seen.append(conversation.request()[0])
        conversation.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port)) as server:
            joined(conversation.connection, server)

    return SimpleNamespace(proxy=peer(script).url, seen=seen, port=port)


def test_a_proxy_carries_tls_to_the_peer_and_reads_nothing_of_it(wire, tunnel, pki):
    """CONNECT: our request, password and all, is for the peer alone."""
    one = wire(f"https://127.0.0.1:{tunnel.port}", {"ca": str(pki.ca)}, proxy=tunnel.proxy)
    assert one.call("POST /act", {"hidden": 1}).value == {}
    assert tunnel.seen[0].startswith(f"CONNECT 127.0.0.1:{tunnel.port} HTTP/1.".encode())
    assert b"hidden" not in tunnel.seen[0]


def test_only_the_host_name_may_be_left_unchecked(wire, tunnel, pki):
    url, known = "https://oa.example", {"ca": str(pki.ca)}
    error = error_of(Retriable, wire(url, known, proxy=tunnel.proxy))
    assert (error.code, "oa.example" in error.facts["reason"]) == ("wire.tls", True)
    lax = {"proxy": tunnel.proxy, "check_hostname": False}
    assert wire(url, known, **lax).call("POST /act").value == {}
    assert error_of(Retriable, wire(url, {"ca": str(pki.foreign_ca)}, **lax)).code == "wire.tls"


def test_a_peer_s_own_statuses_types_and_reads(served, opened):
    one = opened(
        statuses={"404": "fatal", "503": "unknown"},
        json_types=["text/html"],
        reads=["POST /query"],
        headers={"X-Unit": "hub"},
    )
    served.will(status="404 Not Found")
    assert error_of(Fatal, one).code == "wire.status-fatal"
    served.will(status="503 Service Unavailable")
    assert error_of(Unknown, one).code == "wire.status-unknown"
    served.will(status="503 Service Unavailable")
    assert error_of(Retriable, one, "POST /query").code == "wire.status-unknown"
    served.will(media="text/html")
    assert one.call("POST /act").value == {}
    assert served.header(-1, "x-unit") == "hub"


def test_an_adapter_s_own_reading_wins(wire, peer):
    url = peer(lambda c: (c.request(), c.answer(status="409 Conflict"))).url
    reading = Reading(statuses={409: Unknown})
    assert error_of(Unknown, wire(url, reading=reading)).code == "wire.status-unknown"
    assert error_of(Rejected, wire(url)).code == "wire.status-refused"


def test_limits_are_those_of_the_options(wire, peer):
    url = peer(lambda c: (c.request(), c.answer(b'"' + b"x" * 500 + b'"'))).url
    error = error_of(Unknown, wire(url, max_bytes=100))
    assert (error.code, error.facts["limit"]) == ("wire.answer-too-big", 100)
    assert error_of(Invalid, wire(url, max_bytes=5), body=["long"]).code == "wire.request-too-big"


@pytest.mark.parametrize("address", ["oa.example", "ftp://oa.example", "http://", "http://x:port"])
def test_an_address_that_is_none_is_told_when_it_is_opened(wire, address):
    with pytest.raises(Fatal, match=r"wire\.address"):
        wire(address)


def test_a_proxy_s_address_that_is_none(wire):
    with pytest.raises(Fatal, match=r"wire\.address"):
        wire("http://oa.example", proxy="http://x:port")


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        ("301 Moved Permanently", Fatal, "wire.moved"),
        ("308 Permanent Redirect", Fatal, "wire.moved"),
        ("303 See Other", Unknown, "wire.redirected"),
    ],
)
def test_a_peer_that_sends_us_elsewhere_is_not_followed(wire, peer, status, kind, code):
    requests = []

    def elsewhere(talk):
        requests.append(talk.request())
        talk.answer(b"", status=status, more=f"Location: {server.url}/new\r\n")

    server = peer(elsewhere)
    error = error_of(kind, wire(server.url))
    place = f"127.0.0.1:{server.port}"
    assert (error.code, error.facts["peer"], len(requests)) == (code, place, 1)
