"""What became of the request, told from the outside: by sockets that misbehave on purpose."""

import contextlib
import gzip
import socket
import ssl
import threading

import pytest
import requests

from connectors import tls
from connectors.http import line, open_session, peer_of
from exchange.errors import Fatal, Invalid, Retriable, Unknown


@pytest.fixture
def exchange():
    """One POST over a line of its own: ``exchange(url, body, seconds=…)``."""
    lines = []

    def exchanged(url, body=b"{}", *, seconds=5.0, max_bytes=1000, **opening):
        lines.append(line(None, seconds=seconds, max_bytes=max_bytes, **opening))
        return lines[-1].exchange("POST", url, body)

    yield exchanged
    for one in lines:
        one.close()


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(kind) as raised:
        call(*args, **kwargs)
    assert type(raised.value) is kind
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return raised.value.code


def asks_then(act):
    def script(conversation):
        conversation.request()
        act(conversation)

    return script


# --- nothing left: Retriable -----------------------------------------------------------------------


def test_connection_refused(exchange, free_port):
    url = f"http://127.0.0.1:{free_port()}"
    assert code_of(Retriable, exchange, url) == "wire.refused"


def test_a_name_that_does_not_resolve(exchange):
    assert code_of(Retriable, exchange, "http://no-such-host.invalid:80") == "wire.name"


def test_a_full_backlog_is_a_connect_time_out(exchange):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = []
        for _ in range(4):  # fill the queue of connections that nobody accepts
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(address)
            waiting.append(one)
        url = f"http://127.0.0.1:{address[1]}"
        assert code_of(Retriable, exchange, url, seconds=0.5) == "wire.connect-timeout"
        for one in waiting:
            one.close()


def test_a_forward_proxy_that_is_down(exchange, free_port):
    session = open_session(proxy=f"http://127.0.0.1:{free_port()}")
    with session:
        asked = line(session, seconds=5, max_bytes=1000).exchange
        assert code_of(Retriable, asked, "POST", "http://127.0.0.1:1", b"") == "wire.proxy"
        assert code_of(Retriable, asked, "POST", "https://127.0.0.1:1", b"") == "wire.proxy"


def test_a_server_certificate_of_an_unknown_authority(exchange, peer, pki, server_tls):
    url = peer(asks_then(lambda c: c.answer()), tls=server_tls()).url
    with pytest.raises(Retriable) as raised:
        exchange(url, tls=tls.client(ca=pki.foreign_ca))
    assert raised.value.code == "wire.tls"
    assert "unable to get local issuer" in raised.value.facts["reason"]


def test_an_expired_server_certificate(exchange, peer, pki, server_tls):
    url = peer(asks_then(lambda c: c.answer()), tls=server_tls(pki.expired_server)).url
    with pytest.raises(Retriable) as raised:
        exchange(url, tls=tls.client(ca=pki.ca))
    assert raised.value.facts["reason"] == "certificate has expired"


def test_a_certificate_for_another_name(exchange, peer, pki, server_tls):
    url = peer(asks_then(lambda c: c.answer()), tls=server_tls()).url
    elsewhere = url.replace("127.0.0.1", "127.0.0.2")
    assert code_of(Retriable, exchange, elsewhere, tls=tls.client(ca=pki.ca)) in (
        "wire.tls",
        "wire.refused",
    )


@pytest.mark.parametrize("act", ["close", "reset", "plain"])
def test_a_handshake_that_breaks_executed_nothing(exchange, peer, pki, act):
    def script(conversation):
        conversation.connection.recv(10)
        if act == "reset":
            conversation.reset()
        elif act == "plain":
            conversation.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    url = peer(script).url.replace("http:", "https:")
    assert code_of(Retriable, exchange, url, tls=tls.client(ca=pki.ca)) == "wire.tls"


def test_a_handshake_that_never_ends_executed_nothing(exchange, peer, pki):
    over = threading.Event()
    url = peer(lambda c: over.wait(20)).url.replace("http:", "https:")
    assert code_of(Retriable, exchange, url, seconds=0.4, tls=tls.client(ca=pki.ca)) == "wire.tls"
    over.set()


