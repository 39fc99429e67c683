"""Send messages through a gate (网闸), and know what became of them minutes later.

``send NAME`` (``{"message": id, "content": bytes or text}``) puts the parts and then the manifest
into the folder that the gate empties. It is *waiting* from then on, until a receipt lies in the
folder that the gate fills: ``receipt NAME`` (``{"message": id}``) tells ``unsent``, ``waiting``
(and whether it is overdue), ``received`` or ``damaged``. What came damaged is sent again by the
same ``send``, under the same number. ``again NAME`` (as ``send``) puts the files of one that still waits
once more: who hears nothing of it can't know whether it was lost.

The same message again does nothing but tell its state; with other content it is ``Rejected
gate.other-content``. No answer is ever Unknown: the folder is on our own disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Lock
from typing import Any

from connectors import gate_file, json_text
from connectors.files import Disk
from connectors.gate_file import MOST_PARTS, Head
from connectors.gate_letterbox import Letterbox
from connectors.gate_options import Channel
from connectors.gate_state import Sent, State, id_of
from connectors.verbs import spoken
from exchange import times
from exchange.errors import Fatal, Invalid, Rejected
from exchange.ports import Clock, Reply

VERBS = ("send", "again", "receipt")


@dataclass(frozen=True, slots=True)
class Side:
    """Our side of one channel."""

    place: Disk
    channel: Channel
    state: State
    clock: Clock

    def put(self, head: Head, content: bytes) -> None:
        """Into the folder that the gate empties. ``Fatal gate.number-used`` if another file of ours
        has its name: numbers were given twice, so the state is older than the folder.
        """
        raw = gate_file.sealed(head, content, self.channel.secret)
        name = gate_file.name(head, self.channel.extension)
        path, part = f"{self.channel.out}/{name}", f"{self.channel.out}/.{name}.part"
        try:
            there = self.place.read(path, len(raw) + 1)
        except FileNotFoundError:
            self.place.write(part, raw)
            self.place.reveal(part, path)
            return
        if there != raw:
            raise Fatal("gate.number-used", channel=self.channel.name, sequence=head.sequence)


class Gate:
    """Connector over the channels of one gate. Thread-safe: one call at a time."""

    def __init__(self, sides: Mapping[str, Side]) -> None:
        self._sides = dict(sides)
        self._one_at_a_time = Lock()

    def call(self, operation: str, body: Any) -> Reply:
        """``Reply.value``: ``{"state", "sequence"}``, with ``overdue`` while it waits."""
        verb, name = spoken(operation, VERBS, self._sides)
        message = body.get("message") if isinstance(body, Mapping) else None
        if not isinstance(message, str) or not message:
            raise Invalid("gate.no-message-id", path="/message")
        side = self._sides[name]
        with self._one_at_a_time, side.place.told(), side.state.locked():
            Letterbox(side).take_receipts()
            if verb != "receipt":
                content, again = _content(body, side.channel), verb == "again"
                return _told(side, _sent(side, id_of(message), content, again=again))
            return _told(side, side.state.sent(id_of(message)))

    def close(self) -> None:
        """Nothing is held open."""


def _sent(side: Side, message: str, content: bytes, *, again: bool) -> Sent:
    digest = hashlib.sha256(content).hexdigest()
    known = side.state.sent(message) or side.state.number(message, digest)
    if known.digest != digest:
        name = side.channel.name
        raise Rejected("gate.other-content", channel=name, sequence=known.sequence)
    if known.state == "received" or (known.state == "waiting" and not again):
        return known
    for head, part in _files(side.channel, known, message, content):
        side.put(head, part)
    sent = replace(known, state="waiting", since=times.stamp(side.clock()))
    side.state.keep(message, sent)
    return sent


def _files(
    channel: Channel, sent: Sent, message: str, content: bytes
) -> Iterator[tuple[Head, bytes]]:
    """The parts, and last the manifest: whoever has it can tell what is missing."""
    step = channel.part_bytes
    parts = [content[at : at + step] for at in range(0, len(content), step)]
    head = Head(
        kind="manifest",
        channel=channel.channel,
        sender=channel.us,
        sequence=sent.sequence,
        parts=len(parts),
        message=message,
        size=len(content),
        digest=sent.digest,
        content="",
    )
    for number, part in enumerate(parts, 1):
        yield replace(head, kind="part", part=number), part
    yield head, b""


def _content(body: Mapping[str, Any], channel: Channel) -> bytes:
    told = body.get("content")
    if isinstance(told, str) and not any("\ud800" <= char <= "\udfff" for char in told):
        told = told.encode()
    if not isinstance(told, bytes):
        raise Invalid("gate.content", path="/content")
    limit = MOST_PARTS * channel.part_bytes
    if len(told) > limit:
        raise Invalid("gate.too-big", bytes=len(told), limit=limit)
    return told


def _told(side: Side, sent: Sent | None) -> Reply:
    value: dict[str, Any] = {"state": "unsent"}
    if sent is not None:
        state = "unsent" if sent.state == "putting" else sent.state
        value = {"state": state, "sequence": sent.sequence}
        if state == "waiting":
            waits = side.clock() - times.instant(sent.since)
            value["overdue"] = waits > timedelta(seconds=side.channel.delay_s)
    return Reply(json_text.written(value), value)
