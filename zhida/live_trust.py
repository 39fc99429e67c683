"""Whom the hub trusts and what it signs with, as it is at this moment, in every process at once.

Read anew whenever the last entry about keys, or the last revocation list, is another one, or this
machine knows of more; asking for that is one look at an index and at a file's date.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock

from crypto.certificates import Certificate
from crypto.keys import PublicKey
from crypto.suites import suite
from exchange.errors import Fatal, Forbidden, NotYet, ZhidaError
from exchange.keyring import Keyring
from exchange.ledger import Entry
from exchange.ports import Clock
from exchange.store import trust_rows
from exchange.store.engine import Connection, Store
from zhida import key_files, trust, trusted
from zhida.known_decisions import KnownDecisions
from zhida.site import Site
from zhida.trust import OwnKey
from zhida.trusted import Trusted

LAPSED_MAY = frozenset({"key", "proposal", "decision", "operator", "incident", "leg", "refusal"})
"""Entries over which a key that lapsed may still sign a head: what it takes to get a new one."""
_NO_STATE: tuple[object, ...] = ()


class HubKey:
    """The key with which the hub signs at this moment; refuses once it is good no more."""

    def __init__(self, key: OwnKey, lapsed: ZhidaError | None) -> None:
        self._key, self._lapsed = key, lapsed
        self.public, self.suite, self.kid = key.public, key.suite, key.kid

    def sign(self, data: bytes) -> bytes:
        """``Forbidden`` with a key that has expired, was revoked or withdrawn; ``NotYet`` while
        that can't be told.
        """
        if self._lapsed is not None:
            raise self._lapsed
        return self._key.sign(data)


class LiveTrust:
    """Follows the store. Thread-safe. It is the keyring too (``exchange.keyring.Keys``)."""

    def __init__(
        self,
        told: Site,
        store: Store,
        *,
        var: Path,
        secrets: tuple[bytes, bytes],
        clock: Clock,
        decisions: KnownDecisions | None = None,
    ) -> None:
        self._site, self._store, self._clock = told, store, clock
        self._var, self._secrets = var, secrets
        self.decisions = decisions or KnownDecisions()
        """What it has seen of these, and must see again."""
        self.first = trust.private_key(told, *secrets)
        """The key that the site's file names: the ledger's first heads are its."""
        self._keys: dict[str, OwnKey] = {self.first.kid: self.first}
        self._lock = Lock()
        self._known: tuple[tuple[object, ...], Trusted] = (_NO_STATE, trusted.state(told, clock))

    def of(self, told: Site) -> LiveTrust:
        """Whom to believe by the same store and a site whose files have changed meanwhile."""
        return LiveTrust(
            told,
            self._store,
            var=self._var,
            secrets=self._secrets,
            clock=self._clock,
            decisions=self.decisions,
        )

    def now(self) -> Trusted:
        """The state of what is committed; of a store without tables, that of the files."""
        try:
            with self._store.read() as connection:
                return self._at(connection, keep=True)
        except Fatal as error:
            if error.code != "store.not-initialised":
                raise
            return self._known[1]

    def within(self, connection: Connection) -> Trusted:
        """The state in a transaction that may have changed it itself."""
        return self._at(connection, keep=False)

    def _at(self, connection: Connection, *, keep: bool) -> Trusted:
        wanted = bool(self._site.revocation.sources)
        mark, known = self.decisions.mark(), self._known
        seen = (*trust_rows.state(connection, with_lists=wanted), *mark)
        if seen == known[0]:
            return known[1]
        kept = trusted.kept(self._site, connection, newest=self.decisions.lists())
        found = trusted.state(self._site, self._clock, kept)
        keys = partial(trusted.hub_keys, self._site, found)
        self.decisions.require(connection, keys, self._site.name)
        if keep:
            digest = suite(self.first.suite).digest
            self.decisions.learn(connection, found.revocations.watched, digest)
            self._known = (seen, found)
        return found

    def require(self, connection: Connection) -> None:
        """``Fatal ledger.decision-gone`` unless all decisions that this machine knows of are there."""
        self.decisions.mark()
        keys = partial(self.hub_keys_within, connection)
        self.decisions.require(connection, keys, self._site.name)

    def find(
        self, unit: str, kid: str, at: datetime, known_at: datetime | None = None
    ) -> PublicKey:
        """See ``Keyring.find``."""
        return self.now().keyring.find(unit, kid, at, known_at)

    def settled(self) -> Keyring:
        """The keyring of this moment."""
        return self.now().keyring

    def certificates(self, unit: str) -> list[Certificate]:
        """All that is known of a unit."""
        return self.now().keyring.certificates(unit)

    def signer(self) -> HubKey:
        """With what to sign a document now: one key from its header to its signature."""
        state = self.now()
        key = self._key(state)
        return HubKey(key, self.lapsed(state, key.kid))

    def own_key(self) -> OwnKey:
        """The same, even if it has lapsed: for what only this hub is to believe (its own backup)."""
        return self._key(self.now())

    def head_signer(self, connection: Connection, entries: Iterable[Entry]) -> OwnKey:
        """With what to sign a head over ``entries``, which this transaction has just written.

        So the head over a change of keys is signed by the new one. ``Forbidden`` with a key that
        lapsed, for anything but what it takes to change it.
        """
        state = self.within(connection)
        key = self._key(state)
        lapsed = self.lapsed(state, key.kid)
        if isinstance(lapsed, Forbidden) and not {each.kind for each in entries} <= LAPSED_MAY:
            raise lapsed
        return key

    def hub_keys(self) -> list[PublicKey]:
        """See ``trusted.hub_keys``."""
        return trusted.hub_keys(self._site, self.now())

    def hub_keys_within(self, connection: Connection) -> list[PublicKey]:
        """The same in a transaction."""
        return trusted.hub_keys(self._site, self.within(connection))

    def _key(self, state: Trusted) -> OwnKey:
        kid = state.signing(self.first)
        with self._lock:
            if kid not in self._keys:
                self._keys[kid] = key_files.load(self._var, kid, *self._secrets)
            return self._keys[kid]

    def lapsed(self, state: Trusted, kid: str) -> ZhidaError | None:
        """Why a key of the hub is good no more (``Forbidden``), or can't be known to be (``NotYet``)."""
        now, reason = self._clock(), "certificate.unknown"
        for each in state.of_key(kid):
            reason = "certificate.not-valid"
            if each.unit == self._site.unit and now <= each.certificate.valid_until:
                try:
                    path = [each.certificate, *each.issuers]
                    state.revocations.check(path, now=now, known_at=None)
                except NotYet as error:
                    return error
                except Forbidden as error:
                    reason = error.code
                else:
                    return None
        return Forbidden("key.lapsed", kid=kid, reason=reason)
