"""Rows of certificates, revocation lists and the sources of lists."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import func, select

from exchange.store import ledger_rows, upsert
from exchange.store.engine import Connection
from exchange.store.ledger_rows import EntryRow
from exchange.store.tables import ledger_entry
from exchange.store.trust_tables import certificate, revocation_list, revocation_source


@dataclass(frozen=True, slots=True)
class ListRow:
    """The newest list of an issuer, as it came."""

    issuer: str
    der: bytes
    digest: str
    this_update: str
    next_update: str
    taken_at: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """How a source of lists is doing."""

    name: str
    next_at: str = ""
    failing_since: str = ""
    code: str = ""


def put_certificate(connection: Connection, fingerprint: str, pem: str) -> None:
    """Keep a certificate; the same once more changes nothing."""
    upsert.insert_new(connection, certificate, {"fingerprint": fingerprint, "pem": pem})


def get_certificate(connection: Connection, fingerprint: str) -> str:
    """Its PEM; empty if it is not here."""
    query = select(certificate.c.pem).where(certificate.c.fingerprint == fingerprint)
    return connection.execute(query).scalar() or ""


def put_list(connection: Connection, row: ListRow) -> None:
    """The issuer's newest list from now on."""
    upsert.put(connection, revocation_list, asdict(row))


def lists(connection: Connection) -> list[ListRow]:
    """The newest list of each issuer."""
    query = select(revocation_list).order_by(revocation_list.c.issuer)
    return [ListRow(*row) for row in connection.execute(query)]


def put_source(connection: Connection, row: SourceRow) -> None:
    """How the source is doing now."""
    upsert.put(connection, revocation_source, asdict(row))


def sources(connection: Connection) -> dict[str, SourceRow]:
    """Every source that was ever looked at, by name."""
    found = [SourceRow(*row) for row in connection.execute(select(revocation_source))]
    return {row.name: row for row in found}


def decisions(connection: Connection) -> list[EntryRow]:
    """The entries by which people withdraw or give trust, and hold cases; found by the index of ``ref``."""
    keys = ledger_rows.entries_of(connection, "key", "keys")
    return [*keys, *ledger_rows.entries_about(connection, "hold/")]


_KEYS = select(func.max(ledger_entry.c.seq)).where(ledger_entry.c.ref == "keys")
_LISTS = select(revocation_list.c.digest).order_by(revocation_list.c.issuer)


def state(connection: Connection, *, with_lists: bool) -> tuple[int, str]:
    """Changes whenever a key or a list does: the last entry about keys, the lists' digests. No
    clock is in it, for those of two machines differ.

    ``with_lists``: False where the site has no source of lists, so that nothing is asked in vain.
    """
    seq = connection.execute(_KEYS).scalar()
    kept = connection.execute(_LISTS).scalars() if with_lists else ()
    return (-1 if seq is None else int(seq), " ".join(kept))
