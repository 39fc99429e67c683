"""A document comes into a case: the first of its name, the same again, an older or a newer version.

What is newer replaces what the case knew, and reaches everybody who got the version before, in
the same transaction (``exchange.corrections``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from exchange import corrections, document, objection, times, versions
from exchange.corrections import Scene
from exchange.document import Document
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.store import case_rows, document_rows
from exchange.store.engine import Connection
from matters.matter import Matter
from zhida import clock_start, lane, renumbering
from zhida.clock_start import Which
from zhida.hub import Hub
from zhida.renumbering import Thing


@dataclass(frozen=True, slots=True)
class Folder:
    """The documents of one case."""

    hub: Hub
    matter: Matter
    case: str
    bucket: str


@dataclass(frozen=True, slots=True)
class Found:
    """A verified document, with what it was read from."""

    document: Document
    raw: bytes
    salt: bytes


def file(folder: Folder, connection: Connection, name: str, found: Found) -> list[Entry]:
    """Put a document into its case under ``name``, if it says something newer."""
    case_rows.lock_case(connection, folder.case)
    known = case_rows.documents(connection, folder.case)
    if name not in known:
        return _put(folder, connection, name, found)
    before, new = folder.hub.archive.get(known[name]), found.document
    if versions.says_the_same(new, before):
        if _is_dated(folder.matter, name) and versions.is_newer(new, before):
            return _put(folder, connection, name, found)
        return [_not_filed("unchanged", folder, new, name)] if new.id != before.id else []
    if f"{name}{versions.REVOKED}" in known or not versions.is_newer(new, before):
        return [_not_filed("superseded", folder, new, name)]
    entries = _put(folder, connection, name, found)
    scene = Scene(connection, folder.case, folder.hub.clock())
    told = corrections.amend(scene, _concerned(folder, name, new), new.id)
    lane.decide_anew(scene, folder.matter, name)
    now = scene.now
    return entries + told + objection.corrected(connection, before, new, now=now)


def file_anew(folder: Folder, connection: Connection, name: str, found: Found) -> list[Entry]:
    """A form of a person's about a thing whose case was cancelled: it counts though it says the same.

    The case runs from here on. Empty: the form is older than what the case knows.
    """
    known = case_rows.documents(connection, folder.case)
    before = folder.hub.archive.get(known[name]) if name in known else None
    if before is not None and not versions.is_newer(found.document, before):
        return []
    case_rows.take_up(connection, folder.case, times.stamp(folder.hub.clock()))
    if before is None or not versions.says_the_same(found.document, before):
        return file(folder, connection, name, found)
    return _put(folder, connection, name, found)


def revoke(
    folder: Folder,
    connection: Connection,
    name: str,
    found: Found,
    *,
    only: Collection[str] | None = None,
) -> list[Entry]:
    """The source takes the document back: nothing of it is sent, and what was done is undone.

    ``only`` in these items, where what rests on them stays true (that somebody was told of it).
    """
    case_rows.lock_case(connection, folder.case)
    known = case_rows.documents(connection, folder.case)
    if f"{name}{versions.REVOKED}" in known:
        return [_not_filed("unchanged", folder, found.document, name)]
    before = folder.hub.archive.get(known[name]) if name in known else None
    if before is not None and not versions.is_newer(found.document, before):
        return [_not_filed("superseded", folder, found.document, name)]
    entries = _put(folder, connection, f"{name}{versions.REVOKED}", found)
    scene = Scene(connection, folder.case, folder.hub.clock())
    back = taken_back(folder.hub, folder.matter, connection, folder.case)
    items = [item for item in back if only is None or item in only]
    asked = [] if before else _givers(folder.matter, name)
    told = corrections.revoke(scene, [*asked, *items], found.document.id)
    if before is None:
        return entries + told
    now = folder.hub.clock()
    return entries + told + objection.withdrawn(connection, before, found.document.id, now=now)


def put_name(connection: Connection, folder: Folder, name: str, found: Document) -> None:
    """The case knows it by this name; legal periods that it starts begin to run.

    ``Rejected("case.two-of-one")`` where another case has the thing under an earlier number.
    """
    thing = Thing(name, found)
    renumbering.take(folder.hub, connection, folder.matter, case=folder.case, found=thing)
    case_rows.add_document(connection, folder.case, name, found.id)
    today = times.civil_day(folder.hub.clock())
    for item in folder.matter.items.values():
        begins = clock_start.begins(item, name, found)
        if item.term is not None and begins is not None:
            which = Which(folder.case, folder.matter.name, item.name, item.term)
            clock_start.start(connection, which, begins, today, holidays=folder.hub.site.holidays)


def _concerned(folder: Folder, name: str, new: Document) -> list[str]:
    """Who sends such a document, but not the item by which it was renewed."""
    items = folder.matter.items
    found = readers(folder.hub, folder.matter, new.origin.kind)
    return [each for each in found if not (items[each].renews and items[each].gives == name)]


def readers(hub: Hub, matter: Matter, kind: str) -> list[str]:
    """Items that send documents of this kind to do something."""
    operations = {name: hub.declared(item) for name, item in matter.items.items()}
    return [name for name, op in operations.items() if op.effect and kind in op.needs.values()]


def taken_back(hub: Hub, matter: Matter, connection: Connection, case_id: str) -> list[str]:
    """Items that rest on a document that its source has taken back, by themselves or by others."""
    names = case_rows.documents(connection, case_id)
    gone = [name.removesuffix(versions.REVOKED) for name in names if _is_revocation(name)]
    rows = [document_rows.get(connection, names.get(name, "")) for name in gone]
    items = {item for row in rows if row is not None for item in readers(hub, matter, row.kind)}
    items |= {name for name, item in matter.items.items() if item.gives in gone}
    items |= {matter.items[name].stands_for for name in items} - {""}
    while more := {n for n, item in matter.items.items() if items & set(item.needs)} - items:
        items |= more
    return [name for name in matter.items if name in items and _has_effect(hub, matter, name)]


def _givers(matter: Matter, name: str) -> list[str]:
    return [item.name for item in matter.items.values() if item.gives == name]


def dependants(matter: Matter) -> dict[str, list[str]]:
    """Item → the items that need it."""
    return {
        name: [other.name for other in matter.items.values() if name in other.needs]
        for name in matter.items
    }


def entry(found: Document, case_id: str) -> Entry:
    """The ledger's word that this document came in, and in whose custody it was signed."""
    origin = found.origin
    details = {
        "document_kind": origin.kind,
        "digest": document.digest(found.token),
        "provider": origin.provider,
        "custody": origin.custody,
        "source": origin.source,
        "as_of": times.stamp(origin.as_of),
        "raw_digest": origin.raw_digest,
        "mapping_digest": origin.mapping_digest,
    }
    return Entry("document", found.id, case_id, details)


