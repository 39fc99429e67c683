"""Which lane an item of a case takes when its turn has come, by the rules of its matter.

Decided once, in the transaction in which the item could begin, from the documents that the case has
then; a newer version of one of them that comes before anything has left lets it be decided anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange import canonical
from exchange.case import MARK
from exchange.corrections import Scene
from exchange.errors import Fact, ZhidaError
from exchange.ledger import Entry
from exchange.ports import Scalar
from exchange.store import case_rows
from exchange.store.engine import Connection
from matters import lanes
from matters.lanes import Lane
from matters.matter import Matter
from zhida.hub import Hub

CODES = {"halted": "lane.halted", "by-hand": "lane.by-hand", "parked": "lane.undecided"}


@dataclass(slots=True)
class Decider:
    """Decides for the items of one case within one transaction; opens documents only if asked."""

    hub: Hub
    connection: Connection
    matter: Matter
    case: str
    taken: dict[str, Lane] = field(default_factory=dict)
    """Items that were decided, and how."""
    failed: dict[str, ZhidaError] = field(default_factory=dict)
    _fields: dict[str, Scalar] | None = None

    def __call__(self, item: str) -> str:
        """The state that the item begins with. What can't be decided waits for a person."""
        rules = self.matter.items[item].lanes
        if not rules.paths and not rules.always_by_hand:
            return "ready"
        try:
            found = lanes.choose(rules, self.fields())
        except ZhidaError as error:  # a document that can't be opened any more
            self.failed[item] = error
            return "parked"
        self.taken[item] = found
        return found.state

    def values(self, item: str) -> dict[str, str]:
        """Code and facts for the item's row."""
        if item in self.failed:
            facts: dict[str, Fact] = {"because": self.failed[item].code}
            return _told(CODES["parked"], facts)
        lane = self.taken.get(item)
        code = CODES.get(lane.state, "") if lane else ""
        return _told(code, reason(lane) if lane and code else {})

    def entries(self) -> list[Entry]:
        """The ledger's word on what left the fast lane."""
        return [
            Entry("lane", self.case, self.case, {"item": item, "state": lane.state, **reason(lane)})
            for item, lane in self.taken.items()
            if lane.state != "ready"
        ]

    def fields(self) -> dict[str, Scalar]:
        """Every leaf of the case's documents, as ``matters.conditions`` names them."""
        if self._fields is None:
            known = case_rows.documents(self.connection, self.case)
            self._fields = {
                f"/{name}{path}": value
                for name, identifier in known.items()
                for path, value in self.hub.archive.read(self.connection, identifier).fields.items()
            }
        return self._fields


def decide_anew(scene: Scene, matter: Matter, name: str) -> None:
    """Items whose lane rests on this document, and of which nothing has left, choose it again."""
    for row in case_rows.items(scene.connection, scene.case):
        if row.state != "ready" or row.effect or MARK in row.item:
            continue
        paths = matter.items[row.item].lanes.paths
        if any(f"{path}/".startswith(f"/{name}/") for path in paths):
            scene.set(row, "waiting")


def reason(lane: Lane) -> dict[str, Fact]:
    """Why, in the words of the matter's file: never a value of a record."""
    if lane.reason is None:
        return {"reason": "-", "article": "-"} if lane.state == "by-hand" else {}
    return {"reason": lane.reason.reason, "article": lane.reason.article or "-"}


def _told(code: str, facts: dict[str, Fact]) -> dict[str, str]:
    return {"code": code, "facts": canonical.dumps(dict(facts)).decode()}
