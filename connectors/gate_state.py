"""What must outlive the process on our side of a gate: numbers given, receipts had, numbers taken.

Small files, each replaced at once; whoever changes them holds the folder's lock. A number is
given in two steps: ``last`` names the number and the message that shall have it, then the
message's own record is written. If the second is missing, a crash came between, and the number is
given again: a burnt number would look like a lost message to the other side.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from exchange.errors import Fatal, Retriable

PATIENCE = 30.0
"""Seconds; what is done under the lock takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of ours."""

    sequence: int
    digest: str
    """SHA-256 of its content."""
    state: str = "putting"
    """``putting`` (its files are not all there yet), ``waiting``, ``received``, ``damaged``."""
    since: str = ""
    """When its files were last put (``exchange.times.stamp``)."""


@dataclass(slots=True)
class Taken:
    """Which numbers of theirs we have."""

    next: int = 1
    missing: list[int] = field(default_factory=list)
    """Below ``next``, told to be missing or damaged: still welcome."""
    beyond: list[int] = field(default_factory=list)
    """Above ``next``, and ours already or given up."""

    def has(self, sequence: int) -> bool:
        """Is this number ours already?"""
        ours = sequence < self.next or sequence in self.beyond
        return ours and sequence not in self.missing

    def take(self, sequence: int) -> None:
        """It is ours now."""
        if sequence in self.missing:
            self.missing.remove(sequence)
        elif sequence >= self.next and sequence not in self.beyond:
            self.beyond.append(sequence)
        self._close_up()

    def give_up(self, sequences: Iterable[int]) -> None:
        """They are missing: what comes after them need not wait any longer."""
        for sequence in sequences:
            if not self.has(sequence) and sequence not in self.missing:
                self.missing.append(sequence)
                self.beyond += [sequence] if sequence >= self.next else []
        self._close_up()

    def _close_up(self) -> None:
        while self.next in self.beyond:
            self.beyond.remove(self.next)
            self.next += 1


class State:
    """The folder of one channel's state."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """For one process and thread at a time; freed by the system when its holder dies.

        ``Retriable gate.busy`` if another one holds it for too long: it was stopped, not ended.
        """
        with (self._folder / "lock").open("wb") as file:
            end = time.monotonic() + PATIENCE
            while not _is_locked(file):
                if time.monotonic() > end:
                    raise Retriable("gate.busy", folder=str(self._folder))
                time.sleep(0.01)
            yield

    def sent(self, message: str) -> Sent | None:
        """What became of a message of ours (by the digest of its id)."""
        told = self._read(self._of(message))
        return None if told is None else Sent(**told)

    def keep(self, message: str, sent: Sent) -> None:
        """Write it down."""
        self._write(self._of(message), asdict(sent))

    def number(self, message: str, digest: str) -> Sent:
        """Give the next number to a message that has none."""
        last = self._read(self._folder / "last.json") or {"sequence": 0, "message": ""}
        used = last["message"] == "" or self.sent(last["message"]) is not None
        sequence = last["sequence"] + (1 if used else 0)
        self._write(self._folder / "last.json", {"sequence": sequence, "message": message})
        sent = Sent(sequence, digest)
        self.keep(message, sent)
        return sent

    def taken(self) -> Taken:
        """What we have of theirs."""
        return Taken(**(self._read(self._folder / "taken.json") or {}))

    def keep_taken(self, taken: Taken) -> None:
        """Write it down."""
        self._write(self._folder / "taken.json", asdict(taken))

    def got(self, sequence: int) -> str:
        """Digest of the message of theirs that we took under a number; empty if we took none."""
        return str((self._read(self._page(sequence)) or {}).get(str(sequence), ""))

    def keep_got(self, sequence: int, digest: str) -> None:
        """Write it down."""
        page = self._read(self._page(sequence)) or {}
        self._write(self._page(sequence), {**page, str(sequence): digest})

    def _page(self, sequence: int) -> Path:
        return self._folder / "got" / f"{sequence // 500:06}.json"

    def _of(self, message: str) -> Path:
        return self._folder / "sent" / message[:2] / f"{message}.json"

    def _read(self, file: Path) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = orjson.loads(file.read_bytes())
        except FileNotFoundError:
            return None
        except orjson.JSONDecodeError:  # a new start would give numbers a second time
            raise Fatal("gate.state", file=file.name, folder=str(self._folder)) from None
        return found

    def _write(self, file: Path, value: dict[str, Any]) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(".new")
        with new.open("wb") as opened:
            opened.write(orjson.dumps(value))
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(file)
        folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _is_locked(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def id_of(message: str) -> str:
    """Under which digest a message is known: an id may name a person, and a path cannot hold all."""
    return hashlib.sha256(message.encode("utf-8", "surrogatepass")).hexdigest()
