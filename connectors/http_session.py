"""The socket side of a session of ours: our TLS context, and failures told apart in time.

urllib3 reports a reset during the TLS handshake with the same classes as a reset after the
request was sent. The first surely executed nothing, the second may have: so the connection
class says which it was.
"""

from __future__ import annotations

import base64
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter
from requests.utils import get_auth_from_url
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError

from connectors import tls
from connectors.http_errors import HandshakeError


class _Connection(HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except ConnectTimeoutError:
            raise  # TCP did not come about; already told apart
        except (OSError, HTTPError, ValueError) as error:
            raise HandshakeError(self, tls.why(error)) from None

    def send(self, data: Any) -> None:
        try:
            super().send(data)
        except ssl.SSLEOFError as error:
            raise tls.behind(error, self.sock) from None


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


def _places() -> tuple[tuple[str, int], ...]:
    """Where OpenSSL looks for the machine's authorities, and when each was changed: that may be today."""
    told = ssl.get_default_verify_paths()
    found = filter(None, (told.cafile, told.capath))
    return tuple((each, Path(each).stat().st_mtime_ns) for each in found)


@lru_cache(maxsize=4)
def _machine_s(_: tuple[tuple[str, int], ...]) -> ssl.SSLContext:
    """One of the machine's authorities for all sessions: to read them takes 30 ms, twice a session."""
    return tls.client()


class TrackedAdapter(HTTPAdapter):
    """requests' adapter over ``context`` alone; ``verify`` and ``cert`` of requests are not used.

    requests has no way to give the pass phrase of a key file, and sets its own bundle of
    authorities into whatever context it is given.
    """

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context or _machine_s(_places())
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As requests does, with our context and connection class."""
        super().init_poolmanager(*args, **(kwargs | self._tls()))
        self.poolmanager.pool_classes_by_scheme = _classes(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """As requests does, with our context and connection class."""
        found = super().proxy_manager_for(proxy, **(kwargs | self._tls()))
        found.pool_classes_by_scheme = _classes(found)
        return found

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        """The proxy's own login (RFC 7617) in UTF-8; requests knows Latin-1 only."""
        login, password = get_auth_from_url(proxy)
        told = base64.b64encode(f"{login}:{password}".encode()).decode()
        return {"Proxy-Authorization": f"Basic {told}"} if login else {}

    def _tls(self) -> dict[str, Any]:
        """urllib3 matches the host name itself where the context does not, unless told."""
        named = None if self._context.check_hostname else False
        return {"ssl_context": self._context, "assert_hostname": named}

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """Only the host distinguishes pools: TLS is the context's business."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing: the context verifies."""


def _classes(pools: Any) -> dict[str, Any]:
    return {**pools.pool_classes_by_scheme, "https": _Pool}
