"""The decisions and the authorities' lists that this machine has seen, in ``ZHIDA_VAR``: one file a store.

What withdraws trust is a row of the database, and whoever owns that can hide a row for a moment. So what
was seen once must be there still: otherwise nothing is believed, and nothing signed. Like the last
head (``zhida.last_head``) the file is no secret and no proof.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Self

from crypto import certificates
from crypto.certificates import RevocationList
from crypto.errors import CryptoError
from crypto.keys import PublicKey
from crypto.merkle import Digest
from exchange import audit, canonical, continuity
from exchange.epoch import Epoch
from exchange.errors import Fatal, Invalid
from exchange.revocation import Watched, age
from exchange.store import address, ledger_rows, trust_rows
from exchange.store.engine import Connection
from exchange.store.ledger_rows import EntryRow
from zhida import files

Decision = tuple[str, str]
"""When (stamp), and SHA-256 of kind, what it is about, case and body, hex."""
DECISIONS = frozenset({"key", "hold", "hold-release"})
"""Kinds of entries."""


class KnownDecisions:
    """Grows only. Thread-safe; what another process has put into the file is known at the next look.

    ``file``: None remembers nothing beyond this process.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file, self._lock = file, Lock()
        self._decisions: dict[int, Decision] = {}
        self._lists: dict[str, RevocationList] = {}
        self._seen: tuple[int, ...] = ()

    @classmethod
    def of(cls, var: Path, url: str) -> Self:
        """Of the store at ``url``."""
        return cls(var / f"ledger-decisions-{address.mark(url)}.json")

    def mark(self) -> tuple[int, ...]:
        """Changes whenever more is known, here or in another process. It costs a look at the file's date."""
        with self._lock:
            if self._file is not None and self._stat() != self._seen:
                self._read(self._file)
            return (len(self._decisions), *self._seen)

    def lists(self) -> Mapping[str, RevocationList]:
        """The newest list that was seen, by its authority's ``kid``: to be verified by whoever uses it."""
        return dict(self._lists)

    def only_lists(self) -> KnownDecisions:
        """What was seen of lists alone, for a store that may lack decisions: one that is being put back."""
        self.mark()
        found = KnownDecisions()
        found._grow({}, self._lists)
        return found

    def require(
        self, connection: Connection, keys: Callable[[], list[PublicKey]], origin: str
    ) -> None:
        """``Fatal ledger.decision-gone`` if one is not there, or not as it was, and no restore explains it.

        ``keys`` are the hub's own, in their turn; asked only if one is gone.
        """
        there = {row.seq: _decision(row) for row in trust_rows.decisions(connection)}
        gone = {seq: told for seq, told in self._decisions.items() if there.get(seq) != told}
        if gone:
            restores = continuity.epochs(connection, keys(), origin)
            gone = {seq: told for seq, told in gone.items() if not _lost(seq, told, restores)}
        if gone:
            raise Fatal("ledger.decision-gone", seq=min(gone), count=len(gone))

    def add(self, rows: Iterable[EntryRow]) -> None:
        """Those of these committed entries that are decisions."""
        decisions = {row.seq: _decision(row) for row in rows if row.kind in DECISIONS}
        if decisions:
            self._grow(decisions, {})

    def add_list(self, kid: str, found: RevocationList) -> None:
        """One that was taken in and committed."""
        self._grow({}, {kid: found})

    def learn(self, connection: Connection, watched: Mapping[str, Watched], digest: Digest) -> None:
        """All that is committed. What another machine had decided is known here from now on.

        Only what is in the tree (of this digest), as its columns say: else who writes in the database
        could have something remembered that never was, and would be missed for ever.
        """
        rows = [row for row in trust_rows.decisions(connection) if row.seq not in self._decisions]
        rows = [row for row in rows if audit.columns_fit(row)]
        tip = ledger_rows.tip(connection, digest)
        there = continuity.proven(connection, rows, tip)
        decisions = {row.seq: _decision(row) for row in there}
        self._grow(decisions, {kid: each.crl for kid, each in watched.items() if each.crl})

    def cut(self, size: int) -> None:
        """A backup of ``size`` entries was put back on this machine: what stood behind it is lost."""
        self.mark()
        with self._lock:
            self._decisions = {k: told for k, told in self._decisions.items() if k < size}
            self._write()

    def _grow(self, decisions: Mapping[int, Decision], lists: Mapping[str, RevocationList]) -> None:
        """A file that another process writes at this moment loses nothing that its writer still knows."""
        with self._lock:
            before = (dict(self._decisions), dict(self._lists))
            self._merge(decisions, lists)
            if self._file is not None and before != (self._decisions, self._lists):
                self._read(self._file)
                self._write()

    def _write(self) -> None:
        with suppress(Fatal):  # unwritable: this process remembers all the same
            if self._file is not None:
                files.write(self._file, self._told())
        self._seen = self._stat()

    def _told(self) -> bytes:
        lists = {kid: base64.b64encode(each.der).decode() for kid, each in self._lists.items()}
        decisions = {str(seq): list(told) for seq, told in self._decisions.items()}
        return canonical.dumps({"decisions": decisions, "lists": lists})

    def _merge(
        self, decisions: Mapping[int, Decision], lists: Mapping[str, RevocationList]
    ) -> None:
        """A restore puts other entries at the same place: the later one is the one to be there."""
        for seq, told in decisions.items():
            if told[0] >= self._decisions.get(seq, told)[0]:
                self._decisions[seq] = told
        for kid, found in lists.items():
            self._lists[kid] = max(self._lists.get(kid, found), found, key=age)

    def _read(self, file: Path) -> None:
        """What is spoilt, or is not there, is nothing."""
        self._seen = self._stat()
        with suppress(
            OSError, CryptoError, Invalid, AttributeError, KeyError, TypeError, ValueError
        ):
            told = canonical.loads(file.read_bytes())
            ders = {kid: base64.b64decode(each) for kid, each in told["lists"].items()}
            lists = {kid: certificates.load_crl(der) for kid, der in ders.items()}
            decisions = {int(k): (str(at), str(d)) for k, (at, d) in told["decisions"].items()}
            self._merge(decisions, lists)

    def _stat(self) -> tuple[int, ...]:
        with suppress(OSError):
            if self._file is not None:
                found = self._file.stat()
                return (found.st_ino, found.st_mtime_ns, found.st_size)
        return ()


def _decision(row: EntryRow) -> Decision:
    """A body that was spoilt has no time: it is not the one that was known."""
    at = ""
    with suppress(Invalid, KeyError, TypeError):
        at = str(canonical.loads(row.body)["at"])
    columns = canonical.dumps([row.kind, row.ref, row.case])
    return (at, hashlib.sha256(columns + row.body).hexdigest())


def _lost(seq: int, told: Decision, restores: Iterable[Epoch]) -> bool:
    """Did a restore lose it? It stood behind the backup, and is older than the epoch."""
    return any(
        each.size <= seq and told[0] < each.at and (not each.lost.known or seq < each.lost.size)
        for each in restores
    )
