"""The table {their exception: ours} of the HTTP wires; the family is drawn in ``http.py``.

requests wraps urllib3 (``ConnectionError`` around ``MaxRetryError`` around the cause), and the
same requests class stands for "refused" and for "reset after sending". So the cause is dug out
first, and the table speaks of urllib3's classes, which keep the two apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import requests
from urllib3 import exceptions as theirs
from urllib3.connection import HTTPConnection

from connectors.tls import refused_us, why
from exchange.errors import Fatal, Retriable, Unknown, ZhidaError

Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]
"""Signs a prepared request; requests' own protocol."""


class HandshakeError(theirs.NewConnectionError):
    """TLS was not agreed on: told apart from a failure after the request was sent."""

    def __init__(self, connection: HTTPConnection, reason: str) -> None:
        super().__init__(connection, reason)
        self.reason = reason


# First match wins: the more special class stands before the more general one.
_TABLE: tuple[tuple[type[Exception], type[ZhidaError], str], ...] = (
    (theirs.ProxyError, Retriable, "wire.proxy"),  # wraps what the proxy's own connection met
    (HandshakeError, Retriable, "wire.tls"),
    (theirs.NameResolutionError, Retriable, "wire.name"),
    (theirs.NewConnectionError, Retriable, "wire.refused"),
    (theirs.ConnectTimeoutError, Retriable, "wire.connect-timeout"),
    (theirs.ReadTimeoutError, Unknown, "wire.no-answer"),
    (theirs.IncompleteRead, Unknown, "wire.cut-answer"),
    (theirs.DecodeError, Unknown, "wire.cut-answer"),
    (theirs.LocationValueError, Fatal, "wire.address"),
    (requests.exceptions.InvalidURL, Fatal, "wire.address"),
    (requests.exceptions.InvalidSchema, Fatal, "wire.address"),
    (requests.exceptions.MissingSchema, Fatal, "wire.address"),
    (requests.exceptions.InvalidHeader, Fatal, "wire.header"),
    (UnicodeError, Fatal, "wire.header"),  # written before the first byte leaves
    (requests.exceptions.InvalidProxyURL, Fatal, "wire.address"),
)


def ours(error: Exception, peer: str) -> ZhidaError:
    """Our error for one of theirs. What is not in the table may have been executed: Unknown."""
    causes = list(_causes(error))
    if any(refused_us(cause) for cause in causes):
        return Retriable("wire.tls", peer=peer, reason=why(causes[-1]))
    for kind, leaf, code in _TABLE:
        for cause in causes:
            if isinstance(cause, kind):
                return _made(leaf, code, cause, peer)
    return Unknown("wire.lost", peer=peer)


def _made(leaf: type[ZhidaError], code: str, cause: Exception, peer: str) -> ZhidaError:
    if isinstance(cause, HandshakeError):
        return leaf(code, peer=peer, reason=cause.reason)
    return leaf(code, address=peer) if code == "wire.address" else leaf(code, peer=peer)


def _causes(error: Exception | None) -> Iterator[Exception]:
    """The exception and what it wraps, outermost first.

    >>> [type(e).__name__ for e in _causes(theirs.ProtocolError("aborted", OSError()))]
    ['ProtocolError', 'OSError']
    """
    while error is not None:
        yield error
        reason = getattr(error, "reason", None)
        wrapped = [reason, *reversed(error.args)]
        error = next((inner for inner in wrapped if isinstance(inner, Exception)), None)


def before_sending(sign: Auth, peer: str) -> Auth:
    """An error while signing is none of the network's: surely nothing was sent."""

    def signed(request: requests.PreparedRequest) -> requests.PreparedRequest:
        try:
            return sign(request)
        except (ValueError, LookupError, TypeError, OSError) as error:
            raise Fatal("wire.unsigned", peer=peer, reason=type(error).__name__) from None

    return signed