def test_our_missing_client_certificate_is_refused_by_an_alert(exchange, peer, pki, server_tls):
    # TLS 1.3 lets the client send its request before the server looks at its certificate, so
    # this comes in place of the answer, or makes the sending fail.
    url = peer(lambda c: pytest.fail("not so far"), tls=server_tls(client_ca=pki.ca)).url
    for _ in range(10):
        with pytest.raises(Retriable) as raised:
            exchange(url, tls=tls.client(ca=pki.ca))
        assert raised.value.facts["reason"] == "TLSV13_ALERT_CERTIFICATE_REQUIRED"


def test_with_tls_1_2_a_missing_client_certificate_ends_in_the_handshake(
    exchange, peer, pki, server_tls
):
    old = server_tls(client_ca=pki.ca)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    url = peer(lambda c: None, tls=old).url
    assert code_of(Retriable, exchange, url, tls=tls.client(ca=pki.ca)) == "wire.tls"


# --- it may have been executed: Unknown -----------------------------------------------------------------


def test_no_answer_in_time(exchange, peer):
    over = threading.Event()
    url = peer(asks_then(lambda c: over.wait(20))).url
    assert code_of(Unknown, exchange, url, seconds=0.4) == "wire.no-answer"
    over.set()


def test_reset_after_the_request(exchange, peer):
    url = peer(asks_then(lambda c: c.reset())).url
    assert code_of(Unknown, exchange, url) == "wire.lost"


def test_closed_after_the_request(exchange, peer):
    url = peer(asks_then(lambda c: None)).url
    assert code_of(Unknown, exchange, url) == "wire.lost"


def test_half_closed_in_the_status_line(exchange, peer):
    url = peer(asks_then(lambda c: c.send(b"HTTP/1."))).url
    assert code_of(Unknown, exchange, url) == "wire.lost"


def test_reset_after_the_request_over_tls(exchange, peer, pki, server_tls):
    url = peer(asks_then(lambda c: c.reset()), tls=server_tls()).url
    assert code_of(Unknown, exchange, url, tls=tls.client(ca=pki.ca)) == "wire.lost"


def test_an_answer_shorter_than_announced(exchange, peer):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    url = peer(asks_then(lambda c: c.send(head))).url
    assert code_of(Unknown, exchange, url) == "wire.cut-answer"


def test_a_chunked_answer_without_its_end(exchange, peer):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    url = peer(asks_then(lambda c: c.send(head))).url
    assert code_of(Unknown, exchange, url) in ("wire.cut-answer", "wire.lost")


def test_an_answer_that_is_not_what_its_encoding_says(exchange, peer):
    url = peer(asks_then(lambda c: c.answer(b"plain", more="Content-Encoding: gzip\r\n"))).url
    assert code_of(Unknown, exchange, url) == "wire.cut-answer"


def test_what_is_no_http(exchange, peer):
    url = peer(asks_then(lambda c: c.send(b"220 ftp ready\r\n"))).url
    assert code_of(Unknown, exchange, url) == "wire.lost"


