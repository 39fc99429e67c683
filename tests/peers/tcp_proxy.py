"""A TCP proxy that does to a connection what networks do, and when: the maker of duplicates.

In-process (``with TcpProxy(port) as proxy: proxy.mode = Mode.RESET_BEFORE_ANSWER``) or as a
program: ``python tcp_proxy.py 8061 127.0.0.1:8060 reset-before-answer``.
"""

import argparse
import contextlib
import enum
import socket
import struct
import threading
import time


class Mode(enum.StrEnum):
    PASS = "pass"
    RESET_BEFORE_ANSWER = "reset-before-answer"
    """The request went through and was answered; the caller sees a reset."""
    CLOSE_BEFORE_ANSWER = "close-before-answer"
    CUT_ANSWER = "cut-answer"
    """Only ``amount`` bytes of the answer come through."""
    RESET_REQUEST = "reset-request"
    """A reset as soon as the request begins; the peer sees nothing of it."""
    DELAY_ANSWER = "delay-answer"
    """The answer comes ``amount`` milliseconds later."""
    HOLD_ANSWER = "hold-answer"
    """A half-open connection: requests go through, and nothing comes back, not even an end."""
    RESET_ON_CONNECT = "reset-on-connect"


class TcpProxy:
    def __init__(self, target, *, port=0, mode=Mode.PASS, amount=0):
        self.target, self.mode, self.amount = target, mode, amount
        self.answered = threading.Event()
        """The peer has sent an answer, whatever became of it."""
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = self._listener.getsockname()[1]
        self._sockets, self._threads = [], []
        self.connections = 0

    def __enter__(self):
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._sockets):
            _close(one)
        for thread in list(self._threads):
            thread.join(10)

    def cut(self):
        """Reset every connection that is open now."""
        sockets, self._sockets = self._sockets, []
        for one in sockets:
            with contextlib.suppress(OSError):  # closed before
                _reset(one)

    def serve_forever(self):
        self._accept()

    def _start(self, work, *args):
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(caller)
            self.connections += 1
            if self.mode is Mode.RESET_ON_CONNECT:
                _reset(caller)
                continue
            peer = socket.create_connection(self.target)
            self._sockets.append(peer)
            self._start(self._requests, caller, peer)
            self._start(self._answers, caller, peer)

    def _requests(self, caller, peer):
        for data in _received(caller):
            if self.mode is Mode.RESET_REQUEST:
                _reset(caller)
                break
            try:
                peer.sendall(data)
            except OSError:
                break
        _close(peer)

    def _answers(self, caller, peer):
        for data in _received(peer):
            self.answered.set()
            if self.mode is Mode.RESET_BEFORE_ANSWER:
                _reset(caller)
                break
            if self.mode is Mode.CLOSE_BEFORE_ANSWER:
                break
            if self.mode is Mode.HOLD_ANSWER:
                continue
            if self.mode is Mode.DELAY_ANSWER:
                time.sleep(self.amount / 1000)
            try:
                caller.sendall(data[: self.amount] if self.mode is Mode.CUT_ANSWER else data)
            except OSError:
                break
            if self.mode is Mode.CUT_ANSWER:
                break
        _close(caller)


def _received(connection):
    while True:
        try:
            data = connection.recv(65536)
        except OSError:
            return
        if not data:
            return
        yield data


def _reset(connection):
    """Close with RST instead of FIN: nothing lingers, the other side sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with contextlib.suppress(OSError):
        # A thread that still reads would keep the socket alive; this tells the wire nothing.
        connection.shutdown(socket.SHUT_RD)
    connection.close()


def _close(connection):
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("target", help="host:port")
    parser.add_argument("mode", type=Mode, choices=list(Mode))
    parser.add_argument("amount", type=int, nargs="?", default=0)
    given = parser.parse_args()
    host, _, port = given.target.rpartition(":")
    proxy = TcpProxy((host, int(port)), port=given.port, mode=given.mode, amount=given.amount)
    proxy.serve_forever()


if __name__ == "__main__":
    main()
