"""The kinds of document: those that are shipped (``mappings/shapes``), and a site's own beside them.

A joint service or a system that we do not know brings kinds of its own, as files of the site
(``documents/NAME.yaml``). The name of the file is the name of the kind. A file that changes is
seen at the next question: what was read is remembered by its content, not by its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from exchange.errors import Fatal, Problem
from mappings import named_files, shape_file, shape_leaves, site_codes
from mappings.formats import FORMATS
from mappings.named_files import NamedFiles
from mappings.shape import Shape
from mappings.yaml_file import read_yaml

__all__ = ["FOLDER", "FORMATS", "SHIPPED", "Shapes", "kinds", "of", "problems", "shape", "validate"]

FOLDER = "documents"


@dataclass(frozen=True, slots=True)
class Shapes:
    """The kinds of one site. Thread-safe."""

    site: Path | None = None

    def kinds(self) -> tuple[str, ...]:
        """All kinds of document that have a shape."""
        return self._files().names()

    def find(self, kind: str) -> Shape:
        """The shape of a kind.

        ``Fatal``: ``shape.no-such-kind`` names the nearest, ``shape.two-of-a-name`` both files; a
        file that describes no shape tells its first problem.
        """
        own = self._files().find(kind)
        return _shipped_shape(kind) if own is None else _own_shape(own)

    def shape(self, kind: str) -> Mapping[str, Any]:
        """The JSON Schema of a kind."""
        return self.find(kind).schema

    def validate(self, kind: str, record: Mapping[str, Any]) -> None:
        """Check a whole record of ``kind``; ``Invalid`` with every problem at once."""
        self.find(kind).validate(record)

    def _files(self) -> NamedFiles:
        own = named_files.of_site(self.site, FOLDER)
        return NamedFiles(_places(), own, "shape.no-such-kind", "shape.two-of-a-name")

    def problems(self) -> Iterator[Problem]:
        """Everything that is wrong with the site's files, each with its file (and line)."""
        files = self._files()
        yield from files.clashes()
        for kind, path in files.own.items():
            for each in (*_file_problems(kind, path), *self._unknown_lists(path)):
                yield Problem(each.code, {"file": path.name, **each.facts})

    def _unknown_lists(self, path: Path) -> Iterator[Problem]:
        """Of a file that is right in itself, the code lists that there are not."""
        lists = site_codes.of(self.site)
        try:
            shape = _own_shape(path)
        except Fatal:
            return
        for scheme in sorted(set(shape_leaves.lists(shape.schema))):
            try:
                lists.scheme(scheme)
            except Fatal as error:
                yield from error.problems


SHIPPED = Shapes()
"""Without a site."""


def of(site: Path | None) -> Shapes:
    """The shipped kinds and those of a site's folder."""
    return Shapes(site)


def problems(site: Path) -> Iterator[Problem]:
    """Everything that is wrong with the kinds that a site brings."""
    return of(site).problems()


def kinds() -> tuple[str, ...]:
    """The shipped kinds."""
    return SHIPPED.kinds()


def shape(kind: str) -> Mapping[str, Any]:
    """The JSON Schema of a shipped kind. ``Fatal("shape.no-such-kind")`` names the nearest one.

    >>> shape("birth-record")["title"]
    '出生记录'
    """
    return SHIPPED.shape(kind)


def validate(kind: str, record: Mapping[str, Any]) -> None:
    """Check a whole record of a shipped kind; ``Invalid`` with every problem at once.

    >>> from exchange.errors import Invalid
    >>> try: validate("citizen-id", {"citizen_id": "1"})
    ... except Invalid as error: sorted({p.code for p in error.problems})
    ['shape.missing', 'shape.wrong-format']
    """
    SHIPPED.validate(kind, record)


@cache
def _places() -> Mapping[str, str]:
    folder = resources.files("mappings").joinpath("shapes")
    return {f.name[:-5]: str(f) for f in folder.iterdir() if f.name.endswith(".yaml")}


@cache
def _shipped_shape(kind: str) -> Shape:
    text = resources.files("mappings").joinpath("shapes", f"{kind}.yaml").read_text("utf-8")
    return Shape.of(kind, read_yaml(text).data)


def _own_shape(path: Path) -> Shape:
    return _of_content(named_files.normal(path.stem), path.name, _bytes(path))


@lru_cache(maxsize=256)
def _of_content(kind: str, file: str, data: bytes) -> Shape:
    found, wrong = shape_file.parse(data, kind)
    if found is None:
        facts = {**wrong[0].facts, "file": file, "count": len(wrong)}
        raise Fatal(wrong[0].code, **facts)
    return found


def _file_problems(kind: str, path: Path) -> tuple[Problem, ...]:
    try:
        return shape_file.parse(_bytes(path), kind)[1]
    except Fatal as error:
        return (Problem(error.code, error.facts),)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Fatal("shape.unreadable-file", file=path.name) from None