def test_a_trickling_answer_is_given_up(exchange, peer):
    over = threading.Event()

    def trickle(conversation):
        conversation.send(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
        while not over.wait(0.1):
            conversation.send(b"x")

    url = peer(asks_then(trickle)).url
    narrow = line(None, seconds=0.3, max_bytes=1000)
    # The clock of the line: each look at it is a minute later.
    minutes = iter(range(0, 6000, 60))
    narrow._monotonic = lambda: next(minutes)
    assert code_of(Unknown, narrow.exchange, "POST", url, b"") == "wire.slow-answer"
    over.set()
    narrow.close()


def test_a_big_answer_is_read_to_the_limit_only(exchange, peer):
    url = peer(asks_then(lambda c: c.answer(b"x" * 5_000_000))).url
    assert code_of(Unknown, exchange, url) == "wire.answer-too-big"


def test_a_compressed_bomb_is_read_to_the_limit_only(exchange, peer):
    bomb = gzip.compress(b"\0" * 50_000_000)
    url = peer(asks_then(lambda c: c.answer(bomb, more="Content-Encoding: gzip\r\n"))).url
    assert code_of(Unknown, exchange, url) == "wire.answer-too-big"


# --- what is sent, and what is kept ------------------------------------------------------------------------


def test_a_big_request_is_not_sent(exchange, peer):
    sent = []
    url = peer(lambda c: sent.append(1)).url
    assert code_of(Invalid, exchange, url, b"x" * 1001) == "wire.request-too-big"
    assert sent == []


def test_mutual_tls_with_an_encrypted_key(exchange, peer, pki, server_tls):
    seen = []

    def script(conversation):
        conversation.request()
        seen.append(dict(pair[0] for pair in conversation.connection.getpeercert()["subject"]))
        conversation.answer(b"hello")

    url = peer(script, tls=server_tls(client_ca=pki.ca)).url
    mutual = tls.client(ca=pki.ca, cert=pki.client.cert, key=pki.client.key, password=pki.password)
    assert exchange(url, tls=mutual).content == b"hello"
    assert seen == [{"commonName": "client"}]


def test_a_redirect_is_an_answer_and_is_not_followed(exchange, peer):
    asked = []

    def script(conversation):
        asked.append(conversation.request()[0])
        conversation.answer(status="302 Found", more="Location: /login\r\n")

    assert exchange(peer(script).url).status_code == 302
    assert len(asked) == 1


def test_the_environment_says_nothing_about_proxies(exchange, peer, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert exchange(peer(asks_then(lambda c: c.answer())).url).status_code == 200


def test_cookies_of_one_answer_do_not_enter_the_next_request(peer):
    heads = []

    def script(conversation):
        for _ in range(2):
            heads.append(conversation.request()[0])
            conversation.answer(more="Set-Cookie: session=1\r\n")

    one = line(None, seconds=5, max_bytes=1000)
    url = peer(script).url
    one.exchange("POST", url, b"")
    one.exchange("POST", url, b"")
    one.close()
    assert len(heads) == 2
    assert b"Cookie" not in heads[1]


def test_the_connection_is_kept_for_the_next_request(peer):
    connections = []

    def script(conversation):
        connections.append(conversation)
        for _ in range(3):
            conversation.request()
            conversation.answer()

    one = line(None, seconds=5, max_bytes=1000)
    url = peer(script).url
    for _ in range(3):
        one.exchange("POST", url, b"")
    one.close()
    assert len(connections) == 1


def test_a_given_session_stays_open_and_keeps_its_own_ways(peer):
    class Watched(requests.Session):
        closed = False

        def close(self):
            self.closed = True
            super().close()

    session = Watched()
    session.trust_env = False
    session.headers["X-Desk"] = "window-1"
    heads = []

    def script(conversation):
        heads.append(conversation.request()[0])
        conversation.answer()

    one = line(session, seconds=5, max_bytes=1000)
    one.exchange("POST", peer(script).url, b"")
    one.close()
    assert not session.closed
    assert b"X-Desk: window-1" in heads[0]
    session.close()


@pytest.mark.parametrize("address", ["his.example", "ftp://his", "http://", "http://a：80", ""])
def test_an_address_that_is_no_url_is_a_fault_of_the_configuration(address):
    with pytest.raises(Fatal, match=r"wire\.address"):
        peer_of(address)


def test_facts_never_hold_a_query():
    with pytest.raises(Fatal) as raised:
        peer_of("his.example/?id=secret")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "error",
    [
        UnicodeDecodeError("gbk", b"", 0, 1, "x"),
        ValueError("s3cr3t"),
        KeyError("data"),
        requests.exceptions.InvalidHeader("s3cr3t"),
    ],
)
def test_what_cannot_be_signed_was_surely_not_sent(peer, error):
    def sign(request):
        raise error

    seen = []
    server = peer(lambda c: seen.append(c.request()))
    one = line(None, seconds=5, max_bytes=1000)
    with contextlib.closing(one), pytest.raises(Fatal) as raised:
        one.exchange("POST", server.url, b"{}", auth=sign)
    assert (raised.value.code, seen) == ("wire.unsigned", [])
    assert "s3cr3t" not in str(raised.value)
