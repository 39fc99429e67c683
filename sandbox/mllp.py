"""MLLP framing by hand (HL7 Minimal Lower Layer Protocol, release 1): VT message FS CR."""

from __future__ import annotations

import socket

START, END = b"\x0b", b"\x1c\r"
_MOST = 1 << 20


class Broken(ConnectionError):
    """The peer closed, or sent something that is no frame."""


def frame(message: bytes) -> bytes:
    """The message as it goes over the wire."""
    return START + message + END


def unframe(data: bytes) -> bytes:
    """The message in a whole frame.

    >>> unframe(frame(b"MSH|"))
    b'MSH|'
    """
    return data.removeprefix(START).removesuffix(END)


def receive(connection: socket.socket) -> bytes:
    """Read one frame, as it came. Raises ``Broken``, ``TimeoutError``."""
    data = b""
    while not data.endswith(END):
        part = connection.recv(65536)
        if not part or not (data + part).startswith(START) or len(data) > _MOST:
            raise Broken("no frame")
        data += part
    return data
