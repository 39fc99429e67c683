"""A bucket's bodies for the archive: opened here, and encrypted so that only the archive can read them.

Volumes are ZIP files in CMS envelopes (RFC 5652, AES-256) for the archive's RSA certificate: ``openssl
cms -decrypt`` opens them, so the archive needs nothing of ours. Each holds its bodies and ``list.csv``
with their digests. Beside them ``manifest.json``, signed by the hub (``manifest.jws``).
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509

from crypto import jws
from exchange import canonical, times
from exchange.errors import Fatal, Rejected
from exchange.ledger import Entry
from exchange.store import sealed_rows
from exchange.store.sealed_rows import Body
from zhida import files, vault_book, vault_recipient
from zhida.hub import Hub
from zhida.operators import Signatory

FORMAT, TYPE = "zhida-archive-1", "zhida-archive+jws"
MANIFEST, SIGNED, LIST = "manifest.json", "manifest.jws", "list.csv"
VOLUME = 32 << 20
"""Bytes of bodies in a volume, about: a volume is in memory once."""
_FOLDERS = {"document": "documents", "raw": "read-from"}
_ENDINGS = {"document": ".sd-jwt", "raw": ".json", "receipt": ".json"}
Tell = Callable[[int], None]


@dataclass(slots=True)
class Listing:
    """Digest over all sealed bodies, so that what came later is noticed."""

    count: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    def add(self, body: Body) -> None:
        """The next one."""
        sealed = hashlib.sha256(body.sealed).hexdigest()
        self._digest.update(f"{body.what}\t{body.about}\t{sealed}\n".encode())
        self.count += 1

    def hex(self) -> str:
        """Over those that were added."""
        return str(self._digest.hexdigest())


def export(
    hub: Hub, who: Signatory, bucket: str, folder: Path, tell: Tell = lambda _: None
) -> dict[str, Any]:
    """Write what two people have decided to hand over, into a new folder; then say so in the ledger."""
    if folder.exists():
        raise Rejected("backup.exists", folder=str(folder))
    recipient = vault_recipient.of(hub, bucket)
    draft = folder.with_name(f".{folder.name}.{os.urandom(4).hex()}")
    files.make_folder(draft)
    try:
        manifest = _written(hub, bucket, draft, recipient, tell)
        draft.rename(folder)
    except OSError as error:
        raise Fatal("file.unwritable", file=str(folder), reason=error.strerror or "") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _note(hub, who, bucket, manifest)
    return manifest


def listing(hub: Hub, bucket: str) -> Listing:
    """Of what lies there now."""
    found = Listing()
    with hub.store.read() as connection:
        for body in sealed_rows.bodies(connection, bucket):
            found.add(body)
    return found


def _written(
    hub: Hub, bucket: str, folder: Path, recipient: x509.Certificate, tell: Tell
) -> dict[str, Any]:
    told, volumes = Listing(), []
    for number, data in enumerate(_volumes(hub, bucket, told, tell), 1):
        name, sealed = f"{bucket}-{number:04}.zip.p7m", vault_recipient.enveloped(data, recipient)
        _put(folder / name, sealed)
        digest = hashlib.sha256(sealed).hexdigest()
        volumes.append({"file": name, "bytes": len(sealed), "sha256": digest})
    manifest = {
        "format": FORMAT,
        "site": hub.site.name,
        "bucket": bucket,
        "at": times.stamp(hub.clock()),
        "recipient": vault_recipient.fingerprint(recipient),
        "bodies": told.count,
        "listing": told.hex(),
        "volumes": volumes,
    }
    plain = canonical.dumps(manifest)
    _put(folder / MANIFEST, plain)
    _put(folder / SIGNED, jws.sign(plain, hub.signer, {"typ": TYPE}).encode())
    return manifest


def _volumes(hub: Hub, bucket: str, told: Listing, tell: Tell) -> Iterator[bytes]:
    some: list[tuple[Body, bytes]] = []
    size = 0
    with hub.store.read() as connection:
        for body in sealed_rows.bodies(connection, bucket):
            told.add(body)
            plain = hub.vault.unseal(body.sealed, about=body.about)
            some.append((body, plain))
            size += len(plain)
            if size > VOLUME:
                yield _zipped(some)
                some, size = [], 0
                tell(told.count)
    if some:
        yield _zipped(some)


def _zipped(some: list[tuple[Body, bytes]]) -> bytes:
    data, text = io.BytesIO(), io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["file", "what", "about", "sha256"])
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for body, plain in some:
            name = _name(body)
            packed.writestr(zipfile.ZipInfo(name), plain)
            rows.writerow([name, body.what, body.about, hashlib.sha256(plain).hexdigest()])
        packed.writestr(zipfile.ZipInfo(LIST), text.getvalue())
    return data.getvalue()


def _name(body: Body) -> str:
    about = body.about.removesuffix("/raw").replace("/", "-")
    return f"{_FOLDERS.get(body.what, body.what)}/{about}{_ENDINGS.get(body.what, '')}"


def _put(path: Path, data: bytes) -> None:
    files.write_private(path, data)


def _note(hub: Hub, who: Signatory, bucket: str, manifest: dict[str, Any]) -> None:
    digest = hashlib.sha256(canonical.dumps(manifest)).hexdigest()
    told = {name: manifest[name] for name in ("bodies", "listing", "recipient")}
    about = {"bucket": bucket, "manifest": digest, **told}
    token = who.sign(vault_book.ARCHIVED, about, reason="", now=hub.clock())
    details = {**about, "operator": who.operator.name, "token": token}
    hub.ledger.commit(lambda _: [Entry(vault_book.ARCHIVED, bucket, details=details)])
