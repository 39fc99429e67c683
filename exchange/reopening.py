"""An item that came to nothing because of our own mapping is worked on after all.

What ended with it waits again: what it had blocked, and what was to follow its end and has not
been taken up yet. What has been sent meanwhile (a reply to the window) stays sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from exchange import case, corrections
from exchange.case import Step, number_of, root_of
from exchange.corrections import Scene
from exchange.errors import Rejected
from exchange.store import case_rows, delivery_rows
from exchange.store.case_rows import ItemRow

UNSENT = frozenset({"pending", "invalid"})
"""States of a delivery of which surely nothing is at the target."""


def require_untouched(scene: Scene, row: ItemRow, revoked: Collection[str]) -> None:
    """``Rejected`` if something has left for this item, or the case has gone on without it.

    ``revoked``: the items that rest on a document which its source has taken back.
    """
    facts = {"case": scene.case, "item": row.item}
    for sent in delivery_rows.deliveries(scene.connection, scene.case):
        if sent.item == row.item and sent.state not in UNSENT:
            raise Rejected("replay.sent", **facts, state=sent.state)
    last = corrections.newest(scene.lines()[root_of(row.item)])
    if last.item != row.item:
        raise Rejected("replay.overtaken", **facts, by=last.item)
    if row.item in revoked and not number_of(row.item):
        raise Rejected("replay.revoked", **facts)


def reopen(scene: Scene, row: ItemRow, steps: Iterable[Step]) -> list[str]:
    """Make it ready; the items that wait again although they had been freed by its end."""
    corrections.try_again(scene, row)
    rows = {each.item: each for each in case_rows.items(scene.connection, scene.case)}
    early = case.too_early(steps, {name: each.state for name, each in rows.items()})
    for name in early:
        scene.set(rows[name], "waiting")
    return early
