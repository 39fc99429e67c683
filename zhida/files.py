"""Files that a person names: read and written, a failure told with its reason."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from exchange.errors import Fatal


def read(path: Path, most: int = -1) -> bytes:
    """The whole file. ``Fatal`` if it can't be read, or has more than ``most`` bytes (-1: any).

    A part of a file would pass for the whole.
    """
    try:
        with path.open("rb") as file:
            found = file.read(most + 1 if most >= 0 else -1)
    except OSError as error:
        raise Fatal("cli.no-file", file=path.name, reason=type(error).__name__) from None
    if 0 <= most < len(found):
        raise Fatal("cli.too-big", file=path.name, limit=most)
    return found


def token(path: Path) -> str:
    """A token out of a file, whatever white space a terminal or an editor put into it."""
    return "".join(read(path).decode("ascii", "replace").split())


def write(path: Path, data: bytes) -> None:
    """``Fatal`` if it can't be written; what was there before is whole then."""
    write_all({path: data})


def write_all(files: Mapping[Path, bytes]) -> None:
    """All of them or none, as far as a disk lets: each stands written beside its place first.

    ``Fatal`` names the file that can't be written. What is no plain file (``/dev/stdout``) is
    written to as it is.
    """
    waiting: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            try:
                _put(path, data, waiting)
            except OSError as error:
                raise _unwritable(path, error) from None
        for beside, path in waiting.items():
            try:
                os.replace(beside, path)
            except OSError as error:
                raise _unwritable(path, error) from None
    finally:
        for beside in waiting:
            beside.unlink(missing_ok=True)


def write_private(path: Path, data: bytes) -> None:
    """A new file that only this user can read. ``Fatal`` if there is one, or it can't be written."""
    require_new(path)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(path, error) from None


def require_new(path: Path) -> None:
    """``Fatal`` if there is something already."""
    if path.exists() or path.is_symlink():
        raise Fatal("cli.exists", file=path.name)


def make_folder(folder: Path) -> None:
    """With those above it. ``Fatal`` if it can't be made, or is a file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _put(path: Path, data: bytes, waiting: dict[Path, Path]) -> None:
    """A link is followed; the new file has the rights of the one that it replaces."""
    place = Path(os.path.realpath(path))
    if place.exists() and not place.is_file():
        place.write_bytes(data)
        return
    beside = place.with_name(f".zhida-{os.getpid()}-{len(waiting)}.new")
    with beside.open("xb") as file:
        waiting[beside] = place
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        shutil.copymode(place, beside)


def _unwritable(path: Path, error: OSError) -> Fatal:
    return Fatal("file.unwritable", file=str(path), reason=error.strerror or type(error).__name__)
