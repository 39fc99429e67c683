"""Code lists and crosswalks of a site (its folder ``codes``), beside those that are shipped.

A district has lists that no standard knows: its items, its reasons, the codes of one vendor. They
are found by name like the shipped ones, in mapping files and by ``zhida code``; one that is called
like a shipped list would change silently what its name stands for, so it is an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from exchange.errors import Fatal, Problem
from mappings import code_file, codes, named_files
from mappings.codes import CodeList, Crosswalk
from mappings.named_files import NamedFiles

FOLDER = "codes"
WALKS = "codes/crosswalks"
_SUFFIX = ".csv"
_MEANT = {".txt", ".xls", ".xlsx", ".et", ".tsv", ".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one site. Thread-safe; a file is read anew when it has changed."""

    site: Path | None = None

    def names(self) -> tuple[str, ...]:
        """All lists there are."""
        return self._files(FOLDER).names()

    def walks(self) -> tuple[str, ...]:
        """All crosswalks there are."""
        return self._files(WALKS).names()

    def is_own(self, name: str) -> bool:
        """Whether the list is the site's and not shipped."""
        return name in self._files(FOLDER).own

    def scheme(self, name: str) -> CodeList:
        """The list ``name``.

        ``Fatal``: ``mapping.no-such-scheme`` names the nearest, ``mapping.two-lists-of-a-name``
        both files; a file that is no list tells its first problem.
        """
        own = self._files(FOLDER).find(name)
        return codes.scheme(name) if own is None else _own_list(own)

    def crosswalk(self, name: str) -> Crosswalk:
        """The crosswalk ``name``; between lists that are shipped, the site's, or one of each."""
        own = self._files(WALKS).find(name)
        return codes.crosswalk(name) if own is None else self._own_walk(own)

    def problems(self) -> Iterator[Problem]:
        """Everything that is wrong with the site's lists, each with its file (and line)."""
        for folder, read in ((FOLDER, _list_problems), (WALKS, self._walk_problems)):
            files = self._files(folder)
            yield from files.clashes()
            for path in files.own.values():
                for each in read(path):
                    yield Problem(each.code, {"file": path.name, **each.facts})
            yield from self._strays(folder)

    def _strays(self, folder: str) -> Iterator[Problem]:
        """Workbooks and ``.csv.txt``, which would be passed over in silence."""
        found = sorted((self.site / folder).glob("*")) if self.site else []
        for path in found:
            meant = path.is_file() and path.suffix.lower() in _MEANT
            if meant and not path.name.startswith((".", "~")):
                yield Problem("mapping.list-stray", {"file": path.name})

    def _files(self, folder: str) -> NamedFiles:
        shipped = {name: f"mappings/{folder}/{name}{_SUFFIX}" for name in codes.names(folder)}
        unknown = "mapping.no-such-scheme" if folder == FOLDER else "mapping.no-such-crosswalk"
        own = {} if _is_shipped(self.site) else named_files.of_site(self.site, folder, _SUFFIX)
        return NamedFiles(shipped, own, unknown, "mapping.two-lists-of-a-name")

    def _own_walk(self, path: Path) -> Crosswalk:
        data = _bytes(path)
        header, pairs, wrong = code_file.walk(data)
        _refuse(path, wrong)
        name = named_files.normal(path.stem)
        source, target = self.scheme(header["from_scheme"]), self.scheme(header["to_scheme"])
        if not (pairs.keys() <= source.codes.keys() and set(pairs.values()) <= target.codes.keys()):
            raise Fatal("mapping.broken-crosswalk", name=name)
        return Crosswalk(name, source, target, pairs, hashlib.sha256(data).hexdigest())

    def _walk_problems(self, path: Path) -> tuple[Problem, ...]:
        try:
            wrong = code_file.walk(_bytes(path))[2]
            if not wrong:
                self._own_walk(path)
        except Fatal as error:
            return tuple(error.problems)
        return wrong


SHIPPED = Lists()
"""Without a site."""


def of(site: Path | None) -> Lists:
    """The shipped lists and those of a site's folder."""
    return Lists(site)


def problems(site: Path) -> Iterator[Problem]:
    """Everything that is wrong with the lists that a site brings."""
    return of(site).problems()


def _is_shipped(site: Path | None) -> bool:
    """A mapping that is shipped lies beside the shipped lists, which are nobody's own."""
    return site is not None and site.resolve() == Path(__file__).resolve().parent


def _own_list(path: Path) -> CodeList:
    found, wrong = _of_content(named_files.normal(path.stem), _bytes(path))
    _refuse(path, wrong)
    assert found is not None  # noqa: S101 - without problems there is a list
    return found


@lru_cache(maxsize=256)
def _of_content(name: str, data: bytes) -> tuple[CodeList | None, tuple[Problem, ...]]:
    return code_file.code_list(data, name)


def _list_problems(path: Path) -> tuple[Problem, ...]:
    try:
        return _of_content(named_files.normal(path.stem), _bytes(path))[1]
    except Fatal as error:
        return tuple(error.problems)


def _refuse(path: Path, wrong: tuple[Problem, ...]) -> None:
    if wrong:
        raise Fatal(wrong[0].code, **{**wrong[0].facts, "file": path.name, "count": len(wrong)})


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Fatal("mapping.list-unreadable", file=path.name) from None
