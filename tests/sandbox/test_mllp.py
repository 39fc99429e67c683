"""Framing of HL7 messages on a stream."""

import socket

import pytest

from sandbox import mllp


def test_a_frame_is_read_whole_however_it_is_cut() -> None:
    here, there = socket.socketpair()
    with here, there:
        for part in (b"\x0bMSH|a", "李".encode()[:2], "李".encode()[2:] + b"\r\x1c", b"\r"):
            there.sendall(part)
        assert mllp.unframe(mllp.receive(here)) == b"MSH|a" + "李".encode() + b"\r"


@pytest.mark.parametrize("sent", [b"", b"MSH|\x1c\r", b"\x0bMSH|"])
def test_no_frame_is_broken(sent: bytes) -> None:
    here, there = socket.socketpair()
    with here:
        there.sendall(sent)
        there.close()
        with pytest.raises(mllp.Broken):
            mllp.receive(here)
