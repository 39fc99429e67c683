"""The tables {their exception: ours} of the AMQP wire; the family is drawn in ``amqp.py``.

What an exception means depends on when it came: the same 403 is a wrong password while we log
in, and a missing permission afterwards. So there is one table for each.
"""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from amqp import exceptions as theirs

from connectors.tls import why
from exchange.errors import Fact, Fatal, Retriable, ZhidaError

Table = tuple[tuple[type[Exception], type[ZhidaError], str], ...]

# First match wins: the more special class stands before the more general one.
CONNECTING: Table = (
    (theirs.AccessRefused, Fatal, "amqp.login"),
    (theirs.NotAllowed, Fatal, "amqp.vhost"),
    (socket.gaierror, Retriable, "wire.name"),
    (ssl.SSLError, Retriable, "wire.tls"),
    (TimeoutError, Retriable, "wire.connect-timeout"),
    (ConnectionRefusedError, Retriable, "wire.refused"),
    (ConnectionError, Retriable, "amqp.handshake"),
    (OSError, Retriable, "wire.refused"),
    (UnicodeError, Fatal, "wire.address"),  # no host name can look like this
    (Exception, Retriable, "amqp.handshake"),
)
OPEN: Table = (
    (theirs.NotFound, Fatal, "amqp.not-found"),
    (theirs.PreconditionFailed, Fatal, "amqp.queue-differs"),
    (theirs.AccessRefused, Fatal, "amqp.forbidden"),
    (Exception, Retriable, "amqp.lost"),
)

FOREIGN = (
    theirs.AMQPError,
    OSError,
    # py-amqp reads frames without checks: what is no AMQP comes to light as one of these.
    LookupError,
    UnicodeError,
    struct.error,
)


@contextmanager
def told(table: Table, *, peer: str, **facts: Fact) -> Iterator[None]:
    """Let nothing of py-amqp's out but as one of ours, by ``table``."""
    try:
        yield
    except FOREIGN as error:
        raise ours(error, table, peer=peer, **facts) from None


def ours(error: Exception, table: Table, *, peer: str, **facts: Fact) -> ZhidaError:
    """Our error for one of theirs.

    >>> ours(theirs.NotFound("no exchange 'x'"), OPEN, peer="mq", name="x").code
    'amqp.not-found'
    >>> ours(BrokenPipeError(), OPEN, peer="mq").code
    'amqp.lost'
    """
    leaf, code = next((leaf, code) for kind, leaf, code in table if isinstance(error, kind))
    if code == "wire.refused" and not getattr(error, "errno", None):
        code = "amqp.handshake"  # of py-amqp's own making: the peer closed while we talked
    if code == "wire.address":
        return leaf(code, address=peer)
    if code == "wire.tls":
        facts["reason"] = why(error)
    return leaf(code, peer=peer, **facts)
