"""Where a store is put back, and the newest head of the one that is lost: its epoch cites it."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crypto import jws
from crypto.errors import CryptoError
from crypto.keys import PublicKey
from exchange import canonical
from exchange.epoch import Lost
from exchange.errors import Invalid, Rejected, ZhidaError
from exchange.ledger import HEAD_TYPE
from exchange.ports import Clock, utc_now
from exchange.store import ledger_rows
from exchange.store.engine import Store
from exchange.vault import Vault
from zhida import restore_keys
from zhida.site import Site


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is put back: everything of a hub but its store."""

    site: Site
    var: Path
    secret: bytes
    clock: Clock = utc_now
    store: str = ""
    """The store's address, if not the one that the site names."""

    @property
    def url(self) -> str:
        """The present store's."""
        return self.store or self.site.store_url(self.var)

    @property
    def vault(self) -> Vault:
        """The keys that are here."""
        return Vault(self.var / "keys", self.secret, cipher=self.site.cipher)


def present(place: Place, *, replace: bool) -> Lost:
    """The newest head of the store that is there; ``Rejected`` unless it may be replaced."""
    with closing(Store(place.url)) as store:
        try:
            with store.read() as connection:
                head = ledger_rows.head(connection)
        except ZhidaError as error:
            if error.code != "store.not-initialised" and not replace:
                raise Rejected("restore.not-empty") from None
            return Lost()  # without tables, or it can't be read any more
    if head is not None and not replace:
        raise Rejected("restore.not-empty")
    return cited(place, head.token) if head else Lost()


def cited(place: Place, token: str) -> Lost:
    """A head that this hub signed. ``Invalid`` if it is not one."""
    if not token:
        return Lost()
    try:
        header, payload = jws.verify(token.strip(), _key_of(place, token.strip()))
        told = canonical.loads(payload)
        if (header.get("typ"), told["origin"]) != (HEAD_TYPE, place.site.name):
            raise Invalid("restore.lost-head")
        return Lost(told["size"], told["root"], token.strip())
    except (CryptoError, Invalid, KeyError, TypeError):
        raise Invalid("restore.lost-head") from None


def kept(place: Place, token: str, other: str) -> Lost:
    """The head that this machine remembers, if it is of the key of another one, which is known.

    A key that came into use after the backup is none of the ledger's that goes on: an epoch that
    cites its head would not be believed.
    """
    with suppress(Invalid, CryptoError):
        if token and other and _kid(token) == _kid(other):
            return cited(place, token)
    return Lost()


def _key_of(place: Place, token: str) -> PublicKey:
    """The key of ours that a head says it was signed with; the site's first for one that says none."""
    known = restore_keys.hub_keys(place.site, place.var, place.secret)
    kid = _kid(token)
    return next((key for key in known if key.kid == kid), known[0])


def _kid(token: str) -> Any:
    return jws.decode(token)[0].get("kid")
