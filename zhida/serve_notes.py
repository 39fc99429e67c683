"""What an endpoint writes down of certificates: which was used on which day, and who was turned away at the door.

In the ledger, so that it is known years later whose key a request was let in by, and since when an old one is silent.
A certificate once a civil day; a refusal of a client once a code and day: who knocks all day long must not fill
the books. What follows behind the door is written by those who answer.
"""

from __future__ import annotations

import re
from threading import Lock
from typing import Any

from connectors.http_message import Request
from exchange import times
from exchange.ledger import Entry
from exchange.store import ledger_rows
from zhida.hub import Hub
from zhida.serve_file import Client

USED, REFUSED = "certificate-used", "serve-refused"
TLS, SIGNATURE = "tls", "signature"
_PROGRAM = re.compile(r"(?!.*[0-9]{15})[0-9A-Za-z_.:-]{1,64}")


class Notes:
    """Of one process; another one's are read before a note is made twice. Thread-safe."""

    def __init__(self, hub: Hub) -> None:
        self._hub, self._lock = hub, Lock()
        self._told: set[tuple[str, str, str]] = set()

    def used(self, client: Client, request: Request, kid: str) -> None:
        """A call was let in: by the certificate of its connection, and the key that signed it (empty: none did)."""
        about = {"client": client.name, "unit": client.unit}
        if request.serial:
            until = {"until": request.not_after}
            self._once(USED, f"{TLS}:{request.serial}", {**about, "use": TLS, **until})
        if kid:
            self._once(USED, f"{SIGNATURE}:{kid}", {**about, "use": SIGNATURE})

    def refused(self, client: Client, pattern: str, code: str) -> None:
        """A known client was turned away at the door."""
        about = {"client": client.name, "unit": client.unit, "route": pattern, "code": code}
        self._once(REFUSED, f"{client.name}:{code}", about)

    def unknown(self, request: Request) -> None:
        """A certificate is good and belongs to no client. Its name stands here if it is a program's; of any other the
        serial number does: CAs put people's names and numbers into those of persons.
        """
        name = request.common_name if _PROGRAM.fullmatch(request.common_name) else ""
        about = {"client": name, "unit": "", "route": "", "code": "serve.unknown-client"}
        ref = f"{name or request.serial}:serve.unknown-client"
        self._once(REFUSED, ref, about | {"serial": request.serial})

    def handshake(self, reason: str) -> None:
        """Nobody was let in far enough to say who it is: the reason in the words of TLS."""
        about = {"client": "", "unit": "", "route": "", "code": "", "reason": reason}
        self._once(REFUSED, f"tls:{reason}", about)

    def _once(self, kind: str, ref: str, details: dict[str, Any]) -> None:
        day = times.civil_day(self._hub.clock()).isoformat()
        with self._lock:
            if (kind, ref, day) in self._told:
                return
            self._told = {each for each in self._told if each[2] == day} | {(kind, ref, day)}
        try:
            self._write(Entry(kind, ref, "", {**details, "day": day}), day)
        except BaseException:
            with self._lock:
                self._told.discard((kind, ref, day))  # the next one tries again
            raise

    def _write(self, entry: Entry, day: str) -> None:
        with self._hub.store.read() as connection:
            known = ledger_rows.has(connection, entry.kind, entry.ref, day=day)
        if not known:
            self._hub.ledger.commit(lambda _: [entry])
