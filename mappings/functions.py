"""What the compiled functions call: reading a source, and the checks of text and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from exchange.errors import Invalid, Problem
from mappings.codes import CodeList, Crosswalk, fold
from mappings.dates import civil_day
from mappings.faults import Fault
from mappings.masks import mask

EMPTY: Mapping[str, Any] = {}


def section(parent: Mapping[str, Any], name: str, path: str, problems: list[Problem]) -> Any:
    """The object called ``name``; empty when absent, a problem when it is something else."""
    found = parent.get(name)
    if found.__class__ is dict or isinstance(found, Mapping):
        return found
    if found is not None and found != "":
        problems.append(Problem("mapping.not-an-object", {"path": path, "mask": mask(found)}))
    return EMPTY


def items(value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The objects of a list, counted; a lone object is a list of one (systems answer so)."""
    listed = [value] if isinstance(value, Mapping) else value
    if not isinstance(listed, list) or not all(isinstance(item, Mapping) for item in listed):
        raise Fault("mapping.not-a-list")
    return iter(enumerate(listed))


def missing(path: str, rule: str) -> Problem:
    """A required field that the source does not state."""
    return Problem("mapping.missing", {"path": path, "rule": rule})


def leaf(value: Any) -> Any:
    """A value that is not text, unchanged, if it may stand in a record (whole number, boolean)."""
    if value.__class__ is int or value.__class__ is bool:
        return value
    if isinstance(value, str):  # a subclass, as lxml gives: plain text from here on
        return str(value)
    raise Fault("mapping.not-a-leaf")


def as_text(value: Any) -> Any:
    """A wire's code as text: some peers send ``0`` and ``"0"`` for the same (dossier C6).

    >>> as_text(0), as_text("0"), as_text(True)
    ('0', '0', True)
    """
    return str(value) if value.__class__ is int else value


class Table(dict[str, Any]):
    """Spelling → result. A hit costs one look-up; everything else goes through ``resolve``."""

    def __init__(self, pairs: Mapping[str, Any], resolve: Callable[[str], Any]) -> None:
        super().__init__(pairs)
        self._resolve = resolve

    def __missing__(self, text: str) -> Any:
        try:
            return self._resolve(text)
        except Invalid as error:
            raise Fault.of(error) from None

    def of(self, value: Any) -> Any:
        """The result for a value; whole numbers count as their digits."""
        if isinstance(value, str):
            return self[value]
        if value.__class__ is int:
            return self[str(value)]
        raise Fault("mapping.not-text")


class ValueTable(Table):
    """A table of the file itself: ``true`` and ``false`` may be listed by their spelling."""

    def of(self, value: Any) -> Any:
        """The same; a boolean counts as its spelling where the table lists it."""
        if value.__class__ is str:
            return self[value]
        if value.__class__ is bool and str(value).lower() in self:
            return self[str(value).lower()]
        return super().of(value)


def code_table(codes: CodeList, give: str) -> Table:
    """Spelling → code or Chinese name."""
    if give == "name":
        pairs = {text: codes.name(code) for text, code in codes.spellings.items()}
        return Table(pairs, lambda text: codes.name(codes.code(text)))
    return Table(codes.spellings, codes.code)


def crosswalk_table(walk: Crosswalk) -> Table:
    """Code of one scheme → code of the other."""
    return Table(walk.pairs, walk.to)


def value_table(pairs: Mapping[str, Any]) -> Table:
    """The values that the file lists (also with outer spaces or full width), and nothing else."""
    folded: dict[str, set[str]] = {}
    for listed in pairs:
        folded.setdefault(fold(listed), set()).add(listed)

    def resolve(text: str) -> Any:
        found = folded.get(fold(text), set())
        if len(found) != 1:
            raise Invalid("mapping.unlisted-value", mask=mask(text))
        return pairs[next(iter(found))]

    return ValueTable(pairs, resolve)


def code_on(codes: CodeList, give: str) -> Callable[[Any, Any], str]:
    """Like ``code_table``, for codes that must be in force on the day of another field."""

    def convert(value: Any, day_text: Any) -> str:
        day: date | None = civil_day(day_text) if isinstance(day_text, str) else None
        if not isinstance(as_text(value), str):
            raise Fault("mapping.not-text")
        try:
            code = codes.code(as_text(value), day)
        except Invalid as error:
            raise Fault.of(error) from None
        return codes.name(code) if give == "name" else code

    return convert


def identifier(validate: Callable[[str], str]) -> Callable[[Any], str]:
    """The clean form of an identifier."""

    def convert(value: Any) -> str:
        if not isinstance(value, str):
            raise Fault("mapping.not-text")
        try:
            return validate(value)
        except Invalid as error:
            raise Fault.of(error) from None

    return convert


def split(separator: str) -> Callable[[Any], list[str]]:
    """The non-empty parts of a text, without outer spaces."""

    def convert(value: Any) -> list[str]:
        if not isinstance(value, str):
            raise Fault("mapping.not-text")
        return [part.strip() for part in value.split(separator) if part.strip()]

    return convert


def join(separator: str) -> Callable[[list[Any]], str]:
    """The stated parts, one after the other."""

    def convert(values: list[Any]) -> str:
        parts = [as_text(value) for value in values if value is not None]
        if not all(isinstance(part, str) for part in parts):
            raise Fault("mapping.not-text")
        return separator.join(parts)

    return convert
