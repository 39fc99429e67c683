"""Check the whole ledger: every leaf, every tile, every head, from the first entry on.

What fails is named: the entry whose body does not give its hash, the tile that is not made of
its leaves, the first head that the leaves no longer lead to. Who can change the database but has
no key of the hub can still put back an old copy of all of it: only heads that others keep
outside show that (``compare``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from crypto import merkle
from crypto.errors import CryptoError
from crypto.keys import PublicKey
from crypto.merkle_tiles import WIDTH
from crypto.suites import suite
from exchange import audit_pruned, canonical, epoch, heads, times
from exchange.audit_mark import Mark, complete_tiles
from exchange.audit_pruned import Gone
from exchange.errors import Invalid, Problem
from exchange.store import ledger_rows
from exchange.store.engine import Connection, Store
from exchange.store.ledger_rows import EntryRow, HeadRow

_CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Audit:
    """What was checked, and every problem; none means that the ledger is whole."""

    entries: int
    heads: int
    root: str
    problems: list[Problem]
    mark: Mark | None = None
    """From where the next audit may go on; None if there is a problem or nothing."""
    since: int = 0
    """How many entries were not looked at again."""
    pruned: int = 0
    """Entries without a body, of which a signed entry says so (``exchange.pruning``)."""
    unfinished: int = 0
    """Bodies that are to go by a signed entry and are still there."""
    clock_back: tuple[int, ...] = ()
    """Sizes of the heads before which the hub's clock was put back, by more than clocks may differ.

    No sign of a change, for all of it is signed; but no bundle across such a place will be believed.
    """


def verify(store: Store, key: heads.HubKeys, origin: str, *, after: Mark | None = None) -> Audit:
    """Recompute the tree from the bodies and compare each head and tile on the way.

    ``after``: what was verified up to there is believed, if the ledger still has that head. A key that has been
    followed by another signs no head any more: who has stolen it can't write later history with it.
    """
    with store.read() as connection:
        if after is not None and ledger_rows.head_of(connection, after.size) != after.head:
            after = None
        walk = _Walk(connection, heads.keys(key), origin, after)
        since = after.size if after else 0
        for row in _all_entries(connection, since):
            walk.entry(row)
        walk.end()
        left, wrong = audit_pruned.check(connection, walk.gone, walk.frontier.digest, since)
        walk.problems += wrong
        told = (walk.frontier.size, walk.heads, walk.frontier.root().hex(), walk.problems)
        back = tuple(walk.clock_back)
        return Audit(
            *told, walk.mark(), since, pruned=walk.pruned, unfinished=left, clock_back=back
        )


def compare(store: Store, key: heads.HubKeys, origin: str, outside: Iterable[str]) -> list[Problem]:
    """Does our ledger go on from the heads that others keep (tokens, in any order)?

    A head of a larger tree means that ours was rolled back; another root, that what lies before
    it was changed; a signed epoch explains either for heads over what a restore lost. ``key`` and
    ``origin`` are the hub's; a head of somebody else is a problem too.
    """
    keys = heads.keys(key)
    given = [heads.told(token, keys) for token in outside]
    ours = [told for told in given if told is not None and told["origin"] == origin]
    problems = []
    if len(ours) < len(given):
        problems.append(Problem("ledger.outside-signature", {"heads": len(given) - len(ours)}))
    with store.read() as connection:
        roots = _roots(connection, {told["size"] for told in ours}, suite(keys[0].suite).digest)
        epochs = [_epoch(row) for row in ledger_rows.entries_of(connection, epoch.KIND)]
    for told in sorted(ours, key=lambda head: int(head["size"])):
        if roots.get(told["size"]) == told["root"] or _explained(told, epochs):
            continue
        if told["size"] not in roots:
            facts = {"size": max(roots), "head": told["size"]}
            problems.append(Problem("ledger.rolled-back", facts))
        else:
            problems.append(Problem("ledger.outside-differs", {"head": told["size"]}))
    return problems


def _epoch(row: EntryRow) -> epoch.Epoch | None:
    try:
        return epoch.read(row.body)
    except Invalid:
        return None


def _explained(head: dict[str, Any], epochs: Iterable[epoch.Epoch | None]) -> bool:
    return any(one is not None and epoch.explains(one, head) for one in epochs)


def _roots(connection: Connection, sizes: set[int], digest: merkle.Digest) -> dict[int, str]:
    """Roots at these sizes and at our own: of the bodies, since tiles may be what was changed."""
    frontier = merkle.Frontier(digest)
    found = {0: frontier.root().hex()}
    for row in _all_entries(connection):
        frontier = frontier.append(_leaf(row, digest))
        if frontier.size in sizes:
            found[frontier.size] = frontier.root().hex()
    return found | {frontier.size: frontier.root().hex()}


def _leaf(row: EntryRow, digest: merkle.Digest) -> bytes:
    """Of a body that is gone the hash that was kept: if it is not that of the body, no head leads to it."""
    return merkle.leaf_hash(digest, row.body) if row.body else row.hash


def _all_entries(connection: Connection, first: int = 0) -> Iterator[EntryRow]:
    while rows := ledger_rows.entries(connection, first, _CHUNK):
        yield from rows
        first = rows[-1].seq + 1


@dataclass(slots=True)
class _Walk:
    """One pass over all leaves, with the heads and tiles that are due on the way."""

    connection: Connection
    keys: Sequence[PublicKey]
    origin: str
    after: Mark | None = None
    frontier: merkle.Frontier = field(init=False)
    problems: list[Problem] = field(default_factory=list)
    heads: int = 0
    pruned: int = 0
    clock_back: list[int] = field(default_factory=list)
    gone: Gone = field(init=False)
    _due: list[HeadRow] = field(init=False)
    _seq: int = 0
    _astray: bool = False
    _turn: int = 0
    _at: str = ""
    _open_tiles: dict[int, list[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gone = audit_pruned.load(self.connection)
        self.frontier = merkle.Frontier(suite(self.keys[0].suite).digest)
        if self.after is not None:
            self._go_on(self.after)
        since = self.after.size if self.after else -1
        self._due = ledger_rows.heads(self.connection, since)[::-1]
        self.heads = len(self._due)

    def _go_on(self, mark: Mark) -> None:
        """From there, and with the key that has signed there."""
        self.frontier, self._seq = mark.frontier, mark.size
        self._open_tiles = {level: list(nodes) for level, nodes in mark.open_tiles.items()}
        told = heads.told(mark.head, self.keys)
        kids = [key.kid for key in self.keys]
        self._turn = kids.index(told["kid"]) if told else 0
        self._at = str(told["at"]) if told else ""

    def entry(self, row: EntryRow) -> None:
        leaf = _leaf(row, self.frontier.digest)
        if row.seq != self._seq:
            self._found("ledger.gap", seq=row.seq, expected=self._seq)
        if not row.body:
            self._without_body(row)
        elif leaf != row.hash or not columns_fit(row):
            self._found("ledger.entry-changed", seq=row.seq)
        if row.kind == epoch.KIND:
            self._epoch(row)
        self._seq = row.seq + 1
        self.frontier = self.frontier.append(leaf)
        self._fill(0, leaf)
        while self._due and self._due[-1].size <= self.frontier.size:
            self._head(self._due.pop())

    def _without_body(self, row: EntryRow) -> None:
        """What stays of the row is compared with the signed entry that names it, at the end."""
        if self.gone.covers(row.seq):
            self.pruned += 1
        else:
            self._found("ledger.body-missing", seq=row.seq)

    def _epoch(self, row: EntryRow) -> None:
        """It stands where the backup ended, and the head that it cites is the hub's own."""
        found = _epoch(row)
        if found is None or found.size != row.seq:
            self._found("ledger.epoch", seq=row.seq)
        elif found.lost.known:
            told = heads.told(found.lost.token, self.keys)
            cited = (self.origin, found.lost.size, found.lost.root)
            if told is None or (told["origin"], told["size"], told["root"]) != cited:
                self._found("ledger.epoch-head", seq=row.seq)

    def _head(self, row: HeadRow) -> None:
        told = heads.told(row.token, self.keys)
        if told is None:
            self._found("ledger.head-signature", size=row.size)
            return
        turn = [key.kid for key in self.keys].index(told["kid"])
        if turn < self._turn:
            self._found("ledger.head-key", size=row.size)
        self._turn = max(turn, self._turn)
        wanted = (self.origin, row.size, self.frontier.root().hex(), row.at)
        if (told["origin"], told["size"], told["root"], told["at"]) != wanted and not self._astray:
            self._astray = True  # all later heads differ too, and would hide the first
            self._found("ledger.head-differs", size=row.size)
        elif not self._astray:
            self._look_at_clock(row)

    def _look_at_clock(self, row: HeadRow) -> None:
        before, self._at = self._at, row.at
        if before and times.instant(row.at) < times.instant(before) - times.SKEW:
            self.clock_back.append(row.size)

    def _fill(self, level: int, node: bytes) -> None:
        """Collect the nodes of a level; 256 of them are a tile, whose root goes up one level."""
        nodes = self._open_tiles.setdefault(level, [])
        nodes.append(node)
        if len(nodes) < WIDTH:
            return
        n = (self.frontier.size >> 8 * (level + 1)) - 1
        root = merkle.tile_root(self.frontier.digest, nodes)
        if ledger_rows.tile(self.connection, level, n) != (b"".join(nodes), root):
            self._found("ledger.tile-differs", level=level, n=n)
        self._open_tiles[level] = []
        self._fill(level + 1, root)

    def end(self) -> None:
        size, last = self.frontier.size, ledger_rows.head(self.connection)
        signed = last.size if last else 0
        if signed > size:
            self._found("ledger.truncated", size=size, head=signed)
        if signed < size:
            self._found("ledger.unsigned", size=size, head=signed)
        if not self._tip_fits():
            self._found("ledger.tip-differs", size=size)
        tiles = complete_tiles(size)
        if ledger_rows.count_tiles(self.connection) != tiles:
            self._found("ledger.tile-count", expected=tiles)

    def mark(self) -> Mark | None:
        """Where the next one may go on, if everything is right here."""
        if self.problems or not self.frontier.size:
            return None
        head = ledger_rows.head_of(self.connection, self.frontier.size)
        tiles = {level: tuple(nodes) for level, nodes in self._open_tiles.items()}
        return Mark(head, self.frontier, tiles)

    def _tip_fits(self) -> bool:
        try:
            return ledger_rows.tip(self.connection, self.frontier.digest) == self.frontier
        except (CryptoError, TypeError):
            return False

    def _found(self, code: str, **facts: int) -> None:
        self.problems.append(Problem(code, facts))


def columns_fit(row: EntryRow) -> bool:
    """Look-ups go by the columns, so they must say what the hashed body says."""
    try:
        told = canonical.loads(row.body)
    except Invalid:
        return False
    return isinstance(told, dict) and (row.kind, row.ref, row.case) == (
        told.get("kind"),
        told.get("ref"),
        told.get("case", ""),
    )
