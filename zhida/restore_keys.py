"""What was decided about keys after a backup stays decided when the backup is put back (G9, G12).

A restore must not bring a withdrawn key back to life. Each decision carries the signatures of the
two people who made it, so it can be taken over from the store that is replaced, and need not be
believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crypto.errors import CryptoError
from crypto.keys import PublicKey, load_private
from exchange import canonical
from exchange.ledger import Entry
from exchange.store import ledger_rows, trust_rows
from exchange.store.engine import Connection
from zhida import key_files
from zhida.key_book import ADD, IMPORT, KIND, REF
from zhida.site import Site
from zhida.trust import private_key

_OWN = ("kind", "ref", "at", "case")


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions of one store, and the certificates that they are about."""

    entries: tuple[Mapping[str, Any], ...] = ()
    certificates: Mapping[str, str] | None = None


def read(connection: Connection) -> Decided:
    """All of them, as they stand in the ledger."""
    rows = ledger_rows.entries_of(connection, KIND, REF)
    told = [canonical.loads(row.body) for row in rows]
    about = [each["item"] for each in told if each["action"] in (IMPORT, ADD)]
    found = {name: trust_rows.get_certificate(connection, name) for name in about}
    return Decided(tuple(told), {name: pem for name, pem in found.items() if pem})


def keep(connection: Connection, decided: Decided, epoch: str) -> Iterator[Entry]:
    """Those that the restored store does not know yet, entered anew."""
    known = [tuple(each["tokens"]) for each in read(connection).entries]
    for name, pem in (decided.certificates or {}).items():
        trust_rows.put_certificate(connection, name, pem)
    for each in decided.entries:
        if tuple(each["tokens"]) not in known:
            details = {name: value for name, value in each.items() if name not in _OWN}
            yield Entry(KIND, REF, details=details | {"epoch": epoch})


def hub_keys(site: Site, var: Path, secret: bytes) -> list[PublicKey]:
    """Every key that this hub can sign with, whatever any store says: the site's first, then others."""
    first = private_key(site, secret)
    found = [first.public]
    for file in sorted(key_files.folder(var).glob("*.key")):
        try:
            found.append(load_private(file.read_bytes(), secret).public)
        except (OSError, CryptoError):
            continue  # it has signed nothing that it could not sign now
    return list(dict.fromkeys(found))
