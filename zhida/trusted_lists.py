"""The authorities' lists out of the store: each counts only by its issuer's signature."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from crypto import certificates
from crypto.certificates import Certificate, RevocationList
from crypto.errors import CryptoError
from exchange import times
from exchange.errors import Problem
from exchange.revocation import Watched, age
from exchange.store import trust_rows
from exchange.store.engine import Store
from exchange.store.trust_rows import ListRow, SourceRow
from zhida.site_revocation import ListSource, Revocation
from zhida.trust import Authorities


def fingerprint(certificate: Certificate) -> str:
    """SHA-256 of its DER, hex: as ``openssl x509 -fingerprint -sha256`` says it, without colons."""
    return hashlib.sha256(certificate.der).hexdigest()


def certificate_of(pem: str) -> Certificate | None:
    """None if it is none."""
    try:
        return certificates.load(pem) if pem else None
    except CryptoError:
        return None


def due(rules: Revocation, known: Mapping[str, SourceRow], now: datetime) -> tuple[ListSource, ...]:
    """The sources that are to be looked at now."""
    at = times.stamp(now)
    fresh = {name for name, row in known.items() if row.next_at > at}
    return tuple(each for each in rules.sources if each.issuer not in fresh)


def is_due(rules: Revocation, store: Store, now: datetime) -> bool:
    """Is any of them?"""
    if not rules.sources:
        return False
    with store.read() as connection:
        return bool(due(rules, trust_rows.sources(connection), now))


@dataclass(frozen=True, slots=True)
class KeptLists:
    """What the store holds, and the newest that were ever seen on this machine, by ``kid``."""

    rows: Sequence[ListRow] = ()
    newest: Mapping[str, RevocationList] = field(default_factory=dict)


def watched(
    rules: Revocation, above: Authorities, told: KeptLists, problems: list[Problem]
) -> dict[str, Watched]:
    """Each authority for which the site names a source, with its newest list, by ``kid``."""
    names = {source.issuer for source in rules.sources}
    kept = {row.issuer: row for row in told.rows}
    found: dict[str, Watched] = {}
    for authority in above.all:
        if authority.common_name in names:
            kid = authority.public_key.kid
            crl = _newest(
                _list(kept.get(kid), authority, problems), told.newest.get(kid), authority, problems
            )
            found[kid] = Watched(authority, rules.budget, crl)
    return found


def _list(
    row: ListRow | None, authority: Certificate, problems: list[Problem]
) -> RevocationList | None:
    """None for one that somebody changed in the store: then there is none."""
    if row is None:
        return None
    try:
        return checked(row.der, authority)
    except CryptoError as error:
        facts = {"issuer": authority.common_name, "reason": error.code}
        problems.append(Problem("revocation.broken", facts))
        return None


def _newest(
    found: RevocationList | None,
    seen: RevocationList | None,
    authority: Certificate,
    problems: list[Problem],
) -> RevocationList | None:
    """The store's, unless a newer one was seen: whoever can write there could put an older one back."""
    if seen is None or (found is not None and age(found) >= age(seen)):
        return found
    with suppress(CryptoError):
        certificates.check_list(seen, authority)
        facts = {"issuer": authority.common_name, "newest": times.stamp(seen.this_update)}
        problems.append(Problem("revocation.put-back", facts))
        return seen
    return found


def checked(data: bytes, authority: Certificate) -> RevocationList:
    """The list, if it is this authority's own. ``CryptoError``."""
    found = certificates.load_crl(data)
    certificates.check_list(found, authority)
    return found
