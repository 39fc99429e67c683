"""What people call kinds, fields and codes of documents: the titles of the shapes, the names of the code lists.

What it does not know keeps its own name: a kind that is gone, a field of a newer version, a code that
no list has. Whoever shows a title shows the pointer beside it: the pointer is what was signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange.errors import ZhidaError
from mappings import shape_leaves, shapes, site_codes, titles
from mappings.shape_leaves import Schema
from mappings.shapes import Shapes
from mappings.site_codes import Lists

_TRUTH = {True: "是", False: "否"}


class FieldWords:
    """Remembers each kind that it was asked for: one is made for one page, one report."""

    def __init__(self, known: Shapes = shapes.SHIPPED, lists: Lists = site_codes.SHIPPED) -> None:
        self._shapes, self._lists = known, lists
        self._read: dict[str, tuple[Schema, Mapping[str, str]]] = {}

    def kind(self, kind: str) -> str:
        """Title of a kind.

        >>> FieldWords().kind("birth-record"), FieldWords().kind("gone")
        ('出生记录', 'gone')
        """
        return str(self._of(kind)[0].get("title", kind))

    def field(self, kind: str, path: str) -> str:
        """Title of a field, or its pointer; of a member of a list without its number.

        >>> FieldWords().field("birth-record", "/mother/id_number"), FieldWords().field("gone", "/a")
        ('母亲 身份证件号码', '/a')
        """
        named = self._of(kind)[1]
        return named.get(path) or named.get(_plain(path), path)

    def meaning(self, kind: str, path: str, value: Any) -> str:
        """What a code stands for; empty for what is no code, or one that no list has.

        >>> FieldWords().meaning("citizen-id", "/sex", "1"), FieldWords().meaning("citizen-id", "/name", "1")
        ('男性', '')
        """
        if isinstance(value, bool):
            return _TRUTH[value]
        told = _at(self._of(kind)[0], _plain(path).split("/")[1:])
        words: Mapping[str, str] = told.get("words", {})
        return words.get(str(value)) or self._in_list(told.get("codes", ""), str(value))

    def _in_list(self, scheme: str, code: str) -> str:
        try:
            found = self._lists.scheme(scheme).codes.get(code) if scheme else None
        except ZhidaError:
            return ""
        return found.name_zh if found else ""

    def _of(self, kind: str) -> tuple[Schema, Mapping[str, str]]:
        if kind not in self._read:
            try:
                self._read[kind] = self._shapes.shape(kind), titles.of_kind(kind, self._shapes)
            except ZhidaError:
                self._read[kind] = {}, {}
        return self._read[kind]


def _plain(path: str) -> str:
    return "/".join("*" if part.isdigit() else part for part in path.split("/"))


def _at(schema: Schema, parts: list[str]) -> Schema:
    """What the shape says of the place; nothing where it has none."""
    told = schema
    for part in parts:
        known = shape_leaves.resolved(told, schema)
        name = part.replace("~1", "/").replace("~0", "~")
        told = known.get("items", {}) if part == "*" else known.get("properties", {}).get(name, {})
    return shape_leaves.resolved(told, schema)
