"""Whether a host is this machine: only then may a secret travel in clear unasked."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    """Told by the name alone: what a name server says today is no promise.

    >>> [is_loopback(host) for host in ("127.0.0.1", "localhost", "[::1]", "mq.example")]
    [True, True, True, False]
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
