"""Whose key is it: the certificates that the site trusts, by unit and key id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crypto.certificates import Certificate
from crypto.keys import PublicKey
from exchange import times
from exchange.errors import Forbidden


@dataclass(frozen=True, slots=True)
class UnitCertificate:
    """A certificate whose chain has been verified when the site was loaded."""

    unit: str
    certificate: Certificate


class Keyring:
    """Finds the public key of an issuer. What it does not know, it does not trust."""

    def __init__(self, certificates: Iterable[UnitCertificate]) -> None:
        self._known: dict[tuple[str, str], list[Certificate]] = {}
        for each in certificates:
            key = (each.unit, each.certificate.public_key.kid)
            self._known.setdefault(key, []).append(each.certificate)

    def find(self, unit: str, kid: str, at: datetime) -> PublicKey:
        """The unit's key, if its certificate is valid at the instant ``at`` of the signature.

        A renewed certificate may keep the key: any of them that was valid then will do.
        """
        known = self._known.get((unit, kid), [])
        for certificate in known:
            if certificate.valid_from <= at <= certificate.valid_until:
                return certificate.public_key
        if not known:
            raise Forbidden("certificate.unknown", unit=unit, kid=kid)
        until = times.stamp(max(certificate.valid_until for certificate in known))
        raise Forbidden("certificate.not-valid", unit=unit, kid=kid, until=until)

    def certificates(self, unit: str) -> list[Certificate]:
        """All that is known of a unit."""
        return [each for (name, _), known in self._known.items() if name == unit for each in known]
