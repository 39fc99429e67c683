"""A signer signs only what goes on from its last head, which lies outside its store too (``exchange.continuity``).

An old copy of the store, put back by whoever, looks whole: it would sign a second history under the
unit's key. ``last_head`` of ``signer.json`` says where the head lies: best on another disk, and in no
backup. ``zhida signer reopen`` is the way back from a lawful restore.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from crypto.certificates import Certificate
from crypto.keys import PublicKey
from crypto.merkle import Frontier
from crypto.suites import suite
from exchange import heads
from exchange.continuity import Continuity
from exchange.errors import Fatal
from exchange.heads import Head
from exchange.ledger import Signed
from exchange.store import ledger_rows
from exchange.store.engine import Connection, Store
from zhida import signer_key
from zhida.last_head import LastHead
from zhida.signer_settings import SignerHome

FILE = "last-head.jws"


@dataclass(frozen=True, slots=True)
class SignerGuard:
    """What is known of the end of one signer's log (``exchange.ledger.Guard``)."""

    kept: LastHead
    keys: Sequence[PublicKey]
    """The unit's, in their turn, the present one last."""
    origin: str
    inner: Continuity

    @classmethod
    def of(cls, home: Path, told: Mapping[str, Any], held: Sequence[Certificate]) -> Self:
        """``held``: the unit's own certificate, then those before it."""
        kept = LastHead(home / told.get("last_head", FILE))
        keys, origin = [each.public_key for each in held][::-1], f"signer.{told['unit']}"
        return cls(kept, keys, origin, Continuity(kept, lambda _: keys, origin))

    def require(self, connection: Connection, tip: Frontier) -> None:
        """``Fatal signer.not-continued`` if the log is not the one that was signed last."""
        try:
            self.inner.require(connection, tip)
        except Fatal as error:
            raise Fatal("signer.not-continued", **error.facts) from None

    def signed(self, done: Signed) -> None:
        """It was committed."""
        self.inner.signed(done)

    def require_now(self, store: Store) -> None:
        """The same of the store as it is, before anything is signed."""
        with store.read() as connection:
            self.require(connection, ledger_rows.tip(connection, suite(self.keys[-1].suite).digest))

    def require_room(self) -> None:
        """``Fatal`` if the head can't be written where it is to lie: the guard would forget, silently."""
        file = self.kept.file
        if not os.access(file if file.exists() else file.parent, os.W_OK):
            raise Fatal("signer.last-head", file=file.name)

    def last(self) -> Head | None:
        """The head that is kept, if it is one of this unit's for this log."""
        found = heads.read(self.kept.read(), self.keys)
        return found if found is not None and found.origin == self.origin else None


def guard_of(home: SignerHome) -> SignerGuard:
    """Of a home; the key is not needed."""
    held = signer_key.certificates_of(home.folder, home.told)
    return SignerGuard.of(home.folder, home.told, held)


def require_continued(home: SignerHome, store: Store) -> None:
    """A signer does not start on a log that is not its own any more. ``Fatal``."""
    guard = guard_of(home)
    guard.require_room()
    guard.require_now(store)
