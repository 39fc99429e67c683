"""A bank's call on its way to the hub behind the kit's door, by the bank's own certificate."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sandbox import bank_tricks
from sandbox.bank_certificates import PLACE
from sandbox.bank_record import BOOKS, EVENTS, Record, Seen

_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind the door."""

    folder: Path
    bank: str
    port: int
    """The hub's."""
    later_port: int
    """Of the hub a day later, which is asked for the day's books."""
    signers: Mapping[str, str]
    """Key id → ``first``, ``next``."""
    letters: Mapping[str, str]
    """Number of a letter → its situation."""
    acts: Mapping[str, Callable[[], None]]
    """Trick → what is done before the hub is asked."""
    told: Callable[[Record], None]
    """Learns of everything new."""


def ask_hub(
    behind: Behind, seen: Seen, body: bytes, headers: Mapping[str, str]
) -> tuple[Seen, dict[str, str]]:
    """The call with its answer, and the answer's headers."""
    port = behind.later_port if seen.path.startswith(f"{BOOKS}/") else behind.port
    context = _client(behind.folder, behind.bank, seen.certificate)
    line = HTTPSConnection("127.0.0.1", port, timeout=_SECONDS, context=context)
    passed = {n: v for n, v in headers.items() if n.lower() not in ("host", "connection")}
    try:
        line.request(seen.method, _target(seen), body or None, passed)
        response = line.getresponse()
        answer, told = read_json(response.read()), dict(response.headers.items())
    finally:
        line.close()
    wait = _wait(response.status, told)
    return replace(seen, status=response.status, answer=answer, retry_after=wait), told


def _target(seen: Seen) -> str:
    """As it came; events in short pages (a GET's target is signed by nobody)."""
    if (seen.method, seen.path) != ("GET", EVENTS):
        return seen.target
    return f"{EVENTS}?{urlencode({**seen.query, 'limit': str(bank_tricks.PAGE)})}"


def _wait(status: int, headers: Mapping[str, str]) -> float:
    """What the hub says, but not for long."""
    told = {name.lower(): value for name, value in headers.items()}.get("retry-after", "0")
    return min(float(told), bank_tricks.PAUSE) if status in (202, 429, 503) else 0.0


def _client(folder: Path, bank: str, certificate: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(folder / PLACE / "hub-ca.crt"))
    name = "next" if certificate == "next" else "client"
    context.load_cert_chain(folder / bank / f"{name}.crt", folder / bank / f"{name}.key")
    return context


def read_json(data: bytes) -> Any:
    """None for what is none."""
    try:
        return json.loads(data) if data else None
    except ValueError:
        return None
