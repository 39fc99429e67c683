"""What the hub is made of: the packages of a lock file, with their hashes, licences and origin."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.utils import canonicalize_name

from zhida import licence_words, lock_file

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Package:
    """One package of a lock."""

    name: str
    version: str
    hashes: tuple[str, ...]
    """SHA-256 of each file that the lock allows, sorted."""
    licence: str
    """SPDX; ``NOASSERTION`` where it is not installed or does not say."""

    @property
    def purl(self) -> str:
        """Package URL.

        >>> Package("zeep", "4.3.3", (), "MIT").purl
        'pkg:pypi/zeep@4.3.3'
        """
        return f"pkg:pypi/{self.name}@{self.version}"


def packages(lock: Path, installed: Path | None = None) -> list[Package]:
    """Those that this machine needs, by name. ``installed``: the folder of packages in which to look
    for licences; None: where this program's own come from. ``Fatal doctor.lock``.
    """
    hashes, licences = _hashes(lock), _licences(installed)
    return [
        Package(name, version, hashes.get(name, ()), licences.get(name, licence_words.UNKNOWN))
        for name, version in sorted(lock_file.read(lock).items())
    ]


def _hashes(lock: Path) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in lock.read_text("utf-8").splitlines():
        if line[:1].isalnum():
            name = canonicalize_name(line.partition("==")[0])
        found.setdefault(name, []).extend(_HASH.findall(line))
    return {name: tuple(sorted(each)) for name, each in found.items()}


def _licences(installed: Path | None) -> Mapping[str, str]:
    places = sys.path if installed is None else [str(installed)]
    return {
        canonicalize_name(each.metadata["Name"]): _licence(each)
        for each in metadata.distributions(path=places)
    }


def _licence(found: metadata.Distribution) -> str:
    told = found.metadata
    classifiers = [
        each.rpartition("::")[2].strip()
        for each in told.get_all("Classifier") or []
        if each.startswith("License ::")
    ]
    expression, licence = ((told.get_all(n) or [""])[0] for n in ("License-Expression", "License"))
    return licence_words.spdx(expression, licence, classifiers)
