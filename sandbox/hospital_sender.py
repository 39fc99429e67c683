"""Sends the hospital's messages to the signer, one connection each, until it says AA."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from sandbox import mllp
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.moments import instant

PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds between attempts: doubled after each that did not end with AA."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Where the signer listens and how the hospital's system shows who it is."""

    host: str
    port: int
    ca: Path
    cert: Path
    key: Path
    password: str

    def connect(self) -> socket.socket:
        """An open TLS connection with our certificate. Raises ``OSError``."""
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(self.ca))
        context.load_cert_chain(self.cert, self.key, self.password)
        plain = socket.create_connection((self.host, self.port), timeout=10)
        try:
            return context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


class Sender:
    """One thread that empties the births without AA, oldest first."""

    def __init__(self, books: Books, faults: Faults, signer: Signer) -> None:
        self._books = books
        self._faults = faults
        self._signer = signer
        self._news = Event()

    def start(self) -> None:
        """Begin; what was unsent when the process ended goes first."""
        Thread(target=self._run, daemon=True).start()

    def wake(self) -> None:
        """There is something new."""
        self._news.set()

    def exchange(self, message: bytes) -> bytes:
        """Send one message and give the answer (both without their frames)."""
        peer = f"{self._signer.host}:{self._signer.port}"
        with self._signer.connect() as connection:
            framed = mllp.frame(message)
            self._books.capture("out", framed, peer=peer, operation="ADT^A28")
            connection.sendall(framed)
            answer = mllp.receive(connection)
            self._books.capture("in", answer, peer=peer, operation="ACK")
        return mllp.unframe(answer)

    def _run(self) -> None:
        pause = PAUSE
        while True:
            outcomes = [self._deliver(row) for row in self._waiting()]  # each gets its turn
            done = all(outcomes)
            pause = PAUSE if done else min(2 * pause, LONGEST_PAUSE)
            self._news.wait(pause if not done else None)
            self._news.clear()

    def _waiting(self) -> list[Row]:
        return self._books.rows("SELECT * FROM births WHERE ack != 'AA' ORDER BY id")

    def _deliver(self, row: Row) -> bool:
        if any(fault["name"] == "down" for fault in self._faults.armed()):
            return False
        try:
            code, text = read_ack(self.exchange(row["message"]))
        except OSError as error:
            code, text = "", type(error).__name__
        self._note(row, code, text)
        return code == "AA"

    def _note(self, row: Row, code: str, text: str) -> None:
        noted = "UPDATE births SET ack=?, ack_text=?, ack_at=?, attempts=attempts+1 WHERE id=?"
        with self._books.transaction() as db:
            db.execute(noted, (code, text, instant(), row["id"]))


def read_ack(message: bytes) -> tuple[str, str]:
    """MSA-1 and the rest of what the answer says for a person.

    >>> read_ack(b"MSH|^~\\\\&|A\\rMSA|AE|7|mapping.unknown-code\\r")
    ('AE', 'mapping.unknown-code')
    """
    for segment in message.decode("utf-8", "replace").split("\r"):
        fields = segment.split("|")
        if fields[0] == "MSA" and len(fields) > 1:
            return fields[1], "|".join(fields[3:])
    return "", "no MSA"
