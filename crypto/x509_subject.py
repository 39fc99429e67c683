"""What a certificate's subject says beside its names: the numbers by which a CA knows somebody."""

from __future__ import annotations

from collections.abc import Iterable

from asn1crypto import x509

from crypto.errors import Malformed, translated
from crypto.x509_certificate import Certificate

SERIAL_NUMBER, ORGANIZATION_IDENTIFIER = "serial_number", "organization_identifier"
ORGANIZATIONAL_UNIT = "organizational_unit_name"
"""2.5.4.5, 2.5.4.97 (ETSI EN 319 412-1) and 2.5.4.11, by asn1crypto's names."""


def values(certificate: Certificate, attributes: Iterable[str]) -> tuple[str, ...]:
    """Every value that the subject has of these attributes, in the order in which they stand there.

    An attribute may stand there more than once. Raises ``Malformed`` where the name can't be read.
    """
    wanted = frozenset(attributes)
    with translated(Malformed, "crypto.malformed-certificate", "not an X.509 certificate"):
        return tuple(
            str(pair["value"].native)
            for group in x509.Name.load(certificate.subject).chosen
            for pair in group
            if pair["type"].native in wanted
        )
