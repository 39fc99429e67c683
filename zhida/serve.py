"""``zhida serve``: the hub's own endpoint, for those who wait for an answer.

HTTP/1.1 over mutual TLS: who calls is known by the certificate, for a unit of the site. Without
TLS only on loopback, only if the site says so, and with a token. Certificates and clients are exchanged while it
answers (``zhida.serve_live``).
"""

from __future__ import annotations

import importlib
import ipaddress
import ssl
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from connectors import tls
from connectors.http_line import Limits
from connectors.http_server import HttpServer
from exchange.errors import Fatal
from exchange.ports import Endpoint
from exchange.store import document_rows, schema
from exchange.store.engine import THREADS
from zhida import serve_clients, serve_file
from zhida.hub import Hub
from zhida.serve_clients import Clients
from zhida.serve_door import HubDoor
from zhida.serve_file import Settings
from zhida.serve_live import Live
from zhida.serve_notes import Notes
from zhida.serve_rights import RIGHTS
from zhida.serve_roll import SiteRoll
from zhida.serve_route import Route


def open_server(
    hub: Hub, *, limits: Limits | None = None, answers: Sequence[Route] | None = None
) -> HttpServer:
    """The endpoint of the site, listening; its caller serves and closes it.

    ``answers``: other routes than those of the rights' modules.
    """
    settings = serve_file.load(hub.site)
    endpoint, notes = hub.endpoint(settings.connection), Notes(hub)
    schema.require_current(hub.store)
    address, secure = _address(endpoint), _secure(endpoint, settings)
    roll = SiteRoll(hub.site, settings, hub.trust.of)
    live = Live(roll.read, roll.files)
    clients = Clients(settings, serve_clients.tokens(hub, settings), hub.clock, live=live)
    found = routes(hub, settings) if answers is None else answers
    door = HubDoor(clients, found, partial(_ask_store, hub), notes)
    return HttpServer(
        address, door, tls=secure, limits=limits, at_once=THREADS, refused=notes.handshake
    )


def _secure(endpoint: Endpoint, settings: Settings) -> Live[ssl.SSLContext] | None:
    """The context of the moment; None without TLS."""
    if _context(endpoint, settings) is None:
        return None
    names = ("cert", "key", "client_ca", "crl")
    files = [Path(endpoint.extra[name]) for name in names if endpoint.extra.get(name)]
    return Live(partial(_context_of, endpoint, settings), lambda: files)


def _context_of(endpoint: Endpoint, settings: Settings) -> ssl.SSLContext:
    found = _context(endpoint, settings)
    if found is None:
        raise Fatal("serve.no-certificate", connection=settings.connection, missing="cert")
    return found


def _ask_store(hub: Hub) -> None:
    with hub.store.read() as connection:
        document_rows.has_documents(connection)


def routes(hub: Hub, settings: Settings) -> list[Route]:
    """What can be asked here: the routes of every right that some client has."""
    wanted = {right for client in settings.clients.values() for right in client.may}
    modules = dict.fromkeys(RIGHTS[right] for right in sorted(wanted))
    return [route for name in modules for route in _of_module(name, hub, settings)]


def _of_module(name: str, hub: Hub, settings: Settings) -> Iterable[Route]:
    found: Iterable[Route] = importlib.import_module(name).routes(hub, settings)
    return found


def _address(endpoint: Endpoint) -> tuple[str, int]:
    host, _, port = endpoint.address.rpartition(":")
    if not host or not port.isdecimal():
        raise Fatal("serve.address", address=endpoint.address)
    return host.strip("[]"), int(port)


def _context(endpoint: Endpoint, settings: Settings) -> ssl.SSLContext | None:
    """``Fatal``: in the clear beyond this machine, or without asking who calls."""
    host, _ = _address(endpoint)
    if settings.without_tls:
        if not is_loopback(host):
            raise Fatal("serve.in-the-clear", host=host)
        return None
    told = endpoint.extra
    missing = [name for name in ("cert", "client_ca") if not told.get(name)]
    if missing:
        raise Fatal("serve.no-certificate", connection=settings.connection, missing=missing[0])
    return tls.server(
        cert=told["cert"],
        key=told.get("key", ""),
        password=told.get("key_password", ""),
        client_ca=told["client_ca"],
        crl=told.get("crl", ""),
    )


def is_loopback(host: str) -> bool:
    """Can only this machine reach it?

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("db.local")
    (True, True, False, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
