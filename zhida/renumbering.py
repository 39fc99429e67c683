"""A certificate was issued anew: another number, the same thing, the same case, the same effects.

Which numbers are one thing's says the source: by the field of the kind that names the void number
(``replaces`` of its shape), in a document that goes on with the one before (``supersedes``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from exchange import pointer
from exchange.document import Document
from exchange.effect import Roots
from exchange.errors import Fatal, Rejected
from exchange.ports import Record
from exchange.store import alias_rows, case_rows, document_rows
from exchange.store.engine import Connection
from mappings import shapes
from matters.matter import Matter
from zhida.hub import Hub
from zhida.site import Site

Numbers = frozenset[tuple[str, str]]
"""Pointers of fields, and the numbers that stand there."""


@dataclass(frozen=True, slots=True)
class Renumbered:
    """What a case knows of numbers that were issued anew."""

    roots: Roots = field(default_factory=dict)
    stale: Numbers = frozenset()
    """Void by now: nobody gets them any more as if they were true."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A document under its case's name for it."""

    name: str
    document: Document


def of_case(hub: Hub, case: str) -> Renumbered:
    """By the documents that the case has now, and those that they go on from."""
    with hub.store.read() as connection:
        known = document_rows.following(connection, case)
        edges: dict[tuple[str, str], str] = {}
        valid: set[tuple[str, str]] = set()
        for identifier, kind in known:
            for name, void in _replaces(hub.site, kind).items():
                versions = list(_versions(hub, connection, identifier))
                valid.add((name, str(versions[0].fields.get(name))))
                for each in filter(goes_on, versions):
                    if void in each.fields:
                        edges[name, str(each.fields[name])] = str(each.fields[void])
    roots = {(name, number): _root(edges, name, number) for name, number in edges}
    void_ones = {(name, void) for (name, _), void in edges.items()}
    return Renumbered(roots, frozenset(void_ones - valid))


def goes_on(found: Document) -> bool:
    """Does its source say that it goes on with a document before it?"""
    return bool(found.origin.supersedes)


def is_about(hub: Hub, found: Document, path: str, number: object) -> bool:
    """Is the document about what has this number, or had it before?"""
    if found.fields.get(path) == number:
        return True
    void = _replaces(hub.site, found.origin.kind).get(path)
    return void is not None and goes_on(found) and found.fields.get(void) == number


def holder(hub: Hub, connection: Connection, matter: Matter, found: Thing) -> str | None:
    """The case that has this thing, looked up by the void number first."""
    for identity in _identities(hub, matter, found):
        known = alias_rows.holder(connection, matter.name, identity)
        if known is not None:
            return known
    return None


def take(hub: Hub, connection: Connection, matter: Matter, *, case: str, found: Thing) -> None:
    """The case has the thing under each of its numbers from now on.

    ``Rejected("case.two-of-one")`` where another case has it already.
    """
    identities = _identities(hub, matter, found)
    for identity in identities if len(identities) > 1 else ():
        rival = _rival(connection, matter.name, identity, case=case, name=found.name)
        if rival or not alias_rows.take(connection, matter.name, identity, case):
            raise Rejected("case.two-of-one", case=rival or "-")


def _rival(connection: Connection, matter: str, identity: str, *, case: str, name: str) -> str:
    """Another case that has such a document of this thing; empty: none."""
    taken = alias_rows.alias_of(connection, matter, identity)
    first = case_rows.by_identity(connection, matter, identity) or ""
    if first and name not in case_rows.documents(connection, first):
        first = ""  # it has only been asked for
    return next((each for each in (taken, first) if each not in ("", case)), "")


def _identities(hub: Hub, matter: Matter, found: Thing) -> list[str]:
    """Keyed: of the number that it replaces, if it does, and then its own."""
    paths = _paths(matter, found.name)
    record, origin = found.document.record, found.document.origin
    instead = _replaces(hub.site, origin.kind) if goes_on(found.document) else {}
    before = [instead.get(path, path) for path in paths]
    told = [before, paths] if before != list(paths) else [paths]
    values = [_values(record, each) for each in told]
    return [hub.vault.tag("case", matter.name, *each) for each in values if each]


def _values(record: Record, paths: Sequence[str]) -> list[str]:
    found = [pointer.get(record, path) for path in paths]
    return [] if any(value is None for value in found) else [str(value) for value in found]


def _paths(matter: Matter, name: str) -> tuple[str, ...]:
    """Where the values of the matter's identity stand in a document of this name."""
    told = {each.document: each.identity for each in matter.changes_on}
    told |= {each.gives: each.identity for each in matter.opens_on}
    return told.get(name, ())


def _replaces(site: Site, kind: str) -> Mapping[str, str]:
    try:
        return shapes.of(site.folder).find(kind).replaces
    except Fatal:  # a revocation, or a kind that the site has no more
        return {}


def _versions(hub: Hub, connection: Connection, identifier: str) -> Iterator[Document]:
    """The document and those before it, as far back as we have got them."""
    while identifier and document_rows.get(connection, identifier) is not None:
        found = hub.archive.read(connection, identifier)
        yield found
        identifier = found.origin.supersedes


def _root(edges: Mapping[tuple[str, str], str], name: str, number: str) -> str:
    seen: set[str] = set()
    while (name, number) in edges and number not in seen:
        seen.add(number)
        number = edges[name, number]
    return number
