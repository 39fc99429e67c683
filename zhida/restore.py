"""``zhida restore``: put a backup back, and open a signed epoch over what was lost (G12).

The copy is checked, migrated and given its epoch beside the present store, then swapped in at
once. From then on every system is in doubt: what was done after the backup may be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from exchange import audit, backup, epoch, times
from exchange.backup import Manifest
from exchange.document import new_id
from exchange.epoch import Lost
from exchange.errors import Fatal, Rejected, ZhidaError
from exchange.ledger import Entry, Ledger
from exchange.store import book_rows, case_rows, document_rows, ledger_rows, leg_rows, schema
from exchange.store.book_rows import DoubtRow
from exchange.store.copies import copies
from exchange.store.engine import Connection, Store
from exchange.store.leg_rows import LegRow
from zhida import restore_keys, restore_lost, restore_order, trusted
from zhida.hub import declared
from zhida.known_decisions import KnownDecisions
from zhida.last_head import LastHead
from zhida.live_trust import LiveTrust
from zhida.restore_keys import Decided
from zhida.restore_lost import Place
from zhida.restore_order import Order
from zhida.site import Site


@dataclass(slots=True)
class Restored:
    """What was done."""

    epoch: str
    size: int
    lost: Lost
    replaced: str
    """Where the store lies that was there before; empty if there was none."""
    doubts: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    """Buckets whose key is not here: their bodies can't be read."""
    legs: dict[str, str] = field(default_factory=dict)
    """System → mode, as an operator has put it since the backup: it stays so."""
    legs_known: bool = True
    """False: there was no store left that could tell which legs have been stopped since."""
    signed: bool = True
    """False: nobody vouches for what stood in the backup beside its ledger."""
    head: str = ""
    """The signed head over the epoch: with it the ledger goes on."""


@dataclass(frozen=True, slots=True)
class Since:
    """What goes with a backup into its epoch."""

    legs: list[LegRow]
    decided: Decided
    lost: Lost
    order: Order
    signed: bool


def restore(
    place: Place,
    folder: Path,
    order: Order,
    *,
    replace: bool = False,
    lost_head: str = "",
    unsigned: bool = False,
) -> Restored:
    """Check, load, migrate, open the epoch, swap. Nothing has changed when it raises.

    ``order``: who wants it, and why; it stands in the ledger beside the epoch.
    ``replace``: there is a store with entries, which is kept aside. ``lost_head``: the newest
    head that somebody holds, if the store that was lost can't be read. ``unsigned``: a backup that
    nobody has signed is put back too.
    """
    means, vault, manifest = copies(place.url), place.vault, backup.read(folder)
    is_signed = _is_signed(place, folder, unsigned=unsigned)
    backup.check(manifest, vault, origin=place.site.name, kind=means.kind)
    present = restore_lost.present(place, replace=replace) if means.exists else Lost()
    if means.exists:
        _require_allowed(place, order)
    last = LastHead.of(place.var, place.url)
    # Of a store that can't be read nobody knows how far it had come, unless somebody tells: what this machine
    # remembers may be older than what others hold, whose heads the epoch would then accuse.
    is_told = bool(present.token or lost_head)
    known = (
        restore_lost.kept(place, last.read(), present.token or manifest.head) if is_told else Lost()
    )
    lost = max(present, restore_lost.cited(place, lost_head), known, key=lambda each: each.size)
    legs = _legs(place) if means.exists else None
    decided = _decided(place) if means.exists else Decided()
    try:
        url = means.load(folder / backup.DUMP)
        with closing(Store(url)) as store:
            _require_whole(place, store, manifest)
            schema.upgrade(store)
            since = Since(legs or [], decided, lost, order, is_signed)
            done = _open_epoch(place, store, manifest, since)
        done.legs_known = legs is not None
        done.replaced = means.swap(f"replaced-{place.clock():%Y%m%dT%H%M%S%f}")
        last.write(done.head)
        KnownDecisions.of(place.var, place.url).cut(manifest.size)
    except BaseException:
        means.drop()
        raise
    done.closed = backup.gone(manifest.buckets, vault)
    return done


def _is_signed(place: Place, folder: Path, *, unsigned: bool) -> bool:
    """Before anything of it is loaded: a dump may hold what a database carries out."""
    found = backup.is_signed(folder, restore_keys.hub_keys(place.site, place.var, place.secret))
    if not found and not unsigned:
        raise Rejected("restore.unsigned", folder=str(folder))
    return found


