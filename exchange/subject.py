"""Whom a document is about: keyed digests of the numbers in it, and never the numbers themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from exchange.effect import Tag
from exchange.ports import Scalar


@dataclass(frozen=True, slots=True)
class Named:
    """A number that names a person or an organisation, and where it stands."""

    scheme: str
    """What kind of number: two persons may have the same digits under two schemes."""
    number: str
    path: str


Naming = Callable[[Mapping[str, Scalar]], Iterable[Named]]
"""Finds in a document's fields (JSON Pointer → value) whom they are about."""


def nobody(_: Mapping[str, Scalar]) -> tuple[Named, ...]:
    """For who keeps no look-up by person."""
    return ()


def tag_of(tag: Tag, scheme: str, number: str) -> str:
    """The subject's tag. Its key is re-wrapped, never rotated: else what was noted is found no more."""
    return tag("subject", scheme, number)


def places(tag: Tag, found: Iterable[Named]) -> set[tuple[str, str]]:
    """Tag and path of each, once."""
    return {(tag_of(tag, each.scheme, each.number), each.path) for each in found}
