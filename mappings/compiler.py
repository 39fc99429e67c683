"""A mapping file as one Python function (``mappings/files/<from>_<to>.yaml``).

``load(name)`` gives a ``Mapping``; ``apply`` maps one record and reports everything that is
wrong with it at once; ``digest`` pins what the mapping does, for notes and evidence.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from exchange.errors import Fatal, Invalid, Problem
from exchange.names import nearest
from mappings import digest, functions, reverse, shapes, site_codes, versions
from mappings.codegen import generate
from mappings.coverage import file_problems
from mappings.faults import Fault
from mappings.masks import mask
from mappings.named_files import content, normal
from mappings.parser import parse
from mappings.rules import MappingFile
from mappings.shape import Shape
from mappings.shapes import SHIPPED, Shapes
from mappings.yaml_file import decode_problem

_RUNTIME: AnyMapping[str, Any] = {
    "Fault": Fault,
    "section": functions.section,
    "items": functions.items,
    "missing": functions.missing,
    "leaf": functions.leaf,
    "as_text": functions.as_text,
}


@dataclass(frozen=True, slots=True)
class Mapping:
    """One compiled mapping file. Thread-safe: the function keeps no state."""

    name: str
    title: str
    target: str
    """Kind of the document it makes, or ``wire``."""
    valid_from: str
    """The first day of this version; empty: it held from the beginning."""
    code: str
    """The generated Python, for a person to read."""
    digest: str
    """Hex SHA-256 over the file's content (without its tests) and the code lists it uses."""
    file: MappingFile = field(repr=False)
    _function: Callable[[AnyMapping[str, Any], list[Problem]], dict[str, Any]] = field(repr=False)
    _shape: Shape | None = field(repr=False)
    """Of the document that it makes."""

    def apply(self, source: AnyMapping[str, Any]) -> dict[str, Any]:
        """The target record. ``Invalid`` carries every problem: path, rule, mask; no value.

        It names this mapping, so that what it stopped can be done once the mapping is mended.
        """
        try:
            return self._applied(source)
        except Invalid as error:
            error.by(self.name, self.digest)
            raise

    def _applied(self, source: AnyMapping[str, Any]) -> dict[str, Any]:
        if not isinstance(source, AnyMapping):
            raise Invalid("mapping.not-an-object", path="/", mask=mask(source))
        problems: list[Problem] = []
        record = self._function(source, problems)
        if problems:
            raise Invalid.of(problems)
        if self._shape is not None:
            self._shape.validate(record)
        return record

    def reverse(self) -> Mapping:
        """The mapping that undoes this one: a → b → a.

        ``Fatal``: ``mapping.one-way`` with the file's reason; ``mapping.no-way-back`` or
        ``mapping.not-restored`` with the first line in the way and all lines (``lines``).
        """
        found = reverse.problems(self.file)
        if found:
            listed = ", ".join(str(each.facts.get("line", 1)) for each in found)
            facts = {**found[0].facts, "file": f"{self.name}.yaml", "lines": listed[:200]}
            raise Fatal(found[0].code, **facts)
        text = reverse.text(self.file)
        return _compiled(f"{self.name}{reverse.SUFFIX}", text.encode(), self.file.shapes)

    def check(self) -> tuple[Problem, ...]:
        """What is wrong with the file although it compiles: its own tests, and its coverage."""
        return file_problems(self.file, self.apply)


def load(name: str, day: date | None = None) -> Mapping:
    """The shipped mapping ``name`` as it holds on ``day`` (None: today in China).

    ``Fatal("mapping.no-such-mapping")`` names the nearest; ``name@day`` is that very version.
    """
    if name not in stems() and name not in names():
        near = nearest(name, names())
        raise Fatal("mapping.no-such-mapping", name=name[:80], nearest=near)
    return _shipped(versions.in_force(stems(), name, day))


@cache
def _shipped(stem: str) -> Mapping:
    file = resources.files("mappings").joinpath("files", f"{stem}.yaml")
    return _compiled(stem, file.read_bytes(), SHIPPED)


@cache
def stems() -> tuple[str, ...]:
    """All files that are shipped, several of a mapping that has versions."""
    folder = resources.files("mappings").joinpath("files")
    found = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(f.name[:-5] for f in found if f.name.endswith(".yaml")))


def names() -> tuple[str, ...]:
    """All mappings that are shipped."""
    return tuple(sorted({versions.split(stem)[0] for stem in stems()}))


@cache
def places() -> AnyMapping[str, str]:
    """Where each shipped mapping lies, to be told beside another of its name."""
    folder = resources.files("mappings").joinpath("files")
    return {name: str(folder.joinpath(f"{name}.yaml")) for name in names()}


def compile_file(path: Path | str, site: Path | None = None) -> Mapping:
    """The mapping in a file of a site, which may have kinds of document of its own.

    ``Fatal`` tells the first problem, its line, how many.
    """
    file = Path(path)
    try:
        data = file.read_bytes()
    except OSError:
        raise Fatal("mapping.unreadable-file", file=file.name) from None
    beside = content(site, shapes.FOLDER, site_codes.FOLDER, site_codes.WALKS)
    return _remembered(normal(file.stem), data, shapes.of(site), beside)


@lru_cache(maxsize=512)
def _remembered(name: str, data: bytes, shapes: Shapes, beside: bytes) -> Mapping:
    """By content and not by name: ``beside`` is all that the text may refer to."""
    return _compiled(name, data, shapes)


def problems_of(
    data: bytes, name: str, shapes: Shapes = SHIPPED
) -> tuple[MappingFile | None, tuple[Problem, ...]]:
    """The parsed file, or everything that is wrong with its text (for ``mapping check``).

    ``name``: of the file, so with the day of a version.
    """
    wrong = decode_problem(data)
    if wrong is not None:
        return None, (wrong,)
    parsed, problems = parse(data.decode("utf-8-sig"), shapes)
    bare, since = versions.split(name)
    if parsed and parsed.name != bare:
        problems = (Problem("mapping.name-differs", {"line": 1, "name": parsed.name}),)
    elif parsed and parsed.content.get("valid_from", since) != since:
        problems = (Problem("mapping.other-day", {"line": 1, "day": since or "-"}),)
    return (None if problems else parsed), problems


def _compiled(name: str, data: bytes, shapes: Shapes) -> Mapping:
    parsed, problems = problems_of(data, name, shapes)
    if parsed is None:
        facts = {**problems[0].facts, "file": f"{name}.yaml", "count": len(problems)}
        raise Fatal(problems[0].code, **facts)
    code, bound = generate(parsed)
    scope = {**_RUNTIME, **bound}
    # The text holds nothing of the file but repr() of checked scalars: see mappings/codegen.py.
    exec(compile(code, f"<mapping {name!a}>", "exec"), scope)  # noqa: S102
    return Mapping(
        name=parsed.name,
        title=parsed.title,
        target=parsed.target,
        valid_from=versions.split(name)[1],
        code=code,
        digest=digest.of(parsed),
        file=parsed,
        _function=scope["apply"],
        _shape=None if parsed.target == "wire" else shapes.find(parsed.target),
    )
