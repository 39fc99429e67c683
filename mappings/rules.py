"""A mapping file after it has been read: plain values, every one checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange.ports import Scalar
from mappings.shapes import SHIPPED, Shapes
from mappings.unmapped import Unmapped


@dataclass(frozen=True, slots=True)
class Condition:
    """``op`` over source fields: present, absent, in, same; or over ``parts``: all, any, not."""

    op: str
    paths: tuple[str, ...] = ()
    literals: tuple[Scalar, ...] = ()
    parts: tuple[Condition, ...] = ()

    def every_path(self) -> tuple[str, ...]:
        """All source fields that the condition looks at."""
        return self.paths + tuple(path for part in self.parts for path in part.every_path())


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible source: a field or a constant, under a condition (None: if it is stated)."""

    path: str = ""
    const: Scalar | None = None
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One conversion: its kind (``date``, ``code``…) and what the file says about it."""

    kind: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """How one target field comes about."""

    line: int
    to: str
    choices: tuple[Choice, ...] = ()
    join: tuple[str, ...] = ()
    separator: str = ""
    when: Condition | None = None
    required: bool = True
    default: Scalar | None = None
    missing: tuple[str, ...] = ("",)
    step: Step | None = None
    unmapped: Unmapped | None = None
    """Of a value that the step's table does not have; None: it is a problem."""
    split: str = ""
    text: Mapping[str, Any] | None = None
    each: tuple[Rule, ...] = ()
    one_way: str = ""
    """Why the rule need not be undone when the file is run backwards."""

    def paths(self) -> tuple[str, ...]:
        """All source fields that the rule reads (of a list: under ``/*``)."""
        found = [choice.path for choice in self.choices if choice.path]
        conditions = [c for c in (self.when, *(choice.when for choice in self.choices)) if c]
        found += [path for condition in conditions for path in condition.every_path()]
        found += self.join
        if self.step and "as_of" in self.step.options:
            found.append(self.step.options["as_of"])
        inner = (path for rule in self.each for path in rule.paths())
        return (*found, *(f"{self.choices[0].path}/*{path}" for path in inner))

    def needed(self) -> tuple[tuple[str, ...], ...]:
        """Groups of source fields, of each of which one must be there: else it can't be filled.

        What only some records need (a condition, a default) is not told.
        """
        if not self.required or self.when is not None or self.default is not None:
            return ()
        if self.join:
            return tuple((path,) for path in self.join)
        if any(choice.const is not None for choice in self.choices):
            return ()
        inner = (group for rule in self.each for group in rule.needed())
        below = (tuple(f"{self.choices[0].path}/*{path}" for path in group) for group in inner)
        return (tuple(choice.path for choice in self.choices), *below)


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A whole file. ``inputs``: name (``""`` for the root) → kind of document, or wire fields."""

    name: str
    title: str
    inputs: Mapping[str, str | tuple[str, ...]]
    target: str
    rules: tuple[Rule, ...]
    ignored: tuple[str, ...] = ()
    ignored_at: Mapping[str, int] = field(default_factory=dict, repr=False)
    """Their lines."""
    tests: tuple[Mapping[str, Any], ...] = ()
    content: Mapping[str, Any] = field(default_factory=dict)
    shapes: Shapes = field(default=SHIPPED, repr=False)
    """The kinds of document among which it was read."""
