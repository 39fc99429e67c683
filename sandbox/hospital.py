"""The hospital's information system (HIS): holds births, sends each to the signer beside it.

It has no port of its own. Its control port takes ``POST /births`` (facts of a birth, see
``hospital_message``) and ``POST /messages`` {"base64"}: raw bytes to be sent as they are, for
trying out what the signer does with rubbish; the answer gives the signer's.
``python -m sandbox.hospital --dir DIR --control N``; where the signer is stands in
``DIR/hospital/his.json``, the key's password in SANDBOX_HIS_PASSWORD.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.hospital_message import message
from sandbox.hospital_sender import Sender, Signer, read_ack
from sandbox.moments import instant
from sandbox.program import System, run

SCHEMA = """
CREATE TABLE IF NOT EXISTS births (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, certificate TEXT NOT NULL, control_id TEXT NOT NULL,
    facts TEXT NOT NULL, message BLOB NOT NULL, ack TEXT NOT NULL, ack_text TEXT NOT NULL,
    ack_at TEXT NOT NULL, attempts INTEGER NOT NULL
);
"""
EFFECTS = (
    "(SELECT id, at, certificate, control_id, facts, ack, ack_text, ack_at, attempts FROM births)"
)


class Ward:
    """Where births are written down."""

    def __init__(self, books: Books, sender: Sender) -> None:
        self._books = books
        self._sender = sender

    def record(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Write a birth down and have it sent. Raises ``KeyError`` for a missing fact."""
        number = len(self._books.rows("SELECT id FROM births")) + 1
        control_id = f"HIS{number:010}"
        body = message(facts, control_id)
        row = {"at": instant(), "certificate": facts["certificate"]["number"]}
        row |= {"control_id": control_id, "facts": json.dumps(facts, ensure_ascii=False)}
        row |= {"ack": "", "ack_text": "", "ack_at": "", "attempts": 0}
        birth = self._books.insert("births", row | {"message": body})
        self._sender.wake()
        return {"birth": birth, "control_id": control_id}

    def send_raw(self, given: dict[str, Any]) -> dict[str, Any]:
        """Send any bytes in a frame, once. Raises ``OSError`` text as ``ValueError``."""
        try:
            answer = self._sender.exchange(base64.b64decode(given["base64"]))
        except OSError as error:
            raise ValueError(f"no answer: {type(error).__name__}") from error
        code, text = read_ack(answer)
        return {"ack": code, "text": text}


def build(folder: Path) -> System:
    """The HIS over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects=EFFECTS), Faults()
    sender = Sender(books, faults, _signer(folder))
    ward = Ward(books, sender)
    actions = {("POST", "/births"): ward.record, ("POST", "/messages"): ward.send_raw}
    return System(books, faults, None, actions=actions, start=sender.start)


def _signer(folder: Path) -> Signer:
    told = json.loads((folder / "his.json").read_text("utf-8"))
    files = {name: folder / told[name] for name in ("ca", "cert", "key")}
    password = os.environ["SANDBOX_HIS_PASSWORD"]
    return Signer(told["host"], int(told["port"]), **files, password=password)


if __name__ == "__main__":
    sys.exit(run("hospital", build))
