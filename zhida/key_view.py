"""Keys, authorities and lists as people see them. Nothing of it is secret."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from crypto import suites
from exchange import times
from exchange.errors import Rejected, ZhidaError
from exchange.keyring import UnitCertificate
from exchange.names import nearest
from exchange.problems import describe
from exchange.revocation import Watched
from exchange.store import trust_rows
from exchange.store.engine import Connection
from exchange.store.trust_rows import SourceRow
from zhida import trusted, trusted_lists
from zhida.site import Site
from zhida.trusted import Trusted
from zhida.watch import Watch

KINDS = {"anchor": "根", "intermediate": "中间"}
SHORTEST = 6
"""Characters of a ``kid`` or fingerprint that a person must write at least."""


def algorithm(suite: str) -> str:
    """What people call it; authorities' ``ES256`` has a name that tells more.

    >>> algorithm("SM2-SM3"), algorithm("ES256")
    ('SM2-SM3', 'P-256（ECDSA-SHA256）')
    """
    return "P-256（ECDSA-SHA256）" if suite == suites.ES256 else suite


def algorithm_of(connection: Connection, fingerprint: str) -> str:
    """That of a certificate which was handed in; empty if none was."""
    found = trusted_lists.certificate_of(trust_rows.get_certificate(connection, fingerprint))
    return algorithm(found.public_key.suite) if found else ""


def of_watch(watch: Watch) -> Trusted:
    """The present state, without opening any key."""
    with watch.store.read() as connection:
        found = trusted.kept(watch.site, connection)
    return trusted.state(watch.site, watch.clock, found)


def whole(start: str, known: list[str]) -> str:
    """The one name that begins so. ``Rejected`` if there is none, or more than one."""
    found = [each for each in dict.fromkeys(known) if each.startswith(start)]
    if len(start) < SHORTEST or len(found) != 1:
        raise Rejected(
            "key.which", start=start[:60], found=len(found), nearest=nearest(start, known)
        )
    return found[0]


def keys(site: Site, state: Trusted, now: datetime) -> list[dict[str, Any]]:
    """Every certificate of a unit, and what its key is good for now."""
    hub = [each.kid for each in trusted.hub_keys(site, state)]
    return [_key(state, each, now, hub if each.unit == site.unit else []) for each in state.units]


def _key(state: Trusted, held: UnitCertificate, now: datetime, signed: list[str]) -> dict[str, Any]:
    certificate, kid = held.certificate, held.certificate.public_key.kid
    code, why = _why(state, held, now)
    return {
        "unit": held.unit,
        "kid": kid,
        "suite": certificate.public_key.suite,
        "serial": certificate.serial,
        "valid_from": times.stamp(certificate.valid_from),
        "valid_until": times.stamp(certificate.valid_until),
        "issuer": held.issuers[0].common_name if held.issuers else "",
        "state": _state(code, kid, signed),
        "code": code,
        "why": why,
    }


def _state(code: str, kid: str, signed: list[str]) -> str:
    """``signing`` and ``followed`` are the hub's own; ``followed`` still verifies what it signed."""
    if code:
        return {"certificate.not-valid": "not-valid", "key.withdrawn": "withdrawn"}.get(
            code, "revoked" if code == "certificate.revoked" else "waiting"
        )
    if kid in signed:
        return "signing" if kid == signed[-1] else "followed"
    return "trusted"


def _why(state: Trusted, held: UnitCertificate, now: datetime) -> tuple[str, str]:
    try:
        state.keyring.find(held.unit, held.certificate.public_key.kid, now)
    except ZhidaError as error:
        return error.code, describe(error.code, error.facts)[0]
    return "", ""


def authorities(state: Trusted) -> list[dict[str, Any]]:
    """Whom the site trusts, and by whose word."""
    rows = []
    for kind, known in (
        ("anchor", state.authorities.anchors),
        ("intermediate", state.authorities.intermediates),
    ):
        for each in known:
            fingerprint = trusted_lists.fingerprint(each)
            told = {"name": each.common_name, "kid": each.public_key.kid, "kind": kind}
            told |= {"suite": each.public_key.suite, "valid_until": times.stamp(each.valid_until)}
            by = "operators" if fingerprint in state.book.anchors else "site"
            rows.append({**told, "fingerprint": fingerprint, "by": by})
    return rows


def lists(watch: Watch, state: Trusted) -> list[dict[str, Any]]:
    """Every list that the site wants, how old it is, and until when it will do."""
    with watch.store.read() as connection:
        sources = trust_rows.sources(connection)
    return list(_lists(state, sources, watch.clock()))


def _lists(
    state: Trusted, sources: dict[str, SourceRow], now: datetime
) -> Iterator[dict[str, Any]]:
    for each in state.revocations.watched.values():
        name = each.issuer.common_name
        source = sources.get(name, SourceRow(name))
        yield {
            "issuer": name,
            "state": each.state(now),
            **_dates(each),
            "failing_since": source.failing_since,
            "code": source.code,
            "next_look": source.next_at,
        }


def _dates(watched: Watched) -> dict[str, Any]:
    if watched.crl is None or watched.until is None:
        return {"this_update": "", "next_update": "", "usable_until": "", "revoked": 0}
    return {
        "this_update": times.stamp(watched.crl.this_update),
        "next_update": times.stamp(watched.crl.next_update),
        "usable_until": times.stamp(watched.until),
        "revoked": len(watched.crl.revoked),
    }
