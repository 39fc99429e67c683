"""The hub's file area (``var/files``): large files while they come in, and when they are whole.

A file's name there is a keyed digest: it tells nothing, and the same content of the same provider in
the same bucket has the same one, so it is kept once. Another provider's is another file: who merely
knows digest and size must not have what was fetched from somebody else. ``‹tag›.part`` grows chunk by chunk, each on the disk before the next
is begun; ``‹tag›.whole`` has had its size and digests compared with the claim. The same content in
another bucket is another file: else destroying one bucket's key could not erase it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from exchange import file_disk, sealed_file
from exchange.errors import Fatal, Retriable
from exchange.file_chunks import DIGESTS, Reader, Writer
from exchange.sealed_file import Head
from exchange.vault import Vault

_TORN = ("file.broken", "vault.broken")


class FileArea:
    """Files by their tags. Thread-safe; who writes holds the file's lock (``exchange.locks``)."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder, self._vault = folder, vault

    def tag(self, bucket: str, size: int, told: Mapping[str, str], *, provider: str) -> str:
        """The name of ``provider``'s file of ``size`` bytes with these digests in this bucket."""
        digests = (told.get(each, "") for each in DIGESTS)
        return self._vault.tag("file", provider, bucket, str(size), *digests)

    def has(self, tag: str) -> bool:
        """Is it here, whole?"""
        return self._path(tag, "whole").exists()

    def kept(self, tag: str) -> int:
        """About how many bytes of it are on the disk, whole or not."""
        for state in ("whole", "part"):
            with suppress(FileNotFoundError):
                return self._path(tag, state).stat().st_size
        return 0

    def tags(self) -> list[str]:
        """Of every file that lies here, whole or not."""
        found = self._folder.glob("*.*") if self._folder.exists() else ()
        return sorted({path.stem for path in found})

    def can_open(self, tag: str) -> bool:
        """Is its bucket's key still there? What is torn is not gone: it is begun anew some day."""
        for state in ("whole", "part"):
            path = self._path(tag, state)
            if path.exists():
                with file_disk.told(), path.open("rb") as file:
                    return not sealed_file.is_erased(self._vault, file)
        return True

    def in_bucket(self, bucket: str) -> list[str]:
        """Tags of the files, whole or not, whose key lies in this bucket."""
        found = []
        with file_disk.told():
            for path in sorted(self._folder.glob("*.*")) if self._folder.exists() else ():
                with path.open("rb") as file:
                    if sealed_file.bucket_in(file) == bucket:
                        found.append(path.stem)
        return found

    @contextmanager
    def reading(self, tag: str, size: int) -> Iterator[Reader]:
        """A whole file to read from. ``Retriable("file.not-here")`` if it is not here."""
        with file_disk.told():
            try:
                file = self._path(tag, "whole").open("rb")
            except FileNotFoundError:
                raise Retriable("file.not-here") from None
        with file:
            yield Reader(file, sealed_file.head(self._vault, file, tag), size)

    @contextmanager
    def writing(self, bucket: str, tag: str, size: int, *, mark: str) -> Iterator[Writer]:
        """Go on with what is here of the file, or begin it.

        ``Retriable("file.written")`` while another does. What is here of a source that says another ``mark`` of itself now is begun anew. An error
        leaves whole chunks only.
        """
        with file_disk.told():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self._path(tag, "part")
            file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        with closing(file), file_disk.told():
            file_disk.own(file)
            known = self._known(file, bucket, tag)
            changed = known is not None and known.mark != mark
            if known is None or changed:
                known = self._begun(file, bucket, tag, mark)
            file_disk.require_room(self._folder, size - os.fstat(file.fileno()).st_size)
            writer = Writer(file, known, size, changed=changed)
            try:
                yield writer
            finally:
                writer.cut()

    def finish(self, tag: str) -> None:
        """From now on it is whole."""
        with file_disk.told():
            os.rename(self._path(tag, "part"), self._path(tag, "whole"))
            file_disk.sync(self._folder)

    def remove(self, tag: str) -> bool:
        """Remove it, whole or not, its key first. False if it was not here."""
        found = False
        with file_disk.told():
            for state in ("whole", "part"):
                path = self._path(tag, state)
                with suppress(FileNotFoundError):
                    file_disk.overwrite_head(path)
                    path.unlink()
                    file_disk.sync(self._folder)
                    found = True
        return found

    def _known(self, file: BinaryIO, bucket: str, tag: str) -> Head | None:
        """None: nothing is here, or the head was never whole."""
        try:
            return sealed_file.head(self._vault, file, tag)
        except Fatal as error:
            torn = error.code in _TORN or error.facts.get("bucket", bucket) != bucket
            if not torn:
                raise
            return None

    def _begun(self, file: BinaryIO, bucket: str, tag: str, mark: str) -> Head:
        data, head = sealed_file.new(self._vault, bucket, tag, mark)
        file.truncate(0)
        file.seek(0)
        file_disk.write(file, data)
        file_disk.sync(self._folder)
        return head

    def _path(self, tag: str, state: str) -> Path:
        return self._folder / f"{tag}.{state}"
