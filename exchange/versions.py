"""Which version of a fact is the later one: by the source's own order, never by arrival."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exchange import times
from exchange.document import Document

LAST = "~"
"""The version of a revocation: sorts after every stamp, so nothing of its chain follows it."""


def place(document: Document) -> tuple[str, str]:
    """Where a version stands in its source's order; of two of one instant the id decides."""
    return times.stamp(document.origin.as_of), document.id


REVOKED = "#revoked"
"""A case keeps a revocation under the name of what it takes back and this: ``birth#revoked``."""


def is_newer(found: Document, known: Document) -> bool:
    """Does ``found`` say what became true after ``known``?"""
    return place(found) > place(known)


def says_the_same(found: Document, known: Document) -> bool:
    """A version that changes no field changes nothing for anybody."""
    return found.fields == known.fields


def of_inputs(documents: Mapping[str, Document]) -> str:
    """The version of what several documents say together: the instants, in the inputs' order.

    In one case every document only moves forward, so later texts sort after earlier ones.
    """
    return " ".join(_stamps(documents[name] for name in sorted(documents)))


def _stamps(documents: Iterable[Document]) -> list[str]:
    return [times.stamp(document.origin.as_of) for document in documents]
