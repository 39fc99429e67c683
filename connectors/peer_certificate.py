"""What the called side learns of a caller's certificate, which the handshake has verified."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from typing import Any

from exchange import times


def common_name(connection: socket.socket) -> str:
    """The one common name in the caller's verified certificate; empty if there is none, or two."""
    pairs = [pair for part in _shown(connection).get("subject", ()) for pair in part]
    names = [value for key, value in pairs if key == "commonName"]
    return str(names[0]) if len(names) == 1 else ""


def dated(connection: socket.socket) -> tuple[str, str]:
    """Its serial number in lower-case hexadecimal, and the end of its validity (RFC 3339); empty without one."""
    told = _shown(connection)
    if not told:
        return "", ""
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(told["notAfter"]), UTC)
    return str(told["serialNumber"]).lower(), times.stamp(end)


def _shown(connection: socket.socket) -> dict[str, Any]:
    found: Any = connection.getpeercert() if isinstance(connection, ssl.SSLSocket) else None
    return dict(found or {})
