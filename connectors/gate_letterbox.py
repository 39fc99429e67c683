"""The folder that a gate fills: every file in it, told by its content and not by its name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connectors import gate_file
from connectors.folder import Entry
from connectors.gate_file import Forged, Head, NotOurs
from exchange import times

if TYPE_CHECKING:
    from connectors.gate_send import Side

_UNFINISHED = (".tmp", ".part", ".filepart", ".uploading")
_RECEIPT_BYTES = 4096
"""More than a receipt has: it is a head with nothing after it."""


@dataclass(slots=True)
class Message:
    """What has come of one message of theirs. Contents stay on the disk until they are asked for."""

    manifest: Head | None = None
    parts: dict[tuple[str, int], str] = field(default_factory=dict)
    """Digest of the message and number of the part → a good file with it."""
    names: list[str] = field(default_factory=list)
    """Of all its files, damaged and repeated ones too."""
    damaged: set[int] = field(default_factory=set)
    """Numbers of parts that came cut or changed."""

    def add(self, name: str, head: Head, *, good: bool) -> None:
        """One more file of it."""
        self.names.append(name)
        if not good:
            self.damaged.add(head.part)
        elif head.kind == "manifest":
            self.manifest = head
        else:
            self.parts[head.digest, head.part] = name

    @property
    def files(self) -> list[str] | None:
        """The parts in their order, if all are here that the manifest tells of."""
        if self.manifest is None:
            return None
        numbers = range(1, self.manifest.parts + 1)
        found = [self.parts.get((self.manifest.digest, number), "") for number in numbers]
        return found if all(found) else None


@dataclass(slots=True)
class Found:
    """Everything that lies in the folder."""

    messages: dict[int, Message] = field(default_factory=dict)
    """By their number."""
    receipts: list[tuple[str, Head]] = field(default_factory=list)
    strange: dict[str, str] = field(default_factory=dict)
    """Name → what is strange: ``unknown``, ``forged``, ``misdirected``, ``no-file``, ``too-big``."""


class Letterbox:
    """Our side's folder of arrivals."""

    def __init__(self, side: Side) -> None:
        self._side = side

    def look(self, most: int = 0) -> Found:
        """Read what is there, files up to ``most`` bytes; what vanishes meanwhile is left out."""
        found = Found()
        for entry, raw in self._files(most):
            strange = self._sort(found, entry.name, raw) if raw is not None else "no-file"
            if strange:
                found.strange[entry.name] = strange
        return found

    def take_receipts(self) -> None:
        """Write down what the receipts say, and file them away."""
        for name, head in self.look(_RECEIPT_BYTES).receipts:
            self.take_receipt(head)
            self.file_away([name])

    def take_receipt(self, head: Head) -> None:
        """What became of a message of ours; a receipt for other content says nothing."""
        state = self._side.state
        known = state.sent(head.message)
        if known is None or (known.sequence, known.digest) != (head.sequence, head.digest):
            return
        if known.state != "received":  # a late "damaged" of an earlier attempt
            state.keep(head.message, replace(known, state=head.outcome))

    def file_away(self, names: list[str]) -> None:
        """Move files of ours into ``done/<day>``; the gate may use their names again."""
        place, into, now = self._side.place, self._side.channel.into, self._side.clock()
        done = f"done/{times.civil_day(now)}"
        place.make(into, done)
        for name in names:
            with suppress(FileNotFoundError):
                place.rename(f"{into}/{name}", f"{into}/{done}/{now:%H%M%S%f}~{name}")

    def content(self, message: Message) -> bytes | None:
        """The whole message; None if it is not what its manifest says (or was moved away)."""
        into, files = self._side.channel.into, message.files
        if files is None or message.manifest is None:
            return None
        found: list[bytes] = []
        for name in files:
            raw = self._side.place.read(f"{into}/{name}", self._limit)
            found.append(gate_file.opened(raw, self._side.channel.secret).content or b"")
        content = b"".join(found)
        is_it = hashlib.sha256(content).hexdigest() == message.manifest.digest
        return content if is_it else None

    @property
    def _limit(self) -> int:
        """A gate may add line ends; nothing makes a file twice as big."""
        return max(2 * self._side.channel.max_file_bytes, 1_000_000)

    def _files(self, most: int) -> Iterator[tuple[Entry, bytes | None]]:
        channel, limit = self._side.channel, self._limit
        for entry in self._side.place.list(channel.into):
            hidden = entry.name.startswith(".") or entry.name.lower().endswith(_UNFINISHED)
            if entry.kind == "folder" or hidden or 0 < most < entry.size:
                continue
            if entry.kind != "file" or entry.size > limit:
                yield entry, None
                continue
            with suppress(FileNotFoundError):
                yield entry, self._side.place.read(f"{channel.into}/{entry.name}", limit)

    def _sort(self, found: Found, name: str, raw: bytes) -> str:
        channel = self._side.channel
        try:
            opened = gate_file.opened(raw, channel.secret)
        except NotOurs:
            return "unknown"
        except Forged:
            return "forged"
        head = opened.head
        if (head.channel, head.sender) != (channel.channel, channel.them):
            return "misdirected"
        if head.kind == "receipt":
            found.receipts.append((name, head))
        else:
            message = found.messages.setdefault(head.sequence, Message())
            message.add(name, head, good=opened.content is not None)
        return ""
