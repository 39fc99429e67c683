"""What a person does to the hub's work, signed by that person's own key.

A signed statement is a compact JWS over canonical JSON: the action, its target, the reason, who,
when, at which site, and an id that makes it one of a kind (of a proposal: the proposal's). It
stands in the ledger entry of what was done, so that an auditor sees who did it and need not
believe the hub. What it says is in clear for ever: no reason may hold personal data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from crypto import jws, keys
from crypto.certificates import Certificate
from crypto.errors import CryptoError
from crypto.keys import PrivateKey
from exchange import canonical, times
from exchange.document import new_id
from exchange.errors import Forbidden, Invalid, NotYet
from exchange.names import similar
from exchange.revocation import Revocations
from zhida import environment, trust
from zhida.site import Site
from zhida.site_operators import Operator

TYPE = "zhida-operator+jws"
LONGEST = 500
"""Characters of a reason."""
_NUMBER = re.compile(r"[0-9０-９]{11}")
"""Telephone and identity numbers have at least eleven digits in a row."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What an operator signs. ``at`` is ``times.stamp`` text, ``nonce`` an id used once."""

    action: str
    target: Mapping[str, Any]
    reason: str
    operator: str
    at: str
    site: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Signatory:
    """An operator of this site at work, with the key that is his or hers."""

    site: Site
    operator: Operator
    key: PrivateKey

    def sign(
        self, action: str, target: Mapping[str, Any], *, reason: str, now: datetime, nonce: str = ""
    ) -> str:
        """The token. ``Invalid`` if the reason can't stand in the ledger."""
        told = Statement(
            action=action,
            target=target,
            reason=checked_reason(reason),
            operator=self.operator.name,
            at=times.stamp(now),
            site=self.site.name,
            nonce=nonce or new_id(),
        )
        return jws.sign(canonical.dumps(asdict(told)), self.key, {"typ": TYPE})


def checked_reason(reason: str) -> str:
    """The reason, if it can stand in the ledger: not long, and without numbers of persons.

    >>> checked_reason(" 已电话核实 ")
    '已电话核实'
    """
    plain = " ".join(reason.split())
    if len(plain) > LONGEST:
        raise Invalid("operator.reason-long", most=LONGEST)
    if _NUMBER.search(plain):
        raise Invalid("operator.reason-personal")
    return plain


def needed_reason(reason: str) -> str:
    """``checked_reason``, which may not be empty. ``Invalid``."""
    if not reason.strip():
        raise Invalid("operator.reason-missing")
    return checked_reason(reason)


def this_person(
    site: Site, role: str, now: datetime, known: Revocations | None = None
) -> Signatory:
    """Who acts in this process (``ZHIDA_OPERATOR…``). See ``signatory`` for what is refused.

    ``known``: and nobody whose certificate was revoked.
    """
    name, file, password = environment.operator()
    try:
        pem = file.read_bytes()
    except OSError:
        raise Forbidden("operator.no-key", operator=name, file=file.name) from None
    found = signatory(site, name, (pem, password), role=role, now=now)
    if known is not None:
        require_unrevoked(site, found.operator, known, now)
    return found


def signatory(
    site: Site, name: str, key: tuple[bytes, bytes], *, role: str, now: datetime
) -> Signatory:
    """The operator ``name`` with ``key`` (encrypted PKCS#8 in PEM, its password).

    ``Forbidden`` if the site does not know this person, the key does not open or is another's,
    the certificate is not valid now, or the site does not give the person this role.
    """
    who = known(site, name)
    try:
        private = keys.load_private(*key)
    except CryptoError as error:
        raise Forbidden("operator.bad-key", operator=name, reason=error.code) from None
    certificate = valid_certificate(site, who, now)
    if certificate.public_key != private.public:
        raise Forbidden("operator.other-key", operator=name)
    require(who, role)
    return Signatory(site, who, private)


def known(site: Site, name: str) -> Operator:
    """The operator of that name. ``Forbidden`` if there is none."""
    if name not in site.operators:
        near = similar(name, site.operators)
        raise Forbidden("operator.unknown", operator=name, nearest=near)
    return site.operators[name]


def require(who: Operator, role: str) -> None:
    """``Forbidden`` unless the site gives this person the role."""
    if role not in who.roles:
        raise Forbidden("operator.no-role", operator=who.name, role=role)


def valid_certificate(site: Site, who: Operator, at: datetime) -> Certificate:
    """The operator's certificate. ``Forbidden`` if it was not valid then, ``Fatal`` if untrusted."""
    certificate = trust.operator_certificate(site, who)
    if not certificate.valid_from <= at <= certificate.valid_until:
        until = certificate.valid_until.date().isoformat()
        raise Forbidden("operator.certificate", operator=who.name, until=until)
    return certificate


def require_unrevoked(site: Site, who: Operator, known: Revocations, now: datetime) -> None:
    """``Forbidden`` with a certificate that was revoked or withdrawn. For want of a list people
    go on: they are who gets the lists again.
    """
    held = trust.operator_path(site, who)
    with suppress(NotYet):
        known.check([held.certificate, *held.issuers], now=now, known_at=None)


def verify(site: Site, token: str, *, role: str = "") -> Statement:
    """What a token says, if an operator of this site with this role signed it.

    Without a ``role`` it may also be one who has left since (``former``): what he decided stays.
    ``Forbidden`` for anything else. The certificate must have been valid when it says that it
    was signed; whether that was then is the ledger's word, under whose head the token stands.
    """
    statement = _read(token)
    if statement.site != site.name:
        raise Forbidden("operator.forged", operator=statement.operator)
    who = known(site, statement.operator)
    certificate = valid_certificate(site, who, times.instant(statement.at))
    try:
        jws.verify(token, certificate.public_key)
    except CryptoError:
        raise Forbidden("operator.forged", operator=statement.operator) from None
    if role:
        require(who, role)
    return statement


def _read(token: str) -> Statement:
    """The statement as it stands there, not verified."""
    try:
        header, payload, _, _ = jws.decode(token)
        statement = Statement(**canonical.loads(payload))
        times.instant(statement.at)
    except (CryptoError, Invalid, TypeError, ValueError):
        raise Forbidden("operator.forged", operator="?") from None
    if header.get("typ") != TYPE:
        raise Forbidden("operator.forged", operator="?")
    return statement
