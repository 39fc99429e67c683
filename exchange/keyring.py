"""Whose key is it: the certificates that the site trusts, by unit and key id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crypto.certificates import Certificate
from crypto.keys import PublicKey
from exchange import times
from exchange.errors import Forbidden
from exchange.ports import Clock, utc_now
from exchange.revocation import Revocations


@dataclass(frozen=True, slots=True)
class UnitCertificate:
    """A certificate whose chain has been verified when the site was loaded."""

    unit: str
    certificate: Certificate
    issuers: tuple[Certificate, ...] = ()
    """The path above it, up to the anchor."""


class Keys(Protocol):
    """What ``Keyring`` answers; one that follows the store's changes answers the same."""

    def find(
        self, unit: str, kid: str, at: datetime, known_at: datetime | None = None
    ) -> PublicKey:
        """See ``Keyring.find``."""

    def certificates(self, unit: str) -> list[Certificate]:
        """All that is known of a unit."""

    def settled(self) -> Keyring:
        """As it is now, for who looks up many at once."""


class Keyring:
    """Finds the public key of an issuer. What it does not know, it does not trust."""

    def __init__(
        self,
        certificates: Iterable[UnitCertificate],
        revocations: Revocations | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._revocations, self._clock = revocations, clock
        self._known: dict[tuple[str, str], list[UnitCertificate]] = {}
        for each in certificates:
            key = (each.unit, each.certificate.public_key.kid)
            self._known.setdefault(key, []).append(each)

    def find(
        self, unit: str, kid: str, at: datetime, known_at: datetime | None = None
    ) -> PublicKey:
        """The unit's key, if its certificate is valid at the instant ``at`` of the signature.

        A renewed certificate may keep the key: any of them that was valid then will do.
        ``known_at`` is when the signature came to us, if that was earlier: only a certificate that
        was not revoked by then is good (``Revocations.check``).
        """
        known = self._known.get((unit, kid), [])
        valid = [
            each
            for each in known
            if each.certificate.valid_from <= at <= each.certificate.valid_until
        ]
        if not known:
            raise Forbidden("certificate.unknown", unit=unit, kid=kid)
        if not valid:
            until = times.stamp(max(each.certificate.valid_until for each in known))
            raise Forbidden("certificate.not-valid", unit=unit, kid=kid, until=until)
        self._require_one(valid, known_at)
        return valid[0].certificate.public_key

    def _require_one(self, valid: list[UnitCertificate], known_at: datetime | None) -> None:
        """One that is not revoked is enough; the first refusal tells why there is none."""
        if self._revocations is None:
            return None
        refusals: list[Forbidden] = []
        for each in valid:
            path = [each.certificate, *each.issuers]
            try:
                return self._revocations.check(path, now=self._clock(), known_at=known_at)
            except Forbidden as refusal:
                refusals.append(refusal)
        raise refusals[0]

    def settled(self) -> Keyring:
        """This one never changes."""
        return self

    def certificates(self, unit: str) -> list[Certificate]:
        """All that is known of a unit."""
        return [
            each.certificate
            for (name, _), known in self._known.items()
            if name == unit
            for each in known
        ]
