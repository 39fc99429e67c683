"""What two people may change about keys and authorities, and what speaks against it.

One proposes and signs, another decides (``zhida.proposals``). What is proposed is one certificate,
by the digest of its bytes, or one key, by its ``kid``: neither can be exchanged in between.
"""

from __future__ import annotations

from collections.abc import Callable

from crypto import certificates
from crypto.certificates import Certificate
from crypto.errors import CryptoError
from exchange import times
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.names import nearest
from exchange.store import trust_rows
from exchange.store.engine import Connection
from zhida import key_book, key_files, trusted_lists
from zhida.decisions import Target
from zhida.hub import Hub
from zhida.key_book import ADD, IMPORT, REMOVE, ROTATE, WITHDRAW
from zhida.trusted import Trusted

Tokens = tuple[str, str]


def target(connection: Connection, action: str, item: str) -> Target:
    """What the proposal is about. ``Rejected`` for a certificate that nobody has handed in."""
    told: Target = {"case": "", "item": item, "code": ""}
    return told if action in (ROTATE, WITHDRAW) else told | _about(_certificate(connection, item))


def _about(found: Certificate) -> Target:
    until = times.stamp(found.valid_until)
    return {"unit": found.common_name, "kid": found.public_key.kid, "until": until}


def _certificate(connection: Connection, fingerprint: str) -> Certificate:
    found = trusted_lists.certificate_of(trust_rows.get_certificate(connection, fingerprint))
    if found is None or trusted_lists.fingerprint(found) != fingerprint:
        raise Rejected("key.no-certificate", fingerprint=fingerprint[:16])
    return found


def require(hub: Hub, connection: Connection, action: str, item: str) -> None:
    """``Rejected`` if it makes no sense now: when it is proposed, and again when it is done."""
    state = hub.trust.within(connection)
    if action in (IMPORT, ADD):
        found = _certificate(connection, item)
        check = _require_leaf if action == IMPORT else _require_authority
        check(hub, state, found)
    elif action == ROTATE:
        _require_successor(hub, state, item)
    elif action == WITHDRAW:
        _require_dispensable(hub, state, item)
    elif action == REMOVE:
        _require_added(hub, state, item, connection)


def deed(hub: Hub, action: str, item: str, tokens: Tokens) -> Callable[[Connection], list[Entry]]:
    """What is done in the transaction of the decision: the entry, which is the change itself."""
    entry = key_book.entry(hub.site, tokens)

    def write(connection: Connection) -> list[Entry]:
        require(hub, connection, action, item)
        return [entry]

    return write


def _require_leaf(hub: Hub, state: Trusted, found: Certificate) -> None:
    unit = found.common_name
    if unit not in hub.site.units and unit != hub.site.unit:
        raise Rejected("key.no-unit", unit=unit, nearest=nearest(unit, hub.site.units))
    if any(each.certificate.der == found.der for each in state.units):
        raise Rejected("key.known", unit=unit, serial=found.serial)
    suites = {each.certificate.public_key.suite for each in state.units if each.unit == unit}
    wanted = suites or {hub.site.suite}
    if found.public_key.suite not in wanted:  # no way down to another algorithm, for anybody
        raise Rejected(
            "key.other-suite", unit=unit, wanted=min(wanted), found=found.public_key.suite
        )
    _require_path(hub, state, found)


def _require_path(hub: Hub, state: Trusted, found: Certificate) -> None:
    now, above = hub.clock(), state.authorities
    try:
        path = certificates.verify_chain(found, above.intermediates, above.anchors, at=now)
    except CryptoError as error:
        facts = {"unit": found.common_name, "serial": found.serial, "reason": error.code}
        raise Rejected("key.untrusted", **facts) from None
    state.revocations.check(path, now=now, known_at=None)


def _require_authority(hub: Hub, state: Trusted, found: Certificate) -> None:
    facts = {"name": found.common_name, "serial": found.serial}
    if any(each.der == found.der for each in state.authorities.anchors):
        raise Rejected("trust.known", **facts)
    if not found.authority or "key_cert_sign" not in found.usages or found.unknown_critical:
        raise Rejected("trust.not-ca", **facts)
    if not found.valid_from <= hub.clock() <= found.valid_until:
        raise Rejected("trust.not-valid", until=times.stamp(found.valid_until), **facts)


def _require_successor(hub: Hub, state: Trusted, kid: str) -> None:
    """A key of the hub that has never signed, good for everybody whose clock is near ours."""
    now = hub.clock()
    held = [each.certificate for each in state.of_key(kid) if each.unit == hub.site.unit]
    if not held:
        raise Rejected("key.unknown", kid=kid)
    if kid in (hub.trust.first.kid, *state.book.signing):
        raise Rejected("key.used-before", kid=kid)
    if kid in state.book.withdrawn:
        raise Rejected("key.withdrawn-already", kid=kid)
    if not any(c.valid_from + times.SKEW <= now <= c.valid_until - times.SKEW for c in held):
        minutes = int(times.SKEW.total_seconds()) // 60
        raise Rejected("key.not-now", kid=kid, minutes=minutes)
    if not key_files.has(hub.var, kid):
        raise Rejected("key.no-file", kid=kid)


def _require_dispensable(hub: Hub, state: Trusted, kid: str) -> None:
    known = [each.certificate for each in state.units] + list(state.authorities.all)
    if all(each.public_key.kid != kid for each in known):
        raise Rejected("key.unknown", kid=kid)
    if kid in state.book.withdrawn:
        raise Rejected("key.withdrawn-already", kid=kid)
    if kid in _hub_path(hub, state):
        raise Rejected("key.signs-now", kid=kid)


def _require_added(hub: Hub, state: Trusted, item: str, connection: Connection) -> None:
    if item not in state.book.anchors:
        raise Rejected("trust.not-added", fingerprint=item[:16])
    if _certificate(connection, item).public_key.kid in _hub_path(hub, state):
        raise Rejected("key.signs-now", kid=_certificate(connection, item).public_key.kid)


def _hub_path(hub: Hub, state: Trusted) -> set[str]:
    """The key that signs now, and those above it: without them the hub stands still."""
    signing = state.of_key(state.signing(hub.trust.first))
    paths = [[each.certificate, *each.issuers] for each in signing]
    return {each.public_key.kid for path in paths for each in path}
