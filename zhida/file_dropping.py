"""Large files leave the hub's disk: by an operator's signed word, or because nobody can open them."""

from __future__ import annotations

from exchange.errors import Retriable
from exchange.ledger import Entry
from zhida.file_claims import Known
from zhida.hub import Hub
from zhida.operators import Signatory, needed_reason


def drop(hub: Hub, who: Signatory, known: Known, reason: str) -> bool:
    """Remove the file; its claim stays, and it may be fetched again. False: it was not here.

    Told in the ledger before it goes: what was removed without a word would be a loss.
    """
    why = needed_reason(reason)
    with hub.locks.hold(f"file/{known.tag}") as mine:
        if not mine:
            raise Retriable("file.busy", claim=known.claim.id)
        if not hub.files.kept(known.tag):
            return False
        token = who.sign("file-drop", {"claim": known.claim.id}, reason=why, now=hub.clock())
        details = {"operator": who.operator.name, "token": token}
        hub.ledger.commit(lambda _: [Entry("file-dropped", known.claim.id, "", details)])
        return hub.files.remove(known.tag)


def prune(hub: Hub) -> int:
    """Remove the files whose bucket's key is destroyed; how many. What can be opened stays."""
    gone = [tag for tag in hub.files.tags() if not hub.files.can_open(tag)]
    return sum(1 for tag in gone if hub.files.remove(tag))
