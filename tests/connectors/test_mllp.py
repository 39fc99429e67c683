"""The calling side, against the server of the hl7 package (PyPI) and against bad manners."""

import asyncio
import socket
import threading

import pytest
from hl7.mllp import start_hl7_server

from connectors import tls
from connectors.mllp import Mllp
from exchange.errors import Fatal, Invalid, Retriable, Unknown


def message(number="42", text="张小直", charset="utf-8"):
    header = f"MSH|^~\\&|HIS|H1|HUB|X|20260105||ADT^A28^ADT_A05|{number}|P|2.5\r"
    return f"{header}PID|1||N1||{text}\r".encode(charset)


def acknowledgement(number="42", code="AA"):
    return f"MSH|^~\\&|||||20260105||ACK|9|P|2.5\rMSA|{code}|{number}\r".encode()


def block(content):
    return b"\x0b" + content + b"\x1c\r"


@pytest.fixture
def mllp():
    """``mllp(port, …)``: a wire that is closed after the test."""
    opened = []

    def made(port, **more):
        opened.append(Mllp("127.0.0.1", port, **{"timeout": 5.0, **more}))
        return opened[-1]

    yield made
    for one in opened:
        one.close()


@pytest.fixture
def foreign():
    """Port of the hl7 package's server, and the messages that it parsed."""
    got, ready, state = [], threading.Event(), {}

    async def converse(reader, writer):
        try:
            while not writer.is_closing():
                parsed = await reader.readmessage()
                got.append(str(parsed))
                writer.writemessage(parsed.create_ack())
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()
            await writer.wait_closed()

    async def serve():
        server = await start_hl7_server(converse, "127.0.0.1", 0, encoding="utf-8")
        state["port"], state["stop"] = server.sockets[0].getsockname()[1], asyncio.Event()
        state["loop"] = asyncio.get_running_loop()
        ready.set()
        await state["stop"].wait()
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), 5)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    yield state["port"], got
    state["loop"].call_soon_threadsafe(state["stop"].set)
    thread.join(10)


def error_of(kind, wire, body=None, operation="ADT^A28"):
    with pytest.raises(kind) as raised:
        wire.call(operation, message() if body is None else body)
    assert type(raised.value) is kind
    return raised.value


def scripted(*answers):
    """A peer that answers each received block with the next of ``answers`` (bytes)."""

    def script(conversation):
        for answer in answers:
            data = b""
            while not data.endswith(b"\x1c\r"):
                more = conversation.connection.recv(65536)
                if not more:
                    return
                data += more
            conversation.send(answer)

    return script


def test_a_third_party_server_understands_and_acknowledges(mllp, foreign):
    port, got = foreign
    wire = mllp(port)
    for number in ("1", "2"):
        reply = wire.call("ADT^A28", message(number))
        assert f"MSA|AA|{number}".encode() in reply.raw
    assert "张小直" in got[0]
    wire.close()


def test_the_connection_is_kept_for_the_next_message(mllp, peer):
    connections = []

    def script(conversation):
        connections.append(conversation)
        scripted(block(acknowledgement("1")), block(acknowledgement("2")))(conversation)

    wire = mllp(peer(script).port)
    wire.call("ADT^A28", message("1"))
    wire.call("ADT^A28", message("2"))
    assert len(connections) == 1


def test_an_idle_connection_that_the_peer_closed_is_made_again(mllp, peer):
    closed = threading.Event()

    def script(conversation):
        scripted(block(acknowledgement()))(conversation)
        conversation.connection.close()
        closed.set()

    wire = mllp(peer(script).port)
    assert wire.call("ADT^A28", message()).raw == acknowledgement()
    assert closed.wait(10)
    assert wire.call("ADT^A28", message()).raw == acknowledgement()


def test_an_answer_in_pieces_and_noise_around_it(mllp, peer):
    whole = b"\r\n" + block(acknowledgement()) + b"\n"

    def script(conversation):
        conversation.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        conversation.connection.recv(65536)
        for at in range(len(whole)):
            conversation.send(whole[at : at + 1])

    assert mllp(peer(script).port).call("ADT^A28", message()).value == acknowledgement()


