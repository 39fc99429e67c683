"""``zhida signer reopen``: a backup of the signer's store was put back, lawfully; its log goes on.

As with the hub's store, an entry says so (``exchange.epoch``): which head was lost, and why. It is signed
by the unit's key, so whoever keeps the lost head can tell the restore from a rollback. What was signed
after the backup is known to those who have got it, and no longer here: the unit's system sends it again.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace

from exchange import audit, epoch, times
from exchange.document import new_id
from exchange.epoch import Lost
from exchange.errors import Fatal, Invalid, Rejected
from exchange.ledger import Ledger
from exchange.ports import Clock, utc_now
from exchange.store import ledger_rows, schema
from exchange.store.engine import Store
from zhida import signer_key
from zhida.signer_guard import SignerGuard
from zhida.signer_places import EPOCHS
from zhida.signer_settings import SignerHome


@dataclass(frozen=True, slots=True)
class Reopened:
    """What was lost: entries from ``size`` up to the last head that was kept."""

    size: int
    lost: Lost
    since: str
    """When the backup's last entry was signed (stamp); empty if it has none."""


def reopen(
    home: SignerHome,
    password: bytes,
    reason: str,
    *,
    with_head: bool = False,
    clock: Clock = utc_now,
) -> Reopened:
    """``Rejected`` if nothing is lost, or if the log that was put back is not whole.

    ``with_head``: the head was put back with the store, so that nothing here can tell what is lost.
    """
    if not reason.strip():
        raise Invalid("signer.no-reason")
    held = signer_key.certificates_of(home.folder, home.told)
    signer = signer_key.signer_of(home.folder, home.told, password, held[0])
    guard = SignerGuard.of(home.folder, home.told, held)
    guard.require_room()
    with closing(Store(f"sqlite:///{home.file(home.told['store'])}")) as store:
        schema.upgrade(store)
        done = _lost(store, guard)
        if not with_head and _is_continued(store, guard):
            raise Rejected("signer.nothing-lost")
        backup_at = times.instant(done.since) if done.since else clock()
        opened = epoch.entry(EPOCHS + new_id(), size=done.size, backup_at=backup_at, lost=done.lost)
        entry = replace(opened, details=opened.details | {"reason": reason})
        ledger = Ledger(store, signer, origin=guard.origin, clock=clock)
        ledger.commit(lambda _: [entry])
        _remember(store, guard)
    return done


def _lost(store: Store, guard: SignerGuard) -> Reopened:
    found = audit.verify(store, guard.keys, guard.origin)
    if found.problems:
        raise Rejected(found.problems[0].code, **found.problems[0].facts)
    with store.read() as connection:
        head = ledger_rows.head(connection)
    last = guard.last()
    known = last is not None and last.size > found.entries
    lost = Lost(last.size, last.root, last.token) if last is not None and known else Lost()
    return Reopened(found.entries, lost, head.at if head else "")


def _is_continued(store: Store, guard: SignerGuard) -> bool:
    try:
        guard.require_now(store)
    except Fatal:
        return False
    return True


def _remember(store: Store, guard: SignerGuard) -> None:
    with store.read() as connection:
        head = ledger_rows.head(connection)
    guard.kept.write(head.token if head else "")
