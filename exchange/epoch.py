"""A restore opens an epoch: an entry of the ledger that says what was lost (design: evidence).

The store goes on from the backup's tree, so heads that were signed after the backup have no
leaves any more. The epoch cites the last of them, and the hub signs the epoch with its next
head: so a lawful restore can be told from a rollback, which nobody signed for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange import canonical, times
from exchange.errors import Invalid
from exchange.ledger import Entry

KIND = "epoch"


@dataclass(frozen=True, slots=True)
class Lost:
    """The last head of the store that was replaced, as far as it is known."""

    size: int = 0
    root: str = ""
    token: str = ""

    @property
    def known(self) -> bool:
        """False: the replaced store could not be read, and nobody kept its head."""
        return bool(self.token)


@dataclass(frozen=True, slots=True)
class Epoch:
    """One restore: the tree of ``size`` leaves goes on, what came after it is lost."""

    id: str
    size: int
    backup_at: str
    at: str
    lost: Lost


def entry(identifier: str, *, size: int, backup_at: datetime, lost: Lost) -> Entry:
    """The ledger's word; the ledger itself adds when."""
    cited = {"size": lost.size, "root": lost.root, "head": lost.token} if lost.known else {}
    details: dict[str, Any] = {"size": size, "backup_at": times.stamp(backup_at), "lost": cited}
    return Entry(KIND, identifier, details=details)


def read(body: bytes) -> Epoch:
    """An epoch out of its entry's body. ``Invalid`` if it is malformed."""
    told = canonical.loads(body)
    try:
        cited = told["lost"]
        lost = Lost(cited["size"], cited["root"], cited["head"]) if cited else Lost()
        found = Epoch(told["ref"], told["size"], told["backup_at"], told["at"], lost)
        for moment in (found.at, found.backup_at):
            times.instant(moment)
    except (KeyError, TypeError, ValueError):
        raise Invalid("ledger.epoch") from None
    return found


def explains(epoch: Epoch, head: dict[str, Any]) -> bool:
    """Was this head, which somebody kept, signed over entries that the restore lost?

    It is older than the epoch and reaches beyond the backup, and no further than the head that
    the epoch cites; where it has the cited one's size it is that one.

    >>> lost = Epoch("e", 4, "", "2026-03-02T02:00:00.000000Z", Lost(6, "aa", "t"))
    >>> head = {"size": 6, "root": "aa", "at": "2026-03-02T01:00:00.000000Z"}
    >>> explains(lost, head), explains(lost, head | {"root": "bb"}), explains(lost, head | {"size": 7})
    (True, False, False)
    """
    size, lost = int(head["size"]), epoch.lost
    if size <= epoch.size or str(head["at"]) >= epoch.at:
        return False
    if not lost.known:
        return True
    return size < lost.size or (size, head["root"]) == (lost.size, lost.root)
