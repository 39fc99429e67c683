"""The names of one generated function: what it reads, where it writes, what is bound to it.

A name is a letter, a counter and what is left of the field's own name in ASCII, so that the text
can be read and nothing of the file can become code.
"""

from __future__ import annotations

import re
from typing import Any

from mappings.rules import MappingFile
from mappings.yaml_file import escape

_WORD = re.compile(r"[^A-Za-z0-9]+")


def segments(pointer: str) -> tuple[str, ...]:
    """The unescaped segments of a JSON Pointer.

    >>> segments("/a~1b/c")
    ('a/b', 'c')
    """
    return tuple(s.replace("~1", "/").replace("~0", "~") for s in pointer.split("/")[1:])


def slug(text: str) -> str:
    """What of a name may stand in an identifier.

    >>> slug("33.1 编号\\n")
    '33_1'
    """
    return _WORD.sub("_", text.encode("ascii", "ignore").decode())[:30].strip("_").lower()


class Bound:
    """The objects that the generated functions of one file refer to."""

    def __init__(self, file: MappingFile) -> None:
        self.file = file
        self.functions: list[str] = []
        self.objects: dict[str, Any] = {}
        self.lists = 0
        self._markers: dict[tuple[str, ...], str] = {}
        self._wire = {name for name, side in file.inputs.items() if not isinstance(side, str)}

    def bind(self, prefix: str, value: Any) -> str:
        """The name under which the code finds ``value``."""
        name = f"{prefix}_{len(self.objects) + 1}"
        self.objects[name] = value
        return name

    def markers(self, texts: tuple[str, ...]) -> str:
        """The name of a set of missing markers."""
        if texts not in self._markers:
            self._markers[texts] = self.bind("missing", frozenset(t.strip() for t in texts))
        return self._markers[texts]

    def is_wire(self, path: str) -> bool:
        """True for a field of a wire, whose JSON type nobody promises."""
        return "" in self._wire or segments(path)[0] in self._wire


class Scope:
    """One function's names.

    ``member_of``: the list whose members it maps, for the function of an ``each``.
    """

    def __init__(self, unit: Bound, member_of: str) -> None:
        self.unit = unit
        self.member_of = member_of
        self.fetch: list[str] = []
        self._sources: dict[tuple[str, ...], str] = {(): "source"}
        self._values: dict[tuple[str, tuple[str, ...]], str] = {}
        self._targets: dict[tuple[str, ...], str] = {(): "out"}

    def is_wire(self, path: str) -> bool:
        """True for a field of a wire."""
        return self.unit.is_wire(self.member_of or path)

    def path(self, pointer: str) -> str:
        """The pointer of a source field as an expression, for problems."""
        return f"at + {pointer!r}" if self.member_of else repr(pointer)

    def _source(self, parts: tuple[str, ...]) -> str:
        if parts not in self._sources:
            parent = self._source(parts[:-1])
            name = f"s{len(self._sources)}_{slug(parts[-1])}"
            path = self.path("".join(f"/{escape(part)}" for part in parts))
            self.fetch.append(f"{name} = section({parent}, {parts[-1]!r}, {path}, problems)")
            self._sources[parts] = name
        return self._sources[parts]

    def value(self, pointer: str, missing: tuple[str, ...]) -> str:
        """The variable of a source field; a missing marker has become None in it."""
        key = (pointer, missing)
        if key not in self._values:
            parts = segments(pointer)
            parent = self._source(parts[:-1])
            name = f"v{len(self._values) + 1}_{slug(parts[-1])}"
            markers = self.unit.markers(missing)
            self.fetch.append(f"{name} = {parent}.get({parts[-1]!r})")
            self.fetch.append(f"if isinstance({name}, str) and {name}.strip() in {markers}:")
            self.fetch.append(f"    {name} = None")
            self._values[key] = name
        return self._values[key]

    def place(self, pointer: str) -> str:
        """Where a target field is stored, as an expression that can be assigned to."""
        parts = segments(pointer)
        for depth in range(1, len(parts)):
            if parts[:depth] not in self._targets:
                name = f"o{len(self._targets)}_{slug(parts[depth - 1])}"
                self._targets[parts[:depth]] = name
        return f"{self._targets[parts[:-1]]}[{parts[-1]!r}]"

    def made(self) -> list[str]:
        """The lines that create the target objects."""
        return [f"{name} = {{}}" for name in self._targets.values()]

    def attached(self) -> list[str]:
        """Put the inner objects into the outer ones, innermost first, empty ones never."""
        lines = []
        for parts, name in sorted(self._targets.items(), key=lambda item: -len(item[0])):
            if parts:
                lines += [f"if {name}:", f"    {self._targets[parts[:-1]]}[{parts[-1]!r}] = {name}"]
        return lines
