"""Name, port and TLS of a peer, one after the other: what every wire over TCP has in common.

Error map::

    name has no address                          Retriable  wire.name
    refused, no route / no reply                 Retriable  wire.refused, wire.connect-timeout
    certificate expired, not yet valid           Fatal      wire.tls-expired
    certificate for another name                 Fatal      wire.tls-other-name
    signed by itself / by a CA we don't know     Fatal      wire.tls-self-signed, wire.tls-unknown-ca
    peer speaks no TLS, or other versions        Fatal      wire.tls
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime

from connectors import tls
from connectors.check_steps import NOT_APPLICABLE, Open, Probe
from exchange.addresses import without_login
from exchange.errors import Fatal, Retriable, ZhidaError
from exchange.ports import Clock

SECONDS = 5.0
"""How long a check waits for each answer of the network."""
_CERTIFICATE = {
    9: "wire.tls-expired",
    10: "wire.tls-expired",
    18: "wire.tls-self-signed",
    19: "wire.tls-unknown-ca",
    20: "wire.tls-unknown-ca",
    21: "wire.tls-unknown-ca",
    62: "wire.tls-other-name",
    64: "wire.tls-other-name",
}
"""OpenSSL's X509_V_ERR numbers, by what the person must do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Host and port of a peer."""

    host: str
    port: int

    @classmethod
    def of(cls, address: str, port: int = 0) -> Place:
        """Out of ``host:port``; ``port`` if the address names none.

        >>> Place.of("10.0.0.8:22"), Place.of("[::1]:5432").host, Place.of("his", 22).peer
        (Place(host='10.0.0.8', port=22), '::1', 'his:22')
        """
        host, colon, told = address.rpartition(":")
        if not colon:
            host, told = address, str(port or "")
        right = host and told.isascii() and told.isdigit() and 0 < int(told) < 65536
        if not right or "/" in host or "@" in host:
            raise Fatal("wire.address", address=without_login(address))
        return cls(host.strip("[]"), int(told))

    @property
    def peer(self) -> str:
        """Its name in errors."""
        return f"{self.host}:{self.port}"


def probes(place: Place, *, context: ssl.SSLContext | None, clock: Clock) -> list[Probe]:
    """The first three steps. ``context`` is None where the wire has no TLS of its own."""
    return [
        Probe("dns", lambda: _resolved(place)),
        Probe("tcp", lambda: _connected(place), needs=("dns",)),
        Probe("tls", lambda: _agreed(place, context, clock), needs=("tcp",)),
    ]


def _resolved(place: Place) -> str | Open:
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(place.host)
        return Open(f"连接中写的是 IP 地址 {place.host}")
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Retriable("wire.name", peer=place.peer) from None
    return "，".join(dict.fromkeys(str(each[4][0]) for each in found))


def _connected(place: Place) -> str:
    with _socket(place):
        return place.peer


def _socket(place: Place) -> socket.socket:
    try:
        return socket.create_connection((place.host, place.port), SECONDS)
    except TimeoutError:
        raise Retriable("wire.connect-timeout", peer=place.peer) from None
    except OSError:
        raise Retriable("wire.refused", peer=place.peer) from None


def _agreed(place: Place, context: ssl.SSLContext | None, clock: Clock) -> str | Open:
    """With TLS 1.3 a peer may refuse our certificate only later: the login step tells that."""
    if context is None:
        return NOT_APPLICABLE
    with _socket(place) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=place.host) as secure:
                return _agreement(secure, clock())
        except OSError as error:
            raise _refusal(error, place) from None


def _agreement(secure: ssl.SSLSocket, now: datetime) -> str:
    told = secure.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(str(told["notAfter"])) if "notAfter" in told else 0
    days = int((ends - now.timestamp()) // 86_400)
    return f"{secure.version()}，对方证书还有 {days} 天到期"


def _refusal(error: OSError, place: Place) -> ZhidaError:
    if isinstance(error, ssl.SSLCertVerificationError):
        code = _CERTIFICATE.get(error.verify_code)
        if code is not None:
            return Fatal(code, peer=place.peer, reason=tls.why(error))
    return Fatal("wire.tls", peer=place.peer, reason=tls.why(error))
