"""A lock file of pip's (``name==version ; marker``, hashes), compared with what is installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from exchange.errors import Fatal


@dataclass(frozen=True, slots=True)
class Differing:
    """A package that is installed in another version than the one wanted."""

    package: str
    found: str
    """``-``: it is not there."""
    wanted: str


def read(path: Path) -> dict[str, str]:
    """Name → version, of what this machine needs. ``Fatal doctor.lock`` if it is no lock file."""
    try:
        text = path.read_text("utf-8")
        wanted = [Requirement(line) for line in _lines(text)]
    except (OSError, UnicodeDecodeError, InvalidRequirement) as error:
        raise Fatal("doctor.lock", file=path.name, reason=type(error).__name__) from None
    found: dict[str, str] = {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in wanted
        if each.marker is None or each.marker.evaluate()
    }
    if not found:
        raise Fatal("doctor.lock", file=path.name, reason="empty")
    return found


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line[:1] not in ("", " ", "#", "-"):
            yield line.rstrip(" \\")


def against_lock(path: Path) -> Iterator[Differing]:
    """What is installed otherwise than the lock says. What is not installed may be for developers."""
    for name, wanted in read(path).items():
        found = installed(name)
        if found not in (wanted, "-"):
            yield Differing(name, found, wanted)


def against_needs(distribution: str) -> Iterator[Differing]:
    """What a distribution needs and does not have, or has in a version that it can't use."""
    for text in metadata.requires(distribution) or ():
        need = Requirement(text)
        if need.marker is not None and not need.marker.evaluate({"extra": ""}):
            continue
        found = installed(need.name)
        if found == "-" or not need.specifier.contains(found, prereleases=True):
            yield Differing(need.name, found, str(need.specifier) or "*")


def installed(name: str) -> str:
    """The version; ``-`` if there is none."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "-"
