"""One state of whom the hub trusts: the site's files, two people's decisions, the authorities' lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from crypto.certificates import Certificate, RevocationList
from crypto.errors import CryptoError
from crypto.keys import PublicKey
from exchange.errors import Problem
from exchange.keyring import Keyring, UnitCertificate
from exchange.ports import Clock
from exchange.revocation import Revocations
from exchange.store import trust_rows
from exchange.store.engine import Connection
from zhida import key_book, trust, trusted_lists
from zhida.key_book import Book
from zhida.site import Site
from zhida.trust import Authorities, OwnKey
from zhida.trusted_lists import KeptLists


@dataclass(frozen=True, slots=True)
class Trusted:
    """One state of it all."""

    book: Book
    authorities: Authorities
    units: tuple[UnitCertificate, ...]
    revocations: Revocations
    keyring: Keyring
    problems: tuple[Problem, ...]
    """Of decisions, certificates and lists that do not count."""

    def of_key(self, kid: str) -> list[UnitCertificate]:
        """The certificates of a key."""
        return [each for each in self.units if each.certificate.public_key.kid == kid]

    def signing(self, first: OwnKey) -> str:
        """``kid`` of the hub's key of this state; ``first``: the one of the site's file."""
        return self.book.signing[-1] if self.book.signing else first.kid


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store holds of it."""

    book: Book = field(default_factory=Book)
    anchors: Sequence[Certificate] = ()
    leaves: Sequence[Certificate] = ()
    lists: KeptLists = field(default_factory=KeptLists)
    problems: Sequence[Problem] = ()


def kept(
    site: Site,
    connection: Connection,
    *,
    with_lists: bool = True,
    newest: Mapping[str, RevocationList] = MappingProxyType({}),
) -> Kept:
    """As it is in this transaction. ``with_lists``: False for a store that may be too old for any.

    ``newest``: lists that were seen before, which count if the store has an older one.
    """
    book = key_book.read(site, connection)
    problems = list(book.problems)
    lists = trust_rows.lists(connection) if with_lists and site.revocation.sources else ()
    return Kept(
        book,
        list(_certificates(connection, book.anchors, problems)),
        list(_certificates(connection, book.imported, problems)),
        KeptLists(lists, newest),
        problems,
    )


def hub_keys(site: Site, found: Trusted) -> list[PublicKey]:
    """The keys that have signed the ledger's heads, in their turn; the present one is the last."""
    first, *others = found.keyring.certificates(site.unit)
    known = {each.public_key.kid: each.public_key for each in others}
    signed = [known[kid] for kid in found.book.signing if kid in known]
    return [first.public_key, *signed]


def state(site: Site, clock: Clock, found: Kept | None = None) -> Trusted:
    """Files and store together; ``found``: None for the files alone."""
    told = found or Kept()
    problems = list(told.problems)
    above = trust.authorities(site, told.anchors)
    units = [*trust.unit_certificates(site, above), *_chained(told.leaves, above, problems)]
    watched = trusted_lists.watched(site.revocation, above, told.lists, problems)
    revocations = Revocations(watched, told.book.withdrawn)
    ring = Keyring(units, revocations, clock)
    return Trusted(told.book, above, tuple(units), revocations, ring, tuple(problems))


def _certificates(
    connection: Connection, fingerprints: Iterable[str], problems: list[Problem]
) -> Iterator[Certificate]:
    """The certificates of these fingerprints; one that is gone, or another, does not count."""
    for fingerprint in fingerprints:
        found = trusted_lists.certificate_of(trust_rows.get_certificate(connection, fingerprint))
        if found is None or trusted_lists.fingerprint(found) != fingerprint:
            problems.append(Problem("key.certificate-gone", {"fingerprint": fingerprint[:16]}))
        else:
            yield found


def _chained(
    leaves: Iterable[Certificate], above: Authorities, problems: list[Problem]
) -> Iterator[UnitCertificate]:
    """Those that lead to an anchor still."""
    for each in leaves:
        try:
            yield UnitCertificate(each.common_name, each, above.path(each))
        except CryptoError as error:
            facts = {"unit": each.common_name, "serial": each.serial, "reason": error.code}
            problems.append(Problem("key.untrusted", facts))
