"""MLLP framing of HL7 v2 messages, without sockets (HL7 "Minimal Lower Layer Protocol", R1).

A block is ``<VT> message <FS><CR>``; a message holds neither VT (0x0B) nor FS (0x1C), in UTF-8 and
GB 18030 alike. Whatever stands outside of blocks is noise: line breaks, probes of a load
balancer, the tail of a message that its sender gave up. A VT inside a block means that the sender
began again.
"""

from __future__ import annotations

from collections.abc import Iterator

from exchange.errors import Invalid

VT, FS, CR = b"\x0b", b"\x1c", b"\r"
_END = FS + CR


def framed(message: bytes) -> bytes:
    r"""The block of a message. Raises ``Invalid`` if it holds a framing character.

    >>> framed(b"MSH|^~\\&")
    b'\x0bMSH|^~\\&\x1c\r'
    """
    for mark in (VT, FS):
        if mark in message:
            at = message.index(mark) + 1
            raise Invalid("mllp.framing-character", byte=f"0x{mark[0]:02X}", at=at)
    return VT + message + _END


class TooBig(Invalid):
    """A block over the limit; what follows it in the stream cannot be trusted."""


class Frames:
    r"""Cuts messages out of a stream, however its bytes arrive.

    >>> frames = Frames(max_bytes=100)
    >>> list(frames.feed(b"noise\x0bMSH|a")), frames.partial
    ([], True)
    >>> list(frames.feed(b"b\x1c\r\n")), frames.partial
    ([b'MSH|ab'], False)
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._block = bytearray()
        self._scanned = 0

    @property
    def partial(self) -> bool:
        """A block has begun and not ended."""
        return bool(self._block)

    @property
    def head(self) -> bytes:
        """The beginning of the unfinished block, enough for its header segment."""
        return bytes(self._block[1:4096])

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Messages that are complete now. Raises ``TooBig``."""
        self._block += data
        while (end := self._block.find(_END, self._scanned)) >= 0:
            self._scanned = 0
            _, begun, message = bytes(self._block[:end]).rpartition(VT)
            del self._block[: end + len(_END)]
            if begun:
                self._limit(len(message))
                yield message
        self._drop_noise()
        self._limit(len(self._block))

    def _drop_noise(self) -> None:
        """Keep what follows the last VT; an earlier one was given up by its sender."""
        begin = self._block.rfind(VT, self._scanned)
        if begin >= 0:
            del self._block[:begin]
        elif not self._block.startswith(VT):
            self._block.clear()
        # The end mark may lie across two deliveries: the last byte is looked at again.
        self._scanned = max(0, len(self._block) - 1)

    def _limit(self, size: int) -> None:
        if size > self._max_bytes:
            raise TooBig("mllp.frame-too-big", limit=self._max_bytes)
