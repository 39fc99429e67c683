"""What a new version of a fact, or its revocation, makes of the items of a case (promise G3).

A correction of an item is a row of its own beside it: ``household#1`` corrects what ``household``
(and each row between) brought about. Whoever got the old version gets the new one; who has not
been sent anything simply gets the newest; who said no may be asked again. A correction waits
until the rows before it are over, so each target hears of the versions in order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from exchange import times
from exchange.case import CANCELLED, ENDED, MARK, number_of, root_of
from exchange.ledger import Entry
from exchange.store import case_rows, delivery_rows
from exchange.store.case_rows import ItemRow
from exchange.store.engine import Connection
from exchange.turn import BEGUN

REOPENED = ("refused", "invalid")
"""What a target or our own reading did not take of the old version it may take of the new."""

LEFT = BEGUN | {"applied"}
"""States of a delivery in which the target has the version, or may have it."""

Line = list[ItemRow]
"""An item's own row and its corrections, in order."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One case at one instant, in one transaction."""

    connection: Connection
    case: str
    now: datetime

    @property
    def is_cancelled(self) -> bool:
        """Nothing new begins in such a case; what is done is corrected all the same."""
        row = case_rows.get_case(self.connection, self.case)
        return row is not None and row.state == CANCELLED

    def lines(self) -> dict[str, Line]:
        """The rows of every item."""
        found: dict[str, Line] = {}
        rows = case_rows.items(self.connection, self.case)
        for row in sorted(rows, key=lambda row: number_of(row.item)):
            found.setdefault(root_of(row.item), []).append(row)
        return found

    def set(self, row: ItemRow, state: str, code: str = "") -> list[Entry]:
        """Change a row; what comes to nothing is told."""
        at = times.stamp(self.now)
        values = {"state": state, "code": code, "facts": "{}", "next_at": at, "updated_at": at}
        case_rows.set_item(self.connection, self.case, row.item, values)
        details = {"item": row.item, "code": code}
        return [Entry("superseded", self.case, self.case, details)] if code else []

    def set_anew(self, row: ItemRow) -> None:
        """A row waits as if nothing had ever been sent for it."""
        at = times.stamp(self.now)
        values = {"state": "waiting", "code": "", "facts": "{}", "effect": "", "next_at": at}
        case_rows.set_item(self.connection, self.case, row.item, values | {"updated_at": at})


def amend(scene: Scene, items: Iterable[str], document: str) -> list[Entry]:
    """A newer version of a document that these items send has come into the case."""
    lines = scene.lines()
    return [entry for item in items for entry in _amend(scene, lines[item], document)]


def _amend(scene: Scene, line: Line, document: str) -> list[Entry]:
    last = newest(line)
    root = line[0]
    if last is root and root.state in REOPENED:
        if not scene.is_cancelled:
            try_again(scene, root)
        return []
    over = last.state in ENDED and (last is not root or root.state == "applied")
    if over or _left(scene, last):
        return _add(scene, line, "amend", document)
    if last is root:
        return []  # nothing left yet: it sends the newest
    return scene.set(last, "superseded", "amend.overtaken") + _add(scene, line, "amend", document)


def revoke(scene: Scene, items: Iterable[str], document: str) -> list[Entry]:
    """The source takes the fact back: what has not left does not, what is done is undone."""
    lines, entries = scene.lines(), list[Entry]()
    for line in (lines[item] for item in items):
        last = newest(line)
        if last.state not in ENDED and not _left(scene, last):
            entries += scene.set(last, "superseded", "document.revoked")
        if line[0].state == "applied" or _left(scene, line[0]):
            entries += _add(scene, line, "revoke", document)
    return entries


def advance(
    scene: Scene, dependants: Mapping[str, Collection[str]], revoked: Collection[str] = ()
) -> list[Entry]:
    """Free the corrections whose turn has come.

    ``revoked`` items are taken back, after all of their ``dependants`` have been.
    """
    entries: list[Entry] = []
    while True:
        lines = scene.lines()
        ended = {item for item, line in lines.items() if all(r.state in ENDED for r in line)}
        free = [
            line
            for item, line in lines.items()
            if item not in revoked or ended.issuperset(dependants.get(item, ()))
        ]
        moved = [found for line in free if (found := _free(scene, line, revoked)) is not None]
        if not moved:
            return entries
        entries += [entry for found in moved for entry in found]


def _free(scene: Scene, line: Line, revoked: Collection[str]) -> list[Entry] | None:
    """None: nothing of this line changes now."""
    root = line[0]
    place = next((n for n, row in enumerate(line) if n and row.state == "waiting"), 0)
    if not place or any(row.state not in ENDED for row in line[:place]):
        return None
    if root.state == "applied":
        return scene.set(line[place], "ready")
    if root.state in REOPENED and root.item not in revoked and not scene.is_cancelled:
        try_again(scene, root)
    return scene.set(line[place], "superseded", "amend.nothing-to-correct")


def try_again(scene: Scene, root: ItemRow) -> None:
    """The item itself is ready, and what was blocked waits (who still is, is blocked again)."""
    scene.set(root, "ready")
    for row in case_rows.items(scene.connection, scene.case):
        if row.state == "blocked":
            scene.set(row, "waiting")


@dataclass(frozen=True, slots=True)
class Begun:
    """What a row has sent whose outcome is not known, or that is done."""

    operation: str
    documents: list[str]
    """Their ids, oldest first."""


def begun(connection: Connection, case: str, item: str) -> Begun | None:
    """What may have been executed is asked after, and repeated, as it was, whatever is newer.

    None: nothing left, so what is sent is what the case knows now.
    """
    row = case_rows.get_item(connection, case, item)
    effect = row.effect if row else ""
    delivery = delivery_rows.get_delivery(connection, effect)
    if delivery is None or (delivery.case, delivery.item) != (case, item):
        return None
    if delivery.state not in LEFT:
        return None
    moved = delivery_rows.transfers_of(connection, case=case, item=item, effect=effect)
    return Begun(delivery.operation, [each.document for each in moved])


def newest(line: Line) -> ItemRow:
    """The row that counts: a superseded correction has no say."""
    return next((row for row in reversed(line) if row.state != "superseded"), line[0])


def _left(scene: Scene, row: ItemRow) -> bool:
    delivery = delivery_rows.get_delivery(scene.connection, row.effect)
    return delivery is not None and delivery.state in LEFT


def _add(scene: Scene, line: Line, kind: str, document: str) -> list[Entry]:
    at, name = times.stamp(scene.now), f"{line[0].item}{MARK}{len(line)}"
    row = ItemRow(scene.case, name, line[0].matter, "waiting", "", "{}", "", "", at, at)
    case_rows.add_item(scene.connection, row)
    return [Entry(kind, document, scene.case, {"item": name})]