def _require_allowed(place: Place, order: Order) -> None:
    """By the lists and decisions of the store that is there, if it can be read."""
    with closing(Store(place.url)) as store:
        try:
            known = _trust(place, store).now().revocations
        except ZhidaError:
            return
        restore_order.require_allowed(order, known, place.clock())


def _legs(place: Place) -> list[LegRow] | None:
    """What operators have said of legs, in the store that is there; None if it can't be read."""
    with closing(Store(place.url)) as store, suppress(ZhidaError), store.read() as connection:
        return leg_rows.told(connection)
    return None


def _decided(place: Place) -> Decided:
    """What was decided about keys, in the store that is there, as far as it can be read."""
    with closing(Store(place.url)) as store, suppress(ZhidaError), store.read() as connection:
        return restore_keys.read(connection)
    return Decided()


def _require_whole(place: Place, store: Store, manifest: Manifest) -> None:
    """What is put back is a ledger that any audit accepts, and the one that the manifest names."""
    with store.read() as connection:
        told = trusted.kept(place.site, connection, with_lists=False)
    keys = trusted.hub_keys(place.site, trusted.state(place.site, place.clock, told))
    found = audit.verify(store, keys, place.site.name)
    if found.problems:
        raise Fatal("restore.ledger", problem=found.problems[0].code)
    with store.read() as connection:
        head = ledger_rows.head(connection)
    if (head.token if head else "") != manifest.head:
        raise Fatal("restore.ledger", problem="ledger.head-differs")


def _open_epoch(place: Place, store: Store, manifest: Manifest, since: Since) -> Restored:
    done = Restored(
        new_id(), manifest.size, since.lost, "", _acting(place.site), signed=since.signed
    )
    known = _trust(place, store)
    restore_order.require_allowed(since.order, known.now().revocations, place.clock())
    backup_at = times.instant(manifest.at)

    def write(connection: Connection) -> list[Entry]:
        now = place.clock()
        at = times.stamp(now)
        book_rows.unsettle(connection, at)
        book_rows.put_doubts(connection, [DoubtRow(name, done.epoch, at) for name in done.doubts])
        case_rows.look_now(connection, at)
        document_rows.poll_now(connection)
        opened = epoch.entry(done.epoch, size=manifest.size, backup_at=backup_at, lost=since.lost)
        kept = restore_keys.keep(connection, since.decided, done.epoch)
        told = {"size": manifest.size, "backup_at": manifest.at, "signed": since.signed}
        ordered = restore_order.entry(since.order, done.epoch, told, now)
        return [opened, ordered, *kept, *_kept_switches(connection, since.legs, done)]

    _ledger(place, store, known).commit(write)
    with store.read() as connection:
        head = ledger_rows.head(connection)
    done.head = head.token if head else ""
    return done


def _trust(place: Place, store: Store) -> LiveTrust:
    """By the newest lists that this machine has seen, too: the store may be older, or gone."""
    seen = KnownDecisions.of(place.var, place.url).only_lists()
    secrets = (place.secret, b"")
    return LiveTrust(
        place.site, store, var=place.var, secrets=secrets, clock=place.clock, decisions=seen
    )


def _ledger(place: Place, store: Store, known: LiveTrust) -> Ledger:
    """Its heads are signed by the key of this moment, by what has been decided since the backup too."""
    return Ledger(
        store, known.first, origin=place.site.name, clock=place.clock, choose=known.head_signer
    )


def _kept_switches(connection: Connection, legs: list[LegRow], done: Restored) -> Iterator[Entry]:
    """What was stopped after the backup stays stopped: its entry is lost, its meaning is not."""
    for row in legs:
        before = leg_rows.get(connection, row.system)
        if before != row:
            leg_rows.put(connection, row)
            done.legs[row.system] = row.mode
            was = before.mode if before else ""
            told = {"was": was, "mode": row.mode, "operator": row.operator, "epoch": done.epoch}
            yield Entry("leg", row.system, details=told)


def _acting(site: Site) -> list[str]:
    """The systems in which we bring effects about; who is only asked can't be in doubt."""
    operations = {name: declared(system).values() for name, system in site.systems.items()}
    return [name for name, known in operations.items() if any(each.effect for each in known)]