@pytest.mark.parametrize("code", ["AA", "AE", "AR"])
def test_what_an_acknowledgement_says_is_for_the_adapter(mllp, peer, code):
    answer = acknowledgement(code=code)
    assert mllp(peer(scripted(block(answer))).port).call("ADT^A28", message()).raw == answer


@pytest.mark.parametrize("answer", [acknowledgement("41"), b"MSH|^~\\&|\r", b"hello", b""])
def test_an_acknowledgement_of_another_message_proves_nothing(mllp, peer, answer):
    wire = mllp(peer(scripted(block(answer))).port)
    assert error_of(Unknown, wire).code == "mllp.other-acknowledgement"


def test_a_late_acknowledgement_does_not_meet_the_next_message(mllp, peer):
    late = threading.Event()

    def script(conversation):
        first = conversation.connection.recv(65536)
        if b"|1|P|" in first:
            late.wait(10)
            conversation.send(block(acknowledgement("1")))
        else:
            conversation.send(block(acknowledgement("2")))

    wire = mllp(peer(script).port, timeout=0.3)
    assert error_of(Unknown, wire, message("1")).code == "wire.no-answer"
    late.set()
    assert wire.call("ADT^A28", message("2")).raw == acknowledgement("2")


@pytest.mark.parametrize("how", ["close", "reset", "half"])
def test_a_connection_lost_after_sending_is_unknown(mllp, peer, how):
    def script(conversation):
        conversation.connection.recv(65536)
        if how == "reset":
            conversation.reset()
        elif how == "half":
            conversation.send(b"\x0bMSH|^~")

    assert error_of(Unknown, mllp(peer(script).port)).code == "wire.lost"


def test_an_endless_answer_is_cut(mllp, peer):
    endless = scripted(b"\x0b" + b"x" * 10_000)
    assert error_of(Unknown, mllp(peer(endless).port, max_bytes=1000)).code == (
        "wire.answer-too-big"
    )


def test_a_peer_that_is_down_or_has_no_name(mllp, free_port):
    assert error_of(Retriable, mllp(free_port())).code == "wire.refused"
    nowhere = Mllp("no-such-host.invalid", 2575, timeout=5)
    assert error_of(Retriable, nowhere).code == "wire.name"
    assert error_of(Fatal, Mllp("a" * 70, 2575)).code == "wire.address"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"PID|1", "mllp.header"),
        (b"", "mllp.header"),
        (message(number=""), "mllp.header"),
        (message().replace(b"A28", b"A01"), "mllp.trigger"),
        (message(text="a\x1cb"), "mllp.framing-character"),
        (message(text="直" * 500), "wire.request-too-big"),
    ],
)
def test_bad_messages_are_refused_before_anything_is_sent(mllp, peer, body, code):
    callers = []
    wire = mllp(peer(callers.append).port, max_bytes=1000)
    assert error_of(Invalid, wire, body).code == code
    assert callers == []


def test_mutual_tls(mllp, peer, pki, server_tls):
    port = peer(scripted(*[block(acknowledgement())] * 2), tls=server_tls(client_ca=pki.ca)).port
    mutual = tls.client(ca=pki.ca, cert=pki.client.cert, key=pki.client.key, password=pki.password)
    wire = mllp(port, tls=mutual)
    assert wire.call("ADT^A28", message()).raw == acknowledgement()
    kept = wire._socket
    assert wire.call("ADT^A28", message()).raw == acknowledgement()
    assert wire._socket is kept


def test_a_peer_without_tls_or_of_another_authority_got_nothing(mllp, peer, pki, server_tls):
    plain = peer(lambda c: c.connection.recv(100))
    stranger = peer(lambda c: None, tls=server_tls())
    for port, ca in ((plain.port, pki.ca), (stranger.port, pki.foreign_ca)):
        assert error_of(Retriable, mllp(port, tls=tls.client(ca=ca))).code == "wire.tls"


def test_threads_share_a_wire_one_message_at_a_time(mllp, foreign):
    wire, replies = mllp(foreign[0]), {}

    def send(number):
        replies[number] = wire.call("ADT^A28", message(str(number))).raw

    threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"MSA|AA|{number}".encode() in replies[number] for number in range(20))
    wire.close()
