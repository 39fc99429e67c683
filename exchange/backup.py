"""What a backup says of itself, and what must hold before it is put back."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from crypto import jws
from crypto.errors import CryptoError
from crypto.keys import PublicKey
from crypto.signer import Signer
from exchange import canonical, times
from exchange.errors import Fatal, Invalid
from exchange.store import ledger_rows, sealed_rows
from exchange.store.engine import Connection
from exchange.vault import Vault

FORMAT = "zhida-backup-1"
DUMP, MANIFEST, SIGNED = "store.dump", "manifest.json", "manifest.jws"
TYPE = "zhida-backup+jws"


@dataclass(frozen=True, slots=True)
class Seen:
    """The ledger's end and the needed keys, in the very state that was dumped."""

    size: int
    head: str
    """The newest signed head; empty if there is no entry yet."""
    revision: str
    buckets: tuple[str, ...]
    """Retention buckets in which bodies are sealed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The backup's description, in a file beside the dump."""

    format: str
    origin: str
    """Name of the site, as the ledger's heads tell it."""
    kind: str
    at: str
    digest: str
    """SHA-256 of the dump."""
    lookup: str
    """A keyed digest that only the right look-up key gives."""
    size: int
    head: str
    revision: str
    buckets: list[str]


def see(connection: Connection) -> Seen:
    """What the manifest tells of the store itself."""
    head = ledger_rows.head(connection)
    size, token = (head.size, head.token) if head else (0, "")
    revision = sealed_rows.revision(connection)
    return Seen(size, token, revision, tuple(sealed_rows.buckets(connection)))


def fingerprint(vault: Vault) -> str:
    """Says whether two vaults have the same look-up key, and nothing else about it."""
    return vault.tag("backup", "lookup")


def digest(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write(folder: Path, manifest: Manifest, key: Signer) -> None:
    """Beside the dump, as canonical JSON; and signed, since the ledger vouches for no other table."""
    plain = canonical.dumps(asdict(manifest))
    (folder / MANIFEST).write_bytes(plain)
    (folder / SIGNED).write_text(jws.sign(plain, key, {"typ": TYPE}), "ascii")


def read(folder: Path) -> Manifest:
    """The manifest, whose dump is the one that it was made with. ``Invalid``, ``Fatal``."""
    try:
        told = canonical.loads((folder / MANIFEST).read_bytes())
        found = Manifest(**told)
        times.instant(found.at)
    except (OSError, TypeError, ValueError, Invalid):
        raise Invalid("restore.manifest", folder=str(folder)) from None
    if found.format != FORMAT:
        raise Invalid("restore.manifest", folder=str(folder))
    if not (folder / DUMP).is_file() or digest(folder / DUMP) != found.digest:
        raise Fatal("restore.damaged", folder=str(folder))
    return found


def is_signed(folder: Path, keys: Sequence[PublicKey]) -> bool:
    """Is the manifest as one of these keys has signed it? False: nobody has signed it.

    ``Fatal`` if somebody else has, or it was changed since.
    """
    if not os.path.lexists(folder / SIGNED):
        return False
    with suppress(OSError, ValueError, CryptoError):
        token = (folder / SIGNED).read_text("ascii").strip()
        kid = jws.decode(token)[0].get("kid")
        for key in keys:
            if key.kid == kid:
                header, payload = jws.verify(token, key)
                if (header.get("typ"), payload) == (TYPE, (folder / MANIFEST).read_bytes()):
                    return True
    raise Fatal("restore.signature", folder=str(folder))


def check(manifest: Manifest, vault: Vault, *, origin: str, kind: str) -> None:
    """It is this site's, for this kind of database, and our look-up key is the one it knew.

    With another look-up key every event would have another effect key, and happen again.
    """
    if manifest.origin != origin:
        raise Fatal("restore.other-site", found=manifest.origin, wanted=origin)
    if manifest.kind != kind:
        raise Fatal("restore.other-kind", found=manifest.kind, wanted=kind)
    if not vault.has_lookup_key or fingerprint(vault) != manifest.lookup:
        raise Fatal("restore.lookup-differs")


def gone(buckets: Iterable[str], vault: Vault) -> list[str]:
    """The buckets whose key this vault has not: what is sealed in them stays closed."""
    return [bucket for bucket in buckets if not vault.has(bucket)]
