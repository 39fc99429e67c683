"""``zhida backup``: a consistent copy of the store while workers go on, described and sealed off.

The keys of the retention buckets are never in it: with them a backup would keep alive what was
erased by destroying a key. They are copied apart, for another place.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from exchange import backup, times
from exchange.backup import Manifest
from exchange.errors import Rejected, Retriable
from exchange.store.copies import copies
from zhida.hub import Hub
from zhida.key_files import FOLDER


def make(hub: Hub, folder: Path) -> Manifest:
    """A new folder with dump and signed manifest; it has its name only when it is whole.

    ``Rejected`` if the folder is there already.
    """
    _require_new(folder)
    draft = folder.with_name(f".{folder.name}.{os.urandom(4).hex()}")
    try:
        draft.mkdir(parents=True, mode=0o700)
        made = _fill(hub, draft)
        draft.rename(folder)
    except OSError as error:
        raise Retriable(
            "backup.unwritable", folder=str(folder), reason=error.strerror or ""
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return made


def copy_keys(keys: Path, folder: Path) -> int:
    """The wrapped keys, and the hub's further signing keys, into a new folder of their own; how many.

    ``Rejected`` if it is there.
    """
    _require_new(folder)
    try:
        folder.mkdir(parents=True, mode=0o700)
        found = sorted(keys.glob("*.key"))
        for file in found:
            shutil.copy2(file, folder / file.name)
        signing = sorted(keys.with_name(FOLDER).glob("*.key"))
        if signing:
            (folder / FOLDER).mkdir(mode=0o700)
        for file in signing:
            shutil.copy2(file, folder / FOLDER / file.name)
    except OSError as error:
        raise Retriable(
            "backup.unwritable", folder=str(folder), reason=error.strerror or ""
        ) from None
    return len(found) + len(signing)


def _require_new(folder: Path) -> None:
    if folder.exists():
        raise Rejected("backup.exists", folder=str(folder))


def _fill(hub: Hub, draft: Path) -> Manifest:
    at = times.stamp(hub.clock())
    means, file = copies(hub.store_url), draft / backup.DUMP
    seen = means.dump(file, backup.see)
    file.chmod(0o600)
    made = Manifest(
        format=backup.FORMAT,
        origin=hub.site.name,
        kind=means.kind,
        at=at,
        digest=backup.digest(file),
        lookup=backup.fingerprint(hub.vault),
        size=seen.size,
        head=seen.head,
        revision=seen.revision,
        buckets=list(seen.buckets),
    )
    backup.write(draft, made, hub.trust.own_key())
    return made
