"""Where a database is, out of SQLAlchemy's address: for whoever opens the firewall.

Only SQLAlchemy knows where in such an address the password ends: it may hold a ``/``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from exchange.errors import Fatal


@dataclass(frozen=True, slots=True)
class Place:
    """A server, or a file of this machine (then ``host`` is empty)."""

    dialect: str
    host: str
    port: int
    """0: the address does not say."""


def place(url: str) -> Place:
    """The place without login. ``Fatal store.url`` for what is no such address.

    >>> place("postgresql+psycopg://zhida:p/w@db:6432/zhida")
    Place(dialect='postgresql', host='db', port=6432)
    """
    try:
        told = make_url(url)
    except (ArgumentError, ValueError):
        raise Fatal("store.url", reason="ArgumentError") from None
    return Place(told.get_backend_name(), told.host or "", told.port or 0)


def mark(url: str) -> str:
    """A short name for the database itself, whoever logs in and by which driver.

    >>> mark("postgresql+psycopg://a:b@db:5432/zhida") == mark("postgresql://c:d@db:5432/zhida?x=y")
    True
    """
    where = place(url)
    told = f"{where.dialect} {where.host} {where.port} {make_url(url).database}"
    return hashlib.sha256(told.encode()).hexdigest()[:12]
