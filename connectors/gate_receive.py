"""Take messages that came through a gate (网闸), in their order, and send receipts back.

A message is whole when its manifest and all its parts are here, whatever they are called; it is
given out when all before it were. What is missing gets ``patience_s``: then it is told as an
invalid message, in the sender's order, and does not hold up the others any longer. Should it come
after all, it is taken.

=============  =========================  ==========================================================
what came      the parcel's error         and then
=============  =========================  ==========================================================
a gap          gate.missing               numbers are given up; welcome if they come later
not whole      gate.damaged               its files go away, the sender gets the receipt ``damaged``
a strange file gate.strange               it goes away
again          –                          it goes away, the receipt is sent once more
another again  gate.number-again          it goes away without a receipt
=============  =========================  ==========================================================

The receipt leaves only when the message is settled, so that it says: ours, durably.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from connectors.gate_file import Head
from connectors.gate_keys import gap_of, key_of, mark_of
from connectors.gate_letterbox import Found, Letterbox, Message
from connectors.gate_patience import Patience
from connectors.gate_send import Side
from connectors.gate_state import Taken
from exchange.errors import Fatal, Invalid
from exchange.names import nearest
from exchange.ports import Parcel

_PAUSE = 0.2
"""Seconds between two looks while waiting."""
_FAR = 10_000
"""Numbers that may be missing at once."""


class GateFeed:
    """Feed over the channels of one gate (``exchange.ports.Feed``)."""

    def __init__(self, sides: Mapping[str, Side]) -> None:
        self._sides = dict(sides)

    def receive(
        self, stream: str, cursor: str, *, limit: int, wait: float = 0.0
    ) -> tuple[Sequence[Parcel], str]:
        """Whole messages in order, and what is wrong. The cursor remembers since when one waits."""
        side, end = self._of(stream), time.monotonic() + wait
        while True:
            with side.place.told(), side.state.locked():
                found, cursor = Look(side).parcels(cursor, limit)
            if found or time.monotonic() >= end:
                return found[:limit], cursor
            time.sleep(_PAUSE)

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        """These are ours: send their receipts, file them away. An unknown key is settled already."""
        side = self._of(stream)
        with side.place.told(), side.state.locked():
            Look(side).settle(keys)

    def close(self) -> None:
        """Nothing is held open; what is not settled comes again."""

    def _of(self, stream: str) -> Side:
        if stream not in self._sides:
            near = nearest(stream, self._sides)
            raise Fatal("wire.no-stream", stream=stream, nearest=near)
        return self._sides[stream]


class Look:
    """One look at what the gate brought, under the state's lock."""

    def __init__(self, side: Side) -> None:
        self._side, self._box = side, Letterbox(side)
        self._taken: Taken = side.state.taken()
        self._found: Found = self._box.look()
        self._set_aside()

    def _set_aside(self) -> None:
        """A number far ahead is no gap: somebody's state was lost, or the head is made up."""
        messages = self._found.messages
        for sequence in [n for n in messages if n > self._taken.next + _FAR]:
            self._found.strange |= dict.fromkeys(messages.pop(sequence).names, "number")

    def parcels(self, cursor: str, limit: int) -> tuple[list[Parcel], str]:
        """What can be given out now; receipts and repetitions are dealt with on the way."""
        for name, head in self._found.receipts:
            self._box.take_receipt(head)
            self._box.file_away([name])
        again = [n for n in self._found.messages if self._taken.has(n)]
        told = [parcel for n in again for parcel in self._again(n, self._found.messages[n])]
        patience = Patience(cursor, self._side.clock(), self._side.channel.patience_s)
        every = (*told, *self._in_order(patience, limit), *self._strange(patience))
        return list(every), patience.written()

    def _again(self, sequence: int, message: Message) -> Iterator[Parcel]:
        """A message that we have. Under its number, another one: their numbers were given twice."""
        if message.manifest is not None:
            if self._side.state.got(sequence) != message.manifest.digest:
                channel = self._side.channel.name
                error = Invalid("gate.number-again", channel=channel, sequence=sequence)
                yield Parcel(key_of(sequence, message), b"", error=error)
                return
            self._reply(message.manifest, "received")
        self._box.file_away(message.names)

    def _in_order(self, patience: Patience, limit: int) -> Iterator[Parcel]:
        """Late ones that were given up first; then from the next number on, without a gap."""
        expected = self._taken.next
        fresh = [n for n in sorted(self._found.messages) if not self._taken.has(n)]
        for sequence in fresh[:limit]:
            message, is_late = self._found.messages[sequence], sequence < self._taken.next
            gap = [n for n in range(expected, sequence) if not self._taken.has(n)]
            if gap and not is_late:
                if not patience.is_over(f"gap {expected}"):
                    return
                yield self._missing(gap[0], gap[-1])
            content = self._box.content(message)
            if content is not None:
                yield Parcel(key_of(sequence, message), content)
            elif patience.is_over(f"part {sequence}"):
                yield Parcel(key_of(sequence, message), b"", error=self._damaged(sequence, message))
            elif not is_late:
                return
            expected = expected if is_late else sequence + 1

    def _missing(self, first: int, last: int) -> Parcel:
        channel = self._side.channel.name
        error = Invalid("gate.missing", channel=channel, first=first, last=last)
        return Parcel(f"gap:{first}-{last}", b"", error=error)

    def _damaged(self, sequence: int, message: Message) -> Invalid:
        return Invalid(
            "gate.damaged",
            channel=self._side.channel.name,
            sequence=sequence,
            parts=message.manifest.parts if message.manifest else 0,
            here=len(message.parts),
            damaged=len(message.damaged),
            manifest="yes" if message.manifest else "no",
        )

    def _strange(self, patience: Patience) -> Iterator[Parcel]:
        for name, what in sorted(self._found.strange.items()):
            mark = mark_of(name)
            if patience.is_over(f"file {mark}"):
                channel = self._side.channel.name
                error = Invalid("gate.strange", channel=channel, file=mark, reason=what)
                yield Parcel(f"strange:{mark}", b"", error=error)

    def settle(self, keys: Sequence[str]) -> None:
        """Numbers first, receipts then, files last: a crash between repeats what is harmless."""
        known = {key_of(n, message): (n, message) for n, message in self._found.messages.items()}
        ours = [known[key] for key in keys if key in known]
        fresh = [(n, message) for n, message in ours if not self._taken.has(n)]
        for first, last in (gap_of(key) for key in keys if key.startswith("gap:")):
            self._taken.give_up(range(first, last + 1))
        outcomes = [self._settled(sequence, message) for sequence, message in fresh]
        self._side.state.keep_taken(self._taken)
        for (_, message), outcome in zip(fresh, outcomes, strict=True):
            if message.manifest is not None:
                self._reply(message.manifest, outcome)
        for _, message in ours:
            self._box.file_away(message.names)
        marks = {f"strange:{mark_of(name)}": name for name in self._found.strange}
        self._box.file_away([marks[key] for key in keys if key in marks])

    def _settled(self, sequence: int, message: Message) -> str:
        if message.manifest is None or self._box.content(message) is None:
            self._taken.give_up([sequence])
            return "damaged"
        self._side.state.keep_got(sequence, message.manifest.digest)
        self._taken.take(sequence)
        return "received"

    def _reply(self, manifest: Head, outcome: str) -> None:
        us = self._side.channel.us
        self._side.put(replace(manifest, kind="receipt", sender=us, outcome=outcome), b"")
