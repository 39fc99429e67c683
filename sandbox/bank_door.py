"""The door at which a bank tries its client: mutual TLS in front of the hub's endpoint; every call is written down.

What comes is passed on to the hub as it is, with the client's own certificate, and so is the answer, unless it is the turn
of one of the kit's tricks (``sandbox.bank_tricks``). One call a connection, so that a change of certificate is seen at once.
The second port is the wrong door: the hub's name, by another CA. Nothing is answered there.
"""

from __future__ import annotations

import ssl
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

from cryptography import x509

from crypto import jws
from crypto.errors import CryptoError
from sandbox import bank_passing, bank_tricks
from sandbox.bank_listening import Listening, send, server
from sandbox.bank_passing import Behind, read_json
from sandbox.bank_record import Knock, Record, Seen

RENEWED_AFTER = 8
"""Calls after which the hub's certificate is another one."""
_SECONDS = 60


class Door:
    """Open from the moment it is made until ``close()``."""

    def __init__(self, behind: Behind) -> None:
        self._behind, self._began = behind, time.monotonic()
        self._record = Record(letters=behind.letters)
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._contexts = {name: server(behind.folder, name) for name in ("hub", "hub-renewed")}
        self._stranger = server(behind.folder, "stranger", asks=False)
        self._right = Listening(self._secure, self._serve)
        self._wrong = Listening(self._show_stranger, lambda _: None)
        self.port, self.wrong_port = self._right.server_port, self._wrong.server_port
        for each in (self._right, self._wrong):
            threading.Thread(target=each.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def record(self) -> Record:
        """What was seen up to now."""
        with self._lock:
            return self._record

    def close(self) -> Record:
        """Nothing more comes; all of it."""
        for each in (self._right, self._wrong):
            each.shutdown()
            each.server_close()
        return replace(self.record, is_over=True)

    # --- handshakes ------------------------------------------------------------------------------

    def _shown(self) -> str:
        return "renewed" if len(self.record.seen) >= RENEWED_AFTER else "first"

    def _secure(self, plain: Any) -> ssl.SSLSocket | None:
        shown = self._shown()
        context = self._contexts["hub-renewed" if shown == "renewed" else "hub"]
        return self._shake(plain, context, "right", shown)

    def _show_stranger(self, plain: Any) -> ssl.SSLSocket | None:
        return self._shake(plain, self._stranger, "wrong", "stranger")

    def _shake(
        self, plain: Any, context: ssl.SSLContext, door: str, shown: str
    ) -> ssl.SSLSocket | None:
        try:
            plain.settimeout(_SECONDS)
            found = context.wrap_socket(plain, server_side=True)
        except ssl.SSLError as error:
            if "ALERT" in (error.reason or ""):  # else it was no client, or it has no certificate
                self._note(knock=Knock(door, str(error.reason), shown))
            return None
        except OSError:
            return None
        if door == "wrong":
            self._note(knock=Knock(door, "", shown))
        return found

    # --- calls -----------------------------------------------------------------------------------

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        line: Any = handler.connection
        size = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(size)
        seen = self._came(handler, body, line)
        with self._turn:  # one after the other: what a trick prepares is for its own call
            found, headers = self._answer(seen, body, dict(handler.headers.items()))
            done = replace(found, answered=time.monotonic() - self._began)
            is_lost = done.trick == "dropped"
            self._note(seen=replace(done, status=0, answer=None) if is_lost else done)
            if not is_lost:
                send(handler, done, headers)

    def _came(self, handler: BaseHTTPRequestHandler, body: bytes, line: ssl.SSLSocket) -> Seen:
        told = handler.headers
        signature = told.get("Zhida-Signature", "")
        return Seen(
            handler.command,
            handler.path,
            read_json(body),
            key=told.get("Idempotency-Key", ""),
            signer=self._behind.signers.get(_kid(signature), "other") if signature else "",
            at=time.monotonic() - self._began,
            certificate="next" if self._is_next(line) else "first",
            shown="first" if line.context is self._contexts["hub"] else "renewed",
        )

    def _answer(
        self, seen: Seen, body: bytes, headers: dict[str, str]
    ) -> tuple[Seen, dict[str, str]]:
        trick = bank_tricks.before(self.record, seen)
        self._behind.acts.get(trick, lambda: None)()
        if trick in ("busy", "conflict"):
            status, problem = bank_tricks.refusal(trick)
            wait = bank_tricks.PAUSE if status == 429 else 0
            found = replace(seen, trick=trick, status=status, answer=problem, retry_after=wait)
            return found, {"Content-Type": "application/problem+json"}
        found, told = bank_passing.ask_hub(self._behind, seen, body, headers)
        later = bank_tricks.after(self.record, found)
        answer = bank_tricks.altered(later, found.answer) if later else found.answer
        return replace(found, trick=trick or later, answer=answer), told

    def _is_next(self, line: ssl.SSLSocket) -> bool:
        shown = x509.load_der_x509_certificate(line.getpeercert(binary_form=True) or b"")
        pem = (self._behind.folder / self._behind.bank / "next.crt").read_bytes()
        return x509.load_pem_x509_certificate(pem).serial_number == shown.serial_number

    def _note(self, *, seen: Seen | None = None, knock: Knock | None = None) -> None:
        with self._lock:
            now = self._record
            self._record = replace(
                now,
                seen=(*now.seen, *([seen] if seen else [])),
                knocks=(*now.knocks, *([knock] if knock else [])),
            )
            self._behind.told(self._record)


def _kid(signature: str) -> str:
    head, _, last = signature.partition("..")
    try:
        return str(jws.decode(f"{head}.e30.{last}")[0].get("kid", ""))
    except CryptoError:
        return ""