def _put(folder: Folder, connection: Connection, name: str, found: Found) -> list[Entry]:
    """A unit's document that has come before (to this case or to another) is stored already."""
    new = found.document
    known = document_rows.get(connection, new.id)
    if known is not None and known.digest != document.digest(new.token):
        raise Rejected("document.wrong", unit=new.origin.provider, field="id")
    if known is None:
        kept: dict[str, Any] = {"raw": found.raw, "salt": found.salt, "bucket": folder.bucket}
        folder.hub.archive.put(connection, new, now=folder.hub.clock(), **kept)
    put_name(connection, folder, name, new)
    return [entry(new, folder.case)]


def _not_filed(kind: str, folder: Folder, new: Document, name: str) -> Entry:
    told = {"document": name, "digest": document.digest(new.token)}
    return Entry(kind, new.id, folder.case, told | {"as_of": times.stamp(new.origin.as_of)})


def _is_dated(matter: Matter, name: str) -> bool:
    """Is it asked for again because of its day?"""
    return any(item.dated and item.gives == name for item in matter.items.values())


def _is_revocation(name: str) -> bool:
    return name.endswith(versions.REVOKED)


def _has_effect(hub: Hub, matter: Matter, name: str) -> bool:
    return hub.declared(matter.items[name]).effect
