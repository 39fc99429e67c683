"""Files that a person names: read and written, a failure told with its reason."""

from __future__ import annotations

from pathlib import Path

from exchange.errors import Fatal


def read(path: Path, most: int = -1) -> bytes:
    """At most ``most`` bytes of the file (-1: all). ``Fatal`` if it can't be read."""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise Fatal("cli.no-file", file=path.name, reason=type(error).__name__) from None


def token(path: Path) -> str:
    """A token out of a file, whatever white space a terminal or an editor put into it."""
    return "".join(read(path).decode("ascii", "replace").split())


def write(path: Path, data: bytes) -> None:
    """``Fatal`` if it can't be written."""
    try:
        path.write_bytes(data)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Fatal("file.unwritable", file=str(path), reason=reason) from None
