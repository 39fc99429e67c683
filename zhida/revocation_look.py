"""Look whether the authorities have new lists of revoked certificates, and take them in.

A list that is older than the one that we have is refused: who keeps the new one from us would
have a revoked key back. A source that fails is an incident from the first day on, long before the
last list's budget is used up; the budget counts from what the list itself says, so no restart
begins it anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from crypto.certificates import Certificate, RevocationList
from crypto.errors import CryptoError
from exchange import incident, times
from exchange.errors import Fact, Rejected, ZhidaError
from exchange.incident import Trouble
from exchange.ledger import Entry
from exchange.revocation import Watched, age
from exchange.store import incident_rows, trust_rows
from exchange.store.engine import Connection
from exchange.store.trust_rows import ListRow, SourceRow
from zhida import files, trusted_lists
from zhida.hub import Hub
from zhida.site_revocation import ListSource

FAILING, OVER = "crl", "crl-over"
"""Kinds of incidents: the source fails; and its last list will not do any longer."""
SOON = timedelta(minutes=10)
"""After a failure it is looked at sooner."""
MOST = 8_000_000
"""Bytes of a list."""


@dataclass(frozen=True, slots=True)
class Look:
    """What came of one look at one source."""

    issuer: str
    error: ZhidaError | None = None
    is_new: bool = False


def look(hub: Hub, *, every: bool = False) -> list[Look]:
    """Look at the sources that are due (``every``: at all of them). One worker at a time."""
    with hub.locks.hold("revocation") as mine:
        if not mine:
            return []
        with hub.store.read() as connection:
            known = trust_rows.sources(connection)
        rules = hub.site.revocation
        due = rules.sources if every else trusted_lists.due(rules, known, hub.clock())
        return [_look(hub, each, known.get(each.issuer, SourceRow(each.issuer))) for each in due]


def _look(hub: Hub, source: ListSource, row: SourceRow) -> Look:
    try:
        is_new = _take(hub, source, _fetch(hub, source))
    except ZhidaError as error:
        _failed(hub, source, row, error)
        return Look(source.issuer, error)
    _well(hub, source)
    return Look(source.issuer, is_new=is_new)


def _fetch(hub: Hub, source: ListSource) -> bytes:
    if source.file is not None:
        return files.read(source.file, MOST)
    from connectors import http_get

    return http_get.get(hub.endpoint(source.connection), source.path)


def _take(hub: Hub, source: ListSource, data: bytes) -> bool:
    """Is it a new one? ``Rejected`` for one that is not this authority's, or older, or overdue."""
    found, watched = _of_authority(hub, source, data)
    now, before = hub.clock(), watched.crl
    if found.this_update > now + times.SKEW:
        raise Rejected("revocation.future", issuer=source.issuer)
    if before is not None and age(found) < age(before):
        raise Rejected("revocation.older", issuer=source.issuer)
    if not _is_kept(hub, found):
        _keep(hub, watched.issuer, found)
    if found.next_update + times.SKEW < now:
        until = times.stamp(found.next_update)
        raise Rejected("revocation.overdue", issuer=source.issuer, until=until)
    return before is None or found.der != before.der


def _is_kept(hub: Hub, found: RevocationList) -> bool:
    """In the store too, which may have been put back to an older one."""
    with hub.store.read() as connection:
        return any(row.der == found.der for row in trust_rows.lists(connection))


def _of_authority(hub: Hub, source: ListSource, data: bytes) -> tuple[RevocationList, Watched]:
    """An authority with a renewed key has two certificates of one name."""
    watched = [
        each
        for each in hub.trust.now().revocations.watched.values()
        if each.issuer.common_name == source.issuer
    ]
    reason = "crypto.no-anchor"
    for each in watched:
        try:
            return trusted_lists.checked(data, each.issuer), each
        except CryptoError as error:
            reason = error.code
    raise Rejected("revocation.not-genuine", issuer=source.issuer, reason=reason)


def _keep(hub: Hub, authority: Certificate, found: RevocationList) -> None:
    span = times.stamp(found.this_update), times.stamp(found.next_update)
    kid = authority.public_key.kid
    details = {"this_update": span[0], "next_update": span[1], "revoked": len(found.revoked)}

    def write(connection: Connection) -> list[Entry]:
        taken_at = times.stamp(hub.clock())
        digest = hashlib.sha256(found.der).hexdigest()
        trust_rows.put_list(connection, ListRow(kid, found.der, digest, *span, taken_at))
        return [Entry("revocation-list", kid, details=details)]

    hub.ledger.commit(write)
    hub.trust.decisions.add_list(kid, found)


def _well(hub: Hub, source: ListSource) -> None:
    now = hub.clock()
    row = SourceRow(source.issuer, times.stamp(now + hub.site.revocation.every))
    with hub.store.write() as connection:
        trust_rows.put_source(connection, row)
        for each in incident_rows.open_about(connection, source.issuer):
            incident_rows.change(connection, each.id, closed_at=times.stamp(now))


def _failed(hub: Hub, source: ListSource, row: SourceRow, error: ZhidaError) -> None:
    now = hub.clock()
    since = row.failing_since or times.stamp(now)
    again = times.stamp(now + min(SOON, hub.site.revocation.every))
    with hub.store.write() as connection:
        trust_rows.put_source(connection, SourceRow(source.issuer, again, since, error.code))
        trouble = _trouble(hub, source, error)
        incident.begin(connection, trouble, times.instant(since))
        for each in incident_rows.open_about(connection, source.issuer):
            if trouble.kind == FAILING and each.kind == OVER:
                incident_rows.change(connection, each.id, closed_at=times.stamp(now))


def _trouble(hub: Hub, source: ListSource, error: ZhidaError) -> Trouble:
    """It tells until when one can wait."""
    known = hub.trust.now().revocations.watched.values()
    ends = [each.until for each in known if each.issuer.common_name == source.issuer]
    until = min((end for end in ends if end is not None), default=None)
    facts: dict[str, Fact] = {"issuer": source.issuer, "reason": error.code}
    system = hub.site.spokesman(hub.site.unit)
    if until is None:
        return Trouble(system, OVER, "revocation.none", facts, about=source.issuer)
    is_over = hub.clock() > until
    facts["until"] = f"{times.in_china(until):%Y-%m-%d %H:%M}"
    code, kind = ("revocation.over", OVER) if is_over else ("revocation.source", FAILING)
    return Trouble(system, kind, code, facts, about=source.issuer)
